"""Runs the Python scripts of semantic patches for spatch-rs.

Requests come as lines of JSON on standard input, answers go as lines of JSON to what was standard output.
What scripts print, also through child processes, is caught in temporary files and handed over with the answer.
"""

import builtins
import json
import keyword
import os
import re
import select
import signal
import sys
import tempfile
import threading
import traceback
import types

MOST_OUTPUT = 64 << 20

# How tracebacks name this text itself.
OWN = 'File "%s"' % (lambda: 0).__code__.co_filename


class Location:
    """A place in C code: numbers are strings, lines count from 1, columns from 0, ends are exclusive."""

    def __init__(self, file, current_element, current_element_line, current_element_column, current_element_line_end,
                 current_element_column_end, line, column, line_end, column_end):
        self.file = file
        self.current_element = current_element
        self.current_element_line = str(current_element_line)
        self.current_element_column = str(current_element_column)
        self.current_element_line_end = str(current_element_line_end)
        self.current_element_column_end = str(current_element_column_end)
        self.line = str(line)
        self.column = str(column)
        self.line_end = str(line_end)
        self.column_end = str(column_end)

    def _fields(self):
        return [self.file, self.current_element, int(self.current_element_line), int(self.current_element_column),
                int(self.current_element_line_end), int(self.current_element_column_end), int(self.line),
                int(self.column), int(self.line_end), int(self.column_end)]


class ElemBase:
    """Base of the values that scripts get."""


class TermList(ElemBase):
    """The value of a list metavariable: its text, and its elements."""

    def __init__(self, expr, elements):
        self.expr = expr
        self.elements = tuple(elements)

    def __str__(self):
        return self.expr

    def __getitem__(self, index):
        return self.elements[index]

    def __iter__(self):
        return iter(self.elements)

    def __len__(self):
        return len(self.elements)

    def __eq__(self, other):
        return str(self) == str(other)

    def __hash__(self):
        return hash(self.expr)


class Comment(ElemBase):
    """Comments before, inside and after a piece of code."""

    def __init__(self, before, middle, after):
        self.before = before
        self.middle = middle
        self.after = after


class Made:
    """A value that a script made for later rules."""

    def __init__(self, kind, text):
        self.kind = kind
        self.text = text

    def __str__(self):
        return self.text


class ExitRequested(BaseException):
    """`cocci.exit()`."""


def first(place):
    """The one location of a location or of a sequence of them."""
    return place[0] if isinstance(place, (tuple, list)) else place


def build_report(place, message):
    place = first(place)
    return "%s:%s:%s-%s: %s" % (place.file, place.line, place.column, place.column_end, message)


def print_report(place, message="ERROR"):
    print(build_report(place, message))


def build_link(place, message="", color="ovl-face1"):
    place = first(place)
    if message == "":
        message = "%s::%s" % (place.file, place.line)
    return "[[view:%s::face=%s::linb=%s::colb=%s::cole=%s][%s]]" % (
        place.file, color, place.line, place.column, place.column_end, message)


def safe(message):
    return message.replace("[", "@(").replace("]", ")")


def print_todo(place, message="", color="ovl-face1"):
    print("* TODO " + build_link(place, message, color))


def print_link(place, message="", color="ovl-face1"):
    print(build_link(place, message, color))


def print_safe_todo(place, message="", color="ovl-face1"):
    print_todo(place, safe(message), color)


def print_safe_link(place, message="", color="ovl-face1"):
    print_link(place, safe(message), color)


def print_main(message, places, color="ovl-face1"):
    place = first(places)
    text = "%s::%s" % (place.file, place.line)
    print_todo(place, (message + " " + text) if message else text, color)


def print_sec(message, places, color="ovl-face2"):
    print_link(first(places), message, color)


def print_secs(message, places, color="ovl-face2"):
    for place in places if isinstance(places, (tuple, list)) else [places]:
        print_link(place, message, color)


class Iteration:
    """A further run of the whole semantic patch, on other files or with other virtual rules."""

    def __init__(self):
        self.files = None
        self.virtual_rules = []
        self.virtual_identifiers = []
        self.extend_virtual_ids = False

    def set_files(self, files):
        self.files = list(files)

    def add_virtual_rule(self, rule):
        self.virtual_rules.append(str(rule))

    def add_virtual_identifier(self, name, value):
        self.virtual_identifiers.append([str(name), str(value)])

    def set_extend_virtual_ids(self, flag):
        self.extend_virtual_ids = bool(flag)

    def register(self):
        STATE.iterations.append({
            "files": self.files,
            "rules": self.virtual_rules,
            "identifiers": self.virtual_identifiers,
            "extend": self.extend_virtual_ids,
        })


class State:
    """What a running script did besides printing."""

    def __init__(self):
        self.keep = True
        self.files = []
        self.cocci_file = ""
        self.bound = {}
        self.iterations = []


STATE = State()


