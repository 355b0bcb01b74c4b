"""Generated functions and edits: what the model of removal and insertion makes of them, and what the binary does.

usage: removal_model.py MODEL.py BINARY FUNCTIONS SEED    (prints one line for each kind of edit, and the first disagreements)
"""
import importlib.util, os, random, re, subprocess, sys, tempfile

BATCH = 250


def load(path):
    spec = importlib.util.spec_from_file_location("rewriting_model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected(model, mode, source):
    if mode == "arg":
        return model.remove_arg(source)
    return model.remove_calls(source) if mode in ("stmt", "multi") else model.insert(source, mode)


def rewritten(model, mode, binary, functions):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "a.c"), "w") as out:
            out.write("".join(functions))
        with open(os.path.join(folder, "a.cocci"), "w") as out:
            out.write(model.RULE[mode])
        command = [binary, "--coccinelle-quirks", "--very-quiet", "--no-show-diff", "--sp-file", "a.cocci", "-o", "o.c", "a.c"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit("%s: exit status %d\n%s" % (mode, run.returncode, run.stderr))
        result = os.path.join(folder, "o.c")
        text = open(result if os.path.exists(result) else os.path.join(folder, "a.c")).read()
        return re.split(r"(?m)^(?=int f\d+)", text)[1:]


def main():
    model, binary = load(sys.argv[1]), sys.argv[2]
    modes = list(model.RULE)
    wanted, seed = int(sys.argv[3]), int(sys.argv[4])
    total = agreed = 0
    for number, mode in enumerate(modes):
        count = wanted // len(modes) + (number < wanted % len(modes))
        random_numbers = random.Random("%d %s" % (seed, mode))
        same = done = 0
        while done < count:
            functions = []
            for i in range(min(BATCH, count - done)):
                if mode == "arg":
                    body = model.gen_call(random_numbers)
                else:
                    body = "\n".join(model.gen_body(random_numbers, mode == "multi", 0, "\t")) + "\n"
                functions.append("int f%d(void)\n{\n%s}\n\n" % (i, body))
            got = rewritten(model, mode, binary, functions)
            if len(got) != len(functions):
                sys.exit("%s: %d functions of %d came back" % (mode, len(got), len(functions)))
            for source, result in zip(functions, got):
                wish = expected(model, mode, source)
                same += wish == result
                if wish != result and done + len(functions) - same <= 3 + done:
                    print("--- %s: input\n%s--- model\n%s--- binary\n%s" % (mode, source, wish, result))
            done += len(functions)
        print("removal-model: %s: %d of %d agree" % (mode, same, count))
        total, agreed = total + count, agreed + same
    print("removal-model: %d of %d functions agree" % (agreed, total))
    sys.exit(agreed != total)


main()
