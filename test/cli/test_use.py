"""How the command line is used: its help, wrong use, and what it costs to start."""

import json
import re
import sys

import pytest

import harbor_client
from harbor_client.cli.parser import build
from harbor_client.testing import FakeHarbor
from support.commands import Done, Shell

#: Runs each of several command lines in one process, and prints what came of them.
_EACH = """
import contextlib, io, json, sys
from harbor_client.cli import main
done = []
for arguments in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:
            status = end.code
    done.append([status, out.getvalue(), err.getvalue()])
print(json.dumps(done))
"""


def each(shell: Shell, lines: list[list[str]]) -> list[Done]:
    done = shell.run(command=[sys.executable, "-W", "error", "-c", _EACH], stdin=json.dumps(lines))
    return [Done(*one) for one in json.loads(done.out)]


COMMANDS = ["check", "list", "show", "plan", "apply", "remove", "password", "admin", "roles"]


def test_help_names_all_commands(shell: Shell, harbor: FakeHarbor) -> None:
    done = shell.run("--help")
    assert (done.status, done.err) == (0, "")
    assert re.findall(r"^    ([a-z]+) +[a-z]", done.out, re.MULTILINE) == COMMANDS
    assert "HARBOR_URL" in done.out
    assert "Exit status" in done.out
    assert list(harbor.requests) == []


def test_the_help_of_each_command_shows_two_examples_that_parse(shell: Shell) -> None:
    for command, done in zip(COMMANDS, each(shell, [[command, "--help"] for command in COMMANDS]), strict=True):
        assert (done.status, done.err) == (0, "")
        assert max(map(len, done.lines)) <= 80
        examples = done.out.partition("examples:\n")[2].splitlines()
        assert len(examples) == 2
        for example in examples:
            prog, *arguments = example.split()
            assert prog == "harbor-users"
            assert build().parse_args(arguments).command == command


def test_help_imports_nothing_of_what_commands_need(shell: Shell) -> None:
    """So that it takes hardly more than the import of urllib3 (the benchmark measures it)."""
    code = (
        "import sys; from harbor_client.cli import main\n"
        "try: main(['--help'])\n"
        "finally: print(*sorted(name for name in sys.modules), file=sys.stderr)"
    )
    loaded = set(shell.run(command=[sys.executable, "-c", code]).err.split())
    assert {"harbor_client.cli.parser", "argparse"} <= loaded
    for absent in ("harbor_client.users", "harbor_client.query", "harbor_client.cli.run", "getpass"):
        assert absent not in loaded


def test_version(shell: Shell) -> None:
    assert shell.run("--version").out == f"harbor-users {harbor_client.__version__}\n"


WRONG: list[tuple[list[str], str]] = [
    ([], "usage: harbor-users"),
    (["lst"], "invalid choice: 'lst'"),
    (["list", "--colums", "email"], "--colums"),
    (["list", "--columns", "email,mail"], "unknown column 'mail'; known: user_id, username"),
    (["list", "--query", "emial=x"], "emial"),
    (["list", "--query", "username"], "username"),
    (["show"], "NAME|ID|ADDRESS"),
    (["admin", "alice"], "--on --off"),
    (["admin", "alice", "--on", "--off"], "not allowed with"),
    (["roles", "list", "alice", "library"], "roles add NAME PROJECT ROLE"),
    (["roles", "add", "alice", "library"], "roles add NAME PROJECT ROLE"),
    (
        ["roles", "add", "alice", "library", "developper"],
        "there is no role 'developper'; the roles are project_admin",
    ),
    (["roles", "remove", "alice", "No Project"], "no project can have the name 'No Project'"),
    (["remove"], "either names or --file FILE"),
    (["remove", "alice", "--file", "x"], "either names or --file FILE"),
    (["remove", "--file", "missing.txt"], "missing.txt"),
    (["password"], "one NAME, or --self"),
    (["password", "alice", "--self"], "one NAME, or --self"),
    (["password", "alice", "bob"], "one NAME, or --self"),
    (["password", "alice"], "no terminal to ask for the password"),
    (["password", "alice", "--from-file", "missing.txt"], "missing.txt"),
    (["apply", "people.csv"], "no terminal to ask on: give --yes"),
    (["apply", "missing.csv", "--yes"], "missing.csv"),
    (["plan", "missing.csv"], "missing.csv"),
    (["plan", "people.csv", "--column", "email"], "is not HEADER=COLUMN"),
    (["plan", "people.csv", "--column", "Mail=mail"], "'mail' is not a column; known: username"),
    (["plan", "people.csv", "--delimiter", "::"], "delimiter must be one character, not '::'"),
    (["--host", "harbor.example", "list"], "HARBOR_URL: has to begin with http:// or https://"),
    (["list", "--host", "harbor.example"], "HARBOR_URL: has to begin with http:// or https://"),
    (["list", "--timeout", "soon"], "HARBOR_TIMEOUT: "),
    (["list", "--ca-cert", "missing.pem"], "HARBOR_CA_CERT: "),
    (["list", "--password-file", "missing.txt"], "HARBOR_PASSWORD_FILE: "),
]


def test_wrong_use(shell: Shell, harbor: FakeHarbor) -> None:
    """One sentence that says what is wrong, before anything is sent."""
    (shell.folder / "people.csv").write_text("username,email\nalice,alice@example.com\n")
    for (arguments, told), done in zip(WRONG, each(shell, [arguments for arguments, _ in WRONG]), strict=True):
        assert (arguments, done.status, done.out) == (arguments, 2, "")
        assert told in done.err, arguments
    assert list(harbor.requests) == []


def test_a_password_on_the_command_line_is_refused_and_not_repeated(shell: Shell, harbor: FakeHarbor) -> None:
    for options in (["--password", "Secret-1x"], ["-p", "Secret-1x"], ["-pSecret-1x"], ["--password=Secret-1x"]):
        done = shell.run("list", *options)
        assert done.status == 2
        assert "Secret-1x" not in done.err
        assert "set HARBOR_PASSWORD or give --password-file FILE" in done.err
    assert shell.run("list", "--passwor", "password.txt").status == 2  # not taken for --password-file
    assert list(harbor.requests) == []


def test_completion_without_its_library(shell: Shell) -> None:
    code = "import sys; sys.modules['shtab'] = None; from harbor_client.cli import main; sys.exit(main(sys.argv[1:]))"
    done = shell.run(command=[sys.executable, "-c", code, "--print-completion", "bash"])
    assert (done.status, done.out) == (1, "")
    assert "pip install 'harbor-registry-client[cli]'" in done.err


@pytest.mark.parametrize("name", ["bash", "zsh", "tcsh"])
def test_completion(shell: Shell, name: str) -> None:
    pytest.importorskip("shtab")
    done = shell.run("--print-completion", name)
    assert (done.status, done.err) == (0, "")
    for word in (*COMMANDS, *(["--passwords", "--query"] if name != "tcsh" else [])):
        assert word in done.out
