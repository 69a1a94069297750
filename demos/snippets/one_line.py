import dis


def raise_it():
    global x
    x = x + 1


for step in dis.get_instructions(raise_it):
    if step.argval in ("x", 1) or "BINARY" in step.opname:
        print(step.opname.split("_")[0])
