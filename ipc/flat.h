// ipc/flat.h - is the memory of a value all there is to it?
//
// CONCEPT     What lies in shared memory, or travels as its own bytes, must
//             mean the same in another process. A number does. A pointer does
//             not, nor does what has one inside: the other process has other
//             memory at that address, or none.
// IN PYTHON   ctypes' plain types, in multiprocessing.Value and Array
// INVARIANTS  I1. No data pointer, span, view or reference_wrapper is flat, nor
//                 an array of them. Functions are: they lie at the same address
//                 in every process of one program.
// THREADS     Nothing runs.
// OWNERSHIP   Owns nothing.
// LEFT OUT    Looking into structs and lambdas, which C++ cannot: there, leave
//             them out.
// READ NEXT   ipc/decoder.h
#ifndef IPC_FLAT_H_
#define IPC_FLAT_H_

#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>

namespace ipc {

namespace internal {

// Means what lies elsewhere in memory. [I1]
template <class T>
inline constexpr bool kRefersToMemory =
    std::is_pointer_v<T> && !std::is_function_v<std::remove_pointer_t<T>>;
template <class T, size_t size>
inline constexpr bool kRefersToMemory<std::span<T, size>> = true;
template <class T, class Traits>
inline constexpr bool kRefersToMemory<std::basic_string_view<T, Traits>> = true;
template <class T>
inline constexpr bool kRefersToMemory<std::reference_wrapper<T>> = true;
template <class T>
inline constexpr bool kRefersToMemory<std::initializer_list<T>> = true;
template <class T, size_t size>
inline constexpr bool kRefersToMemory<T[size]> = kRefersToMemory<T>;
template <class T, size_t size>
inline constexpr bool kRefersToMemory<std::array<T, size>> = kRefersToMemory<T>;

}  // namespace internal

// Its bytes are its value, wherever they lie.
template <class T>
concept Flat = std::is_trivially_copyable_v<T> && !internal::kRefersToMemory<T>;

}  // namespace ipc

#endif  // IPC_FLAT_H_
