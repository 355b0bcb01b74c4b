"""Says whether the scripts of a semantic patch may keep state from one run to the next.

Only what surely keeps none counts as such: each name that a script reads was set before in the same run or by an `initialize` script,
nothing that `initialize` made is changed, and only functions without effects are called.
"""

import ast

# Functions that only make a value of their arguments, or print. Those of the second kind may return one of these.
MAKERS = frozenset("""abs all any bool chr dict divmod enumerate filter float format frozenset hex int isinstance len list map oct ord
                      print range repr reversed round set sorted str tuple zip""".split())
CHOOSERS = frozenset("max min sum".split())
ERRORS = frozenset("Exception ValueError KeyError IndexError TypeError AttributeError RuntimeError".split())

# Values that are used up by being read: harmless in one run, state if they last.
USED_UP = frozenset("enumerate filter map reversed zip".split())

MODULES = {
    "re": "compile search match fullmatch sub subn split findall escape I IGNORECASE M MULTILINE S DOTALL X VERBOSE".split(),
    "os": [], "os.path": "basename dirname join splitext split normpath commonprefix".split(),
    "sys": "stderr stdout stderr.write stdout.write stderr.flush stdout.flush maxsize".split(),
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits punctuation whitespace".split(),
    "math": "floor ceil sqrt log log2 gcd pi e".split(),
}
LIBRARY = frozenset("""
    cocci.include_match cocci.exit cocci.files cocci.cocci_file cocci.has_env_binding cocci.print_main cocci.print_sec
    cocci.print_secs cocci.make_ident cocci.make_expr cocci.make_stmt cocci.make_stmt_with_env cocci.make_type
    cocci.make_pragmainfo cocci.make_listlen cocci.make_position cocci.combine cocci.register_match
    coccilib.report.build_report coccilib.report.print_report coccilib.org.build_link coccilib.org.print_todo
    coccilib.org.print_link coccilib.org.print_safe_todo coccilib.org.print_safe_link coccilib.org.print_main
    coccilib.org.print_sec coccilib.org.print_secs""".split())
LIBRARY_NAMES = frozenset(("cocci", "coccilib", "coccinelle", "Iteration", "Cocci"))

# Methods that leave their object as it is. Those of text make a new value.
TEXT_METHODS = frozenset("""capitalize casefold center count encode decode endswith expandtabs find format index isalnum isalpha isascii
    isdecimal isdigit isidentifier islower isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix
    removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title upper
    zfill""".split())
METHODS = TEXT_METHODS | frozenset("""get items keys values copy union intersection difference symmetric_difference issubset issuperset
    isdisjoint search match fullmatch sub subn findall group groups groupdict start end span""".split())
CHANGERS = frozenset("append extend insert remove pop clear sort reverse add discard update setdefault".split())

FIELDS = frozenset("""file line column line_end column_end current_element current_element_line current_element_column
    current_element_line_end current_element_column_end before middle after expr elements""".split())


class State(Exception):
    """Code that may keep state."""

    def __init__(self, node, what):
        super().__init__(what)
        self.line = getattr(node, "lineno", 0)


