from multiprocessing import Pool


def main():
    numbers = list(range(80_000))
    size = len(numbers) // 8
    parts = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    with Pool(8) as pool:
        sums = pool.map(sum, parts)
    print(len(parts), "parts,", sum(sums), "in all,", sum(numbers), "in a row")


if __name__ == "__main__":
    main()