class Cocci:
    """The object `cocci` of scripts."""

    cocci_file = property(lambda self: STATE.cocci_file)

    def include_match(self, keep):
        STATE.keep = bool(keep)

    def exit(self):
        raise ExitRequested()

    def files(self):
        return list(STATE.files)

    def has_env_binding(self, rule, variable):
        return "%s.%s" % (rule, variable) in STATE.bound

    def make_ident(self, text):
        return Made("ident", str(text))

    def make_expr(self, text):
        return Made("expr", str(text))

    def make_stmt(self, text):
        return Made("stmt", str(text))

    def make_stmt_with_env(self, env, text):
        return Made("stmt", str(text))

    def make_type(self, text):
        return Made("type", str(text))

    def make_pragmainfo(self, text):
        return Made("text", str(text))

    def make_listlen(self, number):
        return Made("length", str(int(number)))

    def make_position(self, file, element, line, column, line_end, column_end):
        return (Location(file, element, line, column, line_end, column_end, line, column, line_end, column_end),)

    def print_main(self, message, places, color="ovl-face1"):
        print_main(message, places, color)

    def print_sec(self, message, places, color="ovl-face2"):
        print_sec(message, places, color)

    def print_secs(self, message, places, color="ovl-face2"):
        print_secs(message, places, color)

    def add_pending_instance(self, files, virtual_rules, virtual_identifiers, extend_virtual_ids):
        iteration = Iteration()
        iteration.files = None if files is None else list(files)
        iteration.virtual_rules = [str(r) for r in virtual_rules]
        iteration.virtual_identifiers = [[str(a), str(b)] for a, b in virtual_identifiers]
        iteration.extend_virtual_ids = bool(extend_virtual_ids)
        iteration.register()

    def combine(self, variable, places):
        return (variable, places)

    def register_match(self, keep, messages):
        STATE.keep = bool(keep)
        for variable, message in messages:
            place = variable[1] if isinstance(variable, tuple) and len(variable) == 2 else variable
            print_report(place, message)

    def finalise(self):
        pass


def make_module(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


report = make_module("coccilib.report", build_report=build_report, print_report=print_report)
org = make_module("coccilib.org", build_link=build_link, print_todo=print_todo, print_link=print_link,
                  print_safe_todo=print_safe_todo, print_safe_link=print_safe_link, print_main=print_main,
                  print_sec=print_sec, print_secs=print_secs)
elems = make_module("coccilib.elems", Location=Location, TermList=TermList, Comment=Comment, ElemBase=ElemBase)
iteration = make_module("coccilib.iteration", Iteration=Iteration)
coccilib = make_module("coccilib", report=report, org=org, elems=elems, iteration=iteration)
coccilib.__path__ = []
coccinelle = make_module("coccinelle")
make_module("cocci", Cocci=Cocci)

GLOBALS = {"__name__": "__main__", "cocci": Cocci(), "coccilib": coccilib, "coccinelle": coccinelle, "Cocci": Cocci,
           "Iteration": Iteration}
COMPILED = {}


def value(v):
    """A Python value of a metavariable's value."""
    kind = v["t"]
    if kind == "pos":
        return tuple(Location(*p) for p in v["v"])
    if kind == "comments":
        return tuple(Comment(*c) for c in v["v"])
    if kind == "list":
        return TermList(v["s"], v["v"])
    if kind == "merged":
        return list(v["v"])
    return v["v"]


def made(v):
    """The value of an output as the other side wants it; none if the script did not set it."""
    if v is None:
        return None
    if isinstance(v, Made):
        return {"t": v.kind, "v": v.text}
    if isinstance(v, Location):
        v = (v,)
    if isinstance(v, (tuple, list)) and all(isinstance(p, Location) for p in v):
        return {"t": "pos", "v": [p._fields() for p in v]}
    return {"t": "ident", "v": str(v)}


# Strings, comments of Python, names, anything else.
WORDS = re.compile("|".join([
    r'"""(?s:.*?)"""', r"'''(?s:.*?)'''", r'"(?:[^"\\\n]|\\.)*"', r"'(?:[^'\\\n]|\\.)*'", r"\#[^\n]*", r"//", r"[^\W\d]\w*",
    r"."]), re.S)


def without_comments(text, inputs, divide):
    """A script whose `//` comments, which Coccinelle allows, are gone. Behind a division is something with names that the script knows."""
    words = WORDS.findall(text)
    known = set(inputs).union(dir(builtins), keyword.kwlist)
    comment = False
    for word in words:
        comment = word == "//" or comment and word != "\n"
        if not comment:
            known.add(word)

    def divides(rest):
        end = next((i for i, word in enumerate(rest) if word in ("//", "\n")), len(rest))
        return any(re.match(r"\w", w) for w in rest[:end]) and all(w in known or not re.match(r"[^\W\d]", w) for w in rest[:end])

    out, comment = [], False
    for i, word in enumerate(words):
        comment = comment and word != "\n" or word == "//" and not (divide and divides(words[i + 1:]))
        if not comment:
            out.append(word)
    return "".join(out)


def read(request, mode, flags=0):
    """The code or, with flags, the tree of a script."""
    # Blank lines in front make the interpreter's line numbers those of the semantic patch.
    before = "\n" * max(request["line"] - 1, 0)
    text = request["code"]
    if "//" not in text:
        return compile(before + text, request["cocci"], mode, flags)
    inputs = [name if isinstance(name, str) else name[0] for name in request["inputs"]]
    try:
        return compile(before + without_comments(text, inputs, True), request["cocci"], mode, flags)
    except SyntaxError:
        return compile(before + without_comments(text, inputs, False), request["cocci"], mode, flags)


def compiled(request, mode):
    key = (mode, request["id"])
    if key not in COMPILED:
        COMPILED[key] = read(request, mode)
    return COMPILED[key]


def state(request):
    """Why the scripts of the semantic patch may keep state."""
    return {"state": why_state(request["names"], request["scripts"], request["calls"],
                               lambda script, mode: read(script, mode, ast.PyCF_ONLY_AST))}


def setup(request):
    """Virtual rules and identifiers are names of strings."""
    for name in request["names"]:
        GLOBALS.setdefault(name, name)
    return {}


def run(request):
    STATE.keep = True
    STATE.files = request.get("files", [])
    STATE.cocci_file = request["cocci"]
    STATE.bound = set(request.get("bound", []))
    for name, v in request["inputs"]:
        GLOBALS[name] = value(v)
    for name in request["outputs"]:
        GLOBALS.setdefault(name, None)
        setattr(coccinelle, name, None)
    exec(compiled(request, "exec"), GLOBALS)
    outputs = {}
    for name in request["outputs"]:
        result = made(getattr(coccinelle, name, None))
        if result is not None:
            outputs[name] = result
    return {"keep": STATE.keep, "outputs": outputs}


def evaluate(request):
    names = {name: value(v) for name, v in request["inputs"]}
    result = eval(compiled(request, "eval"), GLOBALS, names)
    if isinstance(result, bool) or result is None:
        return {"truth": bool(result), "text": str(result)}
    return {"truth": bool(result), "text": str(result)}


def merge(request):
    """The picklable state of this interpreter for `merge.x`: a variable of `coccinelle`, else a global one."""
    out = {}
    for name in request["names"]:
        v = getattr(coccinelle, name, GLOBALS.get(name))
        try:
            out[name] = json.loads(json.dumps(v))
        except (TypeError, ValueError):
            out[name] = str(v)
    return {"merged": out}


class Capture:
    """Takes the place of one of the standard streams."""

    def __init__(self, number):
        self.file = tempfile.TemporaryFile()
        os.dup2(self.file.fileno(), number)

    def size(self):
        return os.fstat(self.file.fileno()).st_size

    def take(self):
        size = min(self.size(), MOST_OUTPUT)
        if size == 0:
            return ""
        os.lseek(self.file.fileno(), 0, os.SEEK_SET)
        parts = []
        while size > 0:
            parts.append(os.read(self.file.fileno(), size) or b"\n" * size)
            size -= len(parts[-1])
        text = b"".join(parts)
        os.ftruncate(self.file.fileno(), 0)
        os.lseek(self.file.fileno(), 0, os.SEEK_SET)
        return text.decode("latin-1")


def limit_files():
    """A script that prints without end gets an error, not the whole disk."""
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MOST_OUTPUT, 4 * MOST_OUTPUT))
    except (ImportError, OSError, ValueError):
        pass