def dotted(node):
    """`a.b.c` as text; none if it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return before and before + "." + node.attr
    return None


class Scope:
    """What is known in one run of a script or function."""

    def __init__(self, world, known, outputs=(), lasting=False):
        self.world = world
        self.known = set(known)
        self.outputs = set(outputs)
        # Whether values that are made here stay for all runs.
        self.lasting = lasting
        # Names that hold nothing but values made in this run.
        self.own = set()
        self.function = False

    def find_own(self, body):
        """Finds the names all whose values are made in this run."""
        made, other = set(), set()
        for node in [n for s in body for n in ast.walk(s)]:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    names = {n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
                    plain = isinstance(target, ast.Name) and self.is_made(node.value)
                    (made if plain else other).update(names)
            elif isinstance(node, (ast.For, ast.comprehension)):
                other.update(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
            elif isinstance(node, (ast.arg, ast.ExceptHandler)):
                other.add(getattr(node, "arg", None) or getattr(node, "name", None))
        self.own = made - other

    def is_made(self, node):
        """Whether the value of an expression is surely no part of a lasting one that can be changed."""
        if isinstance(node, (ast.BoolOp, ast.IfExp)):
            return all(map(self.is_made, node.values if isinstance(node, ast.BoolOp) else (node.body, node.orelse)))
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                return function.id in MAKERS and function.id not in self.world.constants
            return isinstance(function, ast.Attribute) and function.attr in TEXT_METHODS
        return isinstance(node, (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp,
                                 ast.DictComp, ast.GeneratorExp, ast.BinOp, ast.UnaryOp, ast.Compare))

    # Statements.

    def body(self, statements):
        for statement in statements:
            self.statement(statement)

    def branches(self, *bodies):
        """What is known after one of several ways is what all of them set."""
        before, after = set(self.known), []
        for body in bodies:
            self.known = set(before)
            self.body(body)
            after.append(self.known)
        self.known = set.intersection(*after)

    def statement(self, node):
        if isinstance(node, ast.Expr):
            self.value(node.value)
        elif isinstance(node, ast.Assign):
            self.value(node.value)
            for target in node.targets:
                self.target(target)
        elif isinstance(node, ast.AugAssign):
            self.value(node.value)
            if not (isinstance(node.target, ast.Name) and node.target.id in self.known and node.target.id in self.own):
                raise State(node, "it changes a value that may last")
        elif isinstance(node, ast.If):
            self.value(node.test)
            self.branches(node.body, node.orelse)
        elif isinstance(node, ast.For):
            self.value(node.iter)
            before = set(self.known)
            self.target(node.target)
            self.body(node.body)
            self.known = before
            self.body(node.orelse)
            self.known = before
        elif isinstance(node, ast.While):
            self.value(node.test)
            before = set(self.known)
            self.body(node.body)
            self.known = before
            self.body(node.orelse)
            self.known = before
        elif isinstance(node, ast.Try):
            before = set(self.known)
            self.body(node.body)
            self.body(node.orelse)
            for handler in node.handlers:
                self.known = set(before)
                if handler.type is not None:
                    self.value(handler.type)
                if handler.name:
                    self.known.add(handler.name)
                self.body(handler.body)
            self.known = set(before)
            self.body(node.finalbody)
        elif isinstance(node, ast.Return) and self.function:
            if node.value is not None:
                self.value(node.value)
        elif isinstance(node, ast.Raise):
            for part in (node.exc, node.cause):
                if part is not None:
                    self.value(part)
        elif isinstance(node, ast.Assert):
            self.value(node.test)
            if node.msg is not None:
                self.value(node.msg)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name not in MODULES or alias.asname:
                    raise State(node, "it imports %s" % alias.name)
                self.known.add(alias.name.split(".")[0])
        elif not isinstance(node, (ast.Pass, ast.Break, ast.Continue)):
            raise State(node, "it has a %s" % type(node).__name__)

    def target(self, node):
        if isinstance(node, ast.Name):
            if not self.function and node.id in self.world.fixed:
                raise State(node, "it sets %s, which others use" % node.id)
            self.known.add(node.id)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for part in node.elts:
                self.target(part)
        elif isinstance(node, ast.Attribute) and dotted(node.value) == "coccinelle" and node.attr in self.outputs:
            pass
        elif isinstance(node, ast.Subscript):
            self.changed(node.value)
            self.value(node.slice)
        else:
            raise State(node, "it sets something that may last")

    def changed(self, node):
        if not (isinstance(node, ast.Name) and node.id in self.own and node.id in self.known):
            raise State(node, "it changes a value that may last")

    # Expressions.

    def name(self, node):
        name = node.id
        if name not in self.known and name not in self.world.constants and name not in MAKERS | CHOOSERS | ERRORS:
            raise State(node, "it reads %s, which another run may have set" % name)
        if self.lasting and name in USED_UP:
            raise State(node, "it makes a value that is used up by being read")

    def value(self, node):
        if isinstance(node, ast.Name):
            self.name(node)
        elif isinstance(node, ast.Attribute):
            self.attribute(node)
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            self.comprehension(node)
        elif isinstance(node, ast.Lambda):
            if node.args.defaults or node.args.kw_defaults:
                raise State(node, "it has a function with default values")
            before = set(self.known)
            self.known.update(parameters(node.args))
            self.value(node.body)
            self.known = before
        elif isinstance(node, (ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.BinOp,
                               ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Subscript, ast.Slice, ast.Starred,
                               ast.keyword)):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, (ast.expr, ast.keyword)):
                    self.value(child)
        elif type(node).__name__ != "Index":
            raise State(node, "it has a %s" % type(node).__name__)
        else:
            self.value(node.value)

    def comprehension(self, node):
        if self.lasting and isinstance(node, ast.GeneratorExp):
            raise State(node, "it makes a value that is used up by being read")
        before = set(self.known)
        for part in node.generators:
            self.value(part.iter)
            self.known.update(n.id for n in ast.walk(part.target) if isinstance(n, ast.Name))
            for test in part.ifs:
                self.value(test)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.value(part)
        self.known = before

    def attribute(self, node):
        path = dotted(node)
        if path and self.in_module(path):
            return
        if path == "cocci.cocci_file" or path and path.startswith("coccinelle.") and path[11:] in self.outputs:
            return
        if node.attr not in FIELDS or path and path.split(".")[0] in LIBRARY_NAMES:
            raise State(node, "it reads the attribute %s" % node.attr)
        self.value(node.value)

    def in_module(self, path):
        module, _, rest = path.rpartition(".")
        if module.startswith("sys.std"):
            module, rest = "sys", path[4:]
        root = module.split(".")[0]
        return rest in MODULES.get(module, ()) and (root in self.known or root in self.world.constants)

    def call(self, node):
        function = node.func
        path = dotted(function)
        if isinstance(function, ast.Name):
            name = function.id
            known = name in self.world.functions
            plain = name not in self.known and name not in self.world.constants and name in MAKERS | CHOOSERS | ERRORS
            if not known and not plain:
                raise State(node, "it calls %s" % name)
            if self.lasting and name in USED_UP:
                raise State(node, "it makes a value that is used up by being read")
        elif path and (path in LIBRARY or self.in_module(path)):
            pass
        elif isinstance(function, ast.Attribute) and function.attr in METHODS:
            self.value(function.value)
        elif isinstance(function, ast.Attribute) and function.attr in CHANGERS:
            self.changed(function.value)
        else:
            raise State(node, "it calls %s" % (path or "something"))
        for argument in node.args + node.keywords:
            self.value(argument)


def parameters(arguments):
    every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
    return [a.arg for a in every + [a for a in (arguments.vararg, arguments.kwarg) if a]]


class World:
    """What the scripts of a semantic patch share."""

    def __init__(self, names):
        # Names that have the same value in all runs, those of them that are functions, and all that nobody may set.
        self.constants = set(names)
        self.functions = set()
        self.fixed = set(LIBRARY_NAMES) | MAKERS | CHOOSERS | ERRORS | set(MODULES) | set(names)

    def initialize(self, tree):
        """The top level of an `initialize` script, then its functions."""
        functions = [s for s in tree.body if isinstance(s, ast.FunctionDef)]
        rest = [s for s in tree.body if not isinstance(s, ast.FunctionDef)]
        scope = Scope(self, self.constants, lasting=True)
        names = {f.name for f in functions}
        stored = {n.id for s in rest for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        again = (names | stored) & (self.constants | LIBRARY_NAMES | set(MODULES) | {"print"})
        if again or names & stored:
            raise State(tree, "it sets %s again" % ", ".join(sorted(again or names & stored)))
        self.fixed -= stored | names
        scope.find_own(rest)
        # A function may be called at once; what it reads is checked below.
        self.functions |= names
        scope.known |= names
        scope.body(rest)
        self.constants |= scope.known | stored
        self.fixed |= self.constants
        for f in functions:
            a = f.args
            if f.decorator_list or not all(isinstance(d, ast.Constant) for d in a.defaults + [d for d in a.kw_defaults if d]):
                raise State(f, "it has a function with default values or decorators")
            local = {n.id for n in ast.walk(f) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            inner = Scope(self, set(parameters(a)) | local)
            inner.function = True
            inner.find_own(f.body)
            inner.own -= set(parameters(a))
            inner.body(f.body)

    def rule(self, tree, inputs, outputs):
        taken = set(inputs) & self.fixed
        if taken:
            raise State(tree, "a variable has the name %s" % ", ".join(sorted(taken)))
        scope = Scope(self, inputs, outputs)
        scope.find_own(tree.body)
        scope.body(tree.body)


def why_state(names, scripts, calls, read):
    """Why the scripts may keep state: line and reason; none if they keep none. `read` makes a tree of one."""
    world = World(names)
    order = sorted(scripts, key=lambda s: s["phase"] != "initialize")
    try:
        for script in order:
            if script["phase"] == "finalize":
                raise State(None, "a finalize script looks at what others left")
            tree = read(script, "exec")
            if script["phase"] == "initialize":
                if script["inputs"]:
                    world.constants |= set(script["inputs"])
                world.initialize(tree)
            else:
                world.rule(tree, script["inputs"], script["outputs"])
        for call in calls:
            Scope(world, call["inputs"]).value(read(call, "eval").body)
    except State as e:
        return [e.line, str(e)]
    except (SyntaxError, ValueError, RecursionError) as e:
        return [getattr(e, "lineno", None) or 0, "it cannot be read: %s" % e]
    return None
