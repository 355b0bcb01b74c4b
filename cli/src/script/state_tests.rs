//! What counts as a script that may keep state.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::Python;

/// The question about scripts: `i` in front of those of `initialize`, `f` of `finalize`. Their variables are `p` and `x`, their output `g`.
fn question(scripts: &[(char, &str)], calls: &[&str]) -> Json {
    let phase = |c| match c {
        'i' => "initialize",
        'f' => "finalize",
        _ => "rule",
    };
    let inputs = |c| if c == 'r' { json!(["p", "x"]) } else { json!([]) };
    let scripts = scripts.iter().map(|(c, code)| {
        json!({"phase": phase(*c), "code": code, "line": 1, "cocci": "r", "inputs": inputs(*c), "outputs": ["g"]})
    });
    let calls = calls.iter().map(|code| json!({"code": code, "line": 1, "cocci": "r", "inputs": ["p", "x"]}));
    json!({"op": "state", "names": ["virtual_name"], "scripts": scripts.collect::<Vec<_>>(), "calls": calls.collect::<Vec<_>>()})
}

const WITHOUT: &[&[(char, &str)]] = &[
    &[('r', "import re\nprint(re.sub('a','b',x))")],
    &[
        ('i', "import re\npattern='__'\nm = re.compile(pattern)"),
        ('r', "t = x\nif not m.search(t):\n    coccilib.report.print_report(p[0], 'w')"),
    ],
    &[
        (
            'i',
            "filter = frozenset(['a'])\ndef relevant(p):\n    return not (filter & {el.current_element for el in p})",
        ),
        ('r', "relevant(p)"),
    ],
    &[('r', "out = []\nfor q in p:\n    out.append(q.line)\n    n = 0\n    n += 1\nprint(', '.join(out), file=x)")],
    &[('r', "coccinelle.g = cocci.make_expr('f(%s)' % x)")],
    &[('i', "import sys"), ('r', "sys.stderr.write(x)\nprint(x, file=sys.stderr)")],
    &[('r', "try:\n    n = int(x)\nexcept ValueError as e:\n    n = 0\nelse:\n    pass\nprint(x)")],
    &[('r', "d = {}\nd[x] = 1\nprint(sorted(d.items(), key=lambda kv: kv[1]))")],
    &[('r', "if x == 'a':\n    m = 1\nelse:\n    m = 2\nprint(m)")],
    &[('r', "print(virtual_name)")],
];

const WITH: &[&[(char, &str)]] = &[
    &[('r', "n = globals().get('n', 0)")],
    &[('r', "if x: m = 1\nprint(m)")],
    &[('r', "print(m)"), ('r', "m = 1")],
    &[('i', "seen = set()"), ('r', "seen.add(x)")],
    &[('i', "seen = set()"), ('r', "s = seen\ns.add(x)")],
    &[('i', "seen = []"), ('r', "s = []\ns = seen\ns += [1]")],
    &[('i', "seen = []"), ('r', "s = sum([], seen)\ns.append(1)")],
    &[('i', "seen = {}"), ('r', "seen[x] = 1")],
    &[('i', "it = iter([1])"), ('r', "print(1)")],
    &[('i', "it = zip([1],[2])"), ('r', "print(list(it))")],
    &[('i', "it = (i for i in [1])"), ('r', "print(list(it))")],
    &[('i', "count = 0\ndef f():\n    global count\n    count += 1\n    return count"), ('r', "print(f())")],
    &[('i', "def f(x, seen=[]):\n    seen.append(x)"), ('r', "f(x)")],
    &[('i', "l=[]\ndef f(a):\n    a.append(1)"), ('r', "f(l)")],
    &[('r', "import os\nos.environ['x'] = x")],
    &[('r', "import os\nprint(os.getpid())")],
    &[('r', "open('f','a').write(x)")],
    &[('r', "len = 1")],
    &[('r', "class A: pass")],
    &[('r', "def f(): pass")],
    &[('r', "it = Iteration()\nit.register()")],
    &[('r', "coccinelle.other = 1")],
    &[('r', "print(coccinelle.other)")],
    &[('r', "coccilib.report.print_report = x")],
    &[('r', "cocci.x = 1")],
    &[('r', "x.__class__.n = 1")],
    &[('r', "print(x.__dict__)")],
    &[('r', "f = [].append\nf(x)")],
    &[('r', "print 'x'")],
    &[('f', "print('done')")],
    &[('r', "(n := 1)")],
    &[('r', "exec(x)")],
    &[('r', "import random\nprint(random.random())")],
    &[('r', "with x as y: pass")],
    &[('r', "del x")],
    &[('r', "for i in p:\n    last = i\nprint(last)")],
    &[('r', "print(hash(x))")],
    &[('r', "print(g)")],
    &[('i', "re = 1"), ('r', "print(re)"), ('r', "import re\nprint(re)")],
    &[('i', "t = [[]]"), ('r', "t[0].append(x)")],
    &[('i', "t = [[]]"), ('r', "for y in t:\n    y += [x]")],
    &[('i', "t = [[]]"), ('r', "y = t[0]\ny += [x]")],
    &[('i', "t = [[]]"), ('r', "y = t[0] or []\ny.append(1)")],
    &[('i', "t = []"), ('r', "y = max(t, [1])\ny.append(1)")],
    &[('i', "t = []"), ('r', "y = (lambda: t)()\ny.append(1)")],
    &[('i', "t = {}"), ('r', "y = t.get(x)\ny.append(1)")],
];

#[test]
fn scripts_that_may_keep_state_are_told_from_those_that_cannot() {
    let mut python = Python::new(PathBuf::from("python3"), "r.cocci".to_owned(), None, Vec::new());
    for scripts in WITHOUT {
        assert!(!python.keeps_state(&question(scripts, &[])), "{scripts:?}");
    }
    for scripts in WITH {
        assert!(python.keeps_state(&question(scripts, &[])), "{scripts:?}");
    }
    let relevant = [('i', "def relevant(p):\n  return p[0].line == '1'")];
    assert!(!python.keeps_state(&question(&relevant, &["relevant(p)", "p[0].file != 'x'"])));
    assert!(python.keeps_state(&question(&[], &["relevant(p)"])));
    let taken = json!([{"phase": "rule", "code": "pass", "line": 1, "cocci": "r", "inputs": ["len"], "outputs": []}]);
    assert!(python.keeps_state(&json!({"op": "state", "names": [], "scripts": taken, "calls": []})));
}

#[test]
fn without_an_interpreter_scripts_may_keep_state() {
    let mut python = Python::new(PathBuf::from("no-such-python"), "r.cocci".to_owned(), None, Vec::new());
    assert!(python.keeps_state(&question(&[], &[])));
}