def end_with(pipe):
    """Ends this process and all that it started once the program at the other end of the pipe is gone."""
    poll = select.poll()
    poll.register(pipe, 0)
    poll.poll()
    os.killpg(0, signal.SIGKILL)


def serve():
    own = os.getpid()
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    if os.getpgrp() == own:
        threading.Thread(target=end_with, args=(requests.fileno(),), daemon=True).start()
    out, err = Capture(1), Capture(2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    sys.path.insert(0, "")
    limit_files()
    operations = {"setup": setup, "state": state, "run": run, "eval": evaluate, "merge": merge}
    for line in requests:
        request = json.loads(line)
        STATE.iterations = []
        answer = {"ok": True}
        try:
            answer.update(operations[request["op"]](request))
        except ExitRequested:
            answer["exit"] = True
        except SystemExit as e:
            answer = {"ok": False, "error": "the script called exit(%s)" % ("" if e.code is None else e.code), "trace": []}
        except BaseException as e:
            kind = type(e).__name__
            frames = [f for f in traceback.format_exception(type(e), e, e.__traceback__) if OWN not in f]
            at = [f.lineno for f in traceback.extract_tb(e.__traceback__) if f.filename == request.get("cocci")]
            number = at[-1] if at else getattr(e, "lineno", None)
            answer = {"ok": False, "error": "%s: %s" % (kind, e), "line": number,
                      "trace": "".join(frames).rstrip("\n").split("\n")}
        if os.getpid() != own:
            # A child that a script forked and that came back from it: it has nothing to answer.
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(0)
        answer["iterations"] = STATE.iterations
        try:
            sys.stdout.flush()
            sys.stderr.flush()
            held = max(out.size(), err.size()) <= MOST_OUTPUT
        except OSError:
            held = False
        if not held:
            answer = {"ok": False, "error": "the script printed more than can be held", "trace": [], "iterations": []}
        answer["stdout"], answer["stderr"] = out.take(), err.take()
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
