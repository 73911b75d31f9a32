"""What a terminal gets more than a pipe: colours, progress, Ctrl-C; and what is left when a run is interrupted."""

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from harbor_client import ApiClient, Users
from harbor_client.testing import FakeHarbor
from support.commands import Done, Shell

#: Lets a module look as if it were not installed.
WITHOUT = (
    "import importlib.util as u, sys; found = u.find_spec; hidden = sys.argv[1].split(','); del sys.argv[1]\n"
    "u.find_spec = lambda name, *rest: None if name in hidden else found(name, *rest)\n"
    "from harbor_client.cli import main; sys.exit(main())"
)


def people(shell: Shell, number: int) -> None:
    rows = "".join(f"user{n},user{n}@example.com,Passw0rd1\n" for n in range(number))
    (shell.folder / "people.csv").write_text(f"username,email,password\n{rows}")


def test_colours_on_a_terminal_only(shell: Shell) -> None:
    people(shell, 2)
    with shell.terminal("plan", "people.csv") as terminal:
        assert terminal.status() == 0
    assert "\x1b[32m+ user0  email=" in terminal.screen
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with shell.terminal("plan", "people.csv", **variables) as terminal:
            assert terminal.status() == 0
        assert "+ user0  email=" in terminal.screen
        assert not re.search(r"\x1b\[[0-9;]*m", terminal.screen)
    assert "\x1b" not in shell.run("plan", "people.csv").out


def on_a_screen_with_piped_output(shell: Shell, *arguments: str, hidden: str = "") -> tuple[str, str]:
    """What standard error shows on a terminal while standard output goes into a file; and the file."""
    command = shell.command(*arguments)
    if hidden:
        command[command.index("-m") : command.index("harbor_client") + 1] = ["-c", WITHOUT, hidden]
    with shell.terminal(command=["sh", "-c", f"{shlex.join(command)} > out.txt"]) as terminal:
        assert terminal.status() == 0
    return terminal.screen, (shell.folder / "out.txt").read_text("utf-8")


@pytest.mark.parametrize("bar", ["tqdm", "rich", "plain"])
def test_progress_of_a_run(shell: Shell, harbor: FakeHarbor, bar: str) -> None:
    people(shell, 30)
    hidden = {"tqdm": "rich", "rich": "tqdm", "plain": "tqdm,rich"}[bar]
    screen, out = on_a_screen_with_piped_output(shell, "apply", "people.csv", "--yes", hidden=hidden)
    assert {"tqdm": "/30 [", "rich": "users", "plain": "30 of 30 users"}[bar] in screen
    assert len(out.splitlines()) == 30
    assert all(
        re.fullmatch(r"\+ user\d+  email='user\d+@example.com', realname='user\d+'", line) for line in out.splitlines()
    )
    assert "30 created" in screen


def test_lines_and_progress_share_a_terminal(shell: Shell, harbor: FakeHarbor) -> None:
    people(shell, 3)
    command = shell.command("apply", "people.csv", "--yes")
    command[command.index("-m") : command.index("harbor_client") + 1] = ["-c", WITHOUT, "tqdm,rich"]
    with shell.terminal(command=command) as terminal:
        assert terminal.status() == 0
    applied = terminal.screen.partition("3 to create")[2]
    for number in range(3):  # each line begins where the counter was wiped away
        assert f"\r\x1b[K\x1b[32m+ user{number}  " in applied
    assert applied.index("user0") < applied.index("1 of 3 users") < applied.index("user1")
    assert "\r\x1b[Kharbor-users: 3 created" in applied


def test_progress_of_a_list_counts_users(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_users(250)
    screen, out = on_a_screen_with_piped_output(shell, "list", "--format", "csv", hidden="tqdm,rich")
    assert "\r250 of 250 users" in screen
    assert len(out.splitlines()) == 252


def test_no_progress_into_a_pipe(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_users(5)
    assert shell.run("list").err == ""


def slow(harbor: FakeHarbor, after: int) -> None:
    """The write after the first ``after`` hangs."""
    harbor.fail_next("POST", "/users", after=after, delay=30)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def posts(harbor: FakeHarbor) -> int:
    return sum(request.method == "POST" for request in harbor.requests)


def test_ctrl_c_says_what_was_done_and_what_was_not(shell: Shell, harbor: FakeHarbor) -> None:
    people(shell, 5)
    slow(harbor, after=2)
    with shell.terminal("apply", "people.csv", "--yes") as terminal:
        wait_until(lambda: posts(harbor) == 3)
        terminal.press("\x03")
        assert terminal.status() == 1
    assert "2 created; 3 of 5 were not done" in terminal.screen
    assert "The change under way may have been made." in terminal.screen
    assert "interrupted" in terminal.screen
    harbor.clear_faults()
    again = shell.run("apply", "people.csv", "--yes")
    assert again.status == 0
    assert harbor.usernames == [f"user{number}" for number in range(5)]


def ended(shell: Shell, harbor: FakeHarbor, number: int, path: str, *arguments: str) -> Done:
    """A command that is sent a signal when it has sent its second write to a path."""
    method = {"/users": "POST", "/users/*": "DELETE"}.get(path, "PUT")
    harbor.fail_next(method, path, after=1, delay=30)
    pipe = subprocess.PIPE
    with shell.start(*shell.command(*arguments), stdout=pipe, stderr=pipe) as process:
        wait_until(lambda: sum(request.method == method for request in harbor.requests) == 2)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    return Done(process.returncode, out, err)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_who_is_terminated_says_so_too(shell: Shell, harbor: FakeHarbor, number: int) -> None:
    people(shell, 5)
    done = ended(shell, harbor, number, "/users", "apply", "people.csv", "--yes")
    assert done.status == 1
    assert done.lines == ["+ user0  email='user0@example.com', realname='user0'"]
    assert "1 created; 4 of 5 were not done" in done.err


@pytest.mark.parametrize(
    ("path", "arguments", "told"),
    [
        ("/users/*/sysadmin", ["admin", "a", "b", "c", "--on"], "1 changed; 2 of 3 were not done"),
        ("/users/*/password", ["password", "a", "b", "c", "--generate", "new.csv"], "1 changed; 2 of 3 were not done"),
        ("/users/*", ["remove", "a", "b", "c"], "1 removed; 2 of 3 were not done"),
    ],
)
def test_what_an_interrupted_command_has_not_done(
    shell: Shell, harbor: FakeHarbor, path: str, arguments: list[str], told: str
) -> None:
    for name in "abc":
        harbor.add_user(name)
    done = ended(shell, harbor, signal.SIGINT, path, *arguments)
    assert (done.status, len(done.lines)) == (1, 1)
    assert told in done.err
    assert "The change under way may have been made." in done.err


def test_nohup_is_respected(shell: Shell, harbor: FakeHarbor) -> None:
    people(shell, 3)
    harbor.fail_next("POST", "/users", delay=1)
    with shell.start("nohup", *shell.command("apply", "people.csv", "--yes")) as process:
        wait_until(lambda: posts(harbor) > 0)
        process.send_signal(signal.SIGHUP)
        assert process.wait(60) == 0
    assert len(harbor.usernames) == 3


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_a_prompt_that_is_left(shell: Shell, harbor: FakeHarbor, keys: str) -> None:
    with shell.terminal("password", "admin") as terminal:
        terminal.expect("New password")
        terminal.press(keys)
        assert terminal.status() == 1
    assert "interrupted" in terminal.screen
    assert not harbor.requests


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(shell: Shell, harbor: FakeHarbor, closed: str) -> None:
    harbor.add_user("alice")
    done = shell.run(command=["sh", "-c", f"{shlex.join(shell.command('admin', 'alice', '--on'))} {closed}"])
    assert (done.status, done.err) == (0, "" if "2>" in closed else "harbor-users: 1 changed\n")
    assert [user.username for user in Users(ApiClient(harbor.configuration())).iterate("sysadmin_flag=true")] == [
        "alice"
    ]


def test_a_run_whose_reader_goes_away_says_what_was_done(shell: Shell, harbor: FakeHarbor) -> None:
    people(shell, 600)
    told_in = shell.folder / "stderr.txt"
    streams = {"stdout": subprocess.PIPE, "pipesize": 4096}  # less than is written
    command = shell.command("apply", "people.csv", "--yes")
    with told_in.open("wb") as stderr, shell.start(*command, stderr=stderr, **streams) as process:
        assert process.stdout is not None
        os.read(process.stdout.fileno(), 1)
        process.stdout.close()
        process.wait(60)
    told = re.search(r"(\d+) created; (\d+) of 600 were not done", told_in.read_text())
    assert told, told_in.read_text()[-500:]
    assert int(told[1]) + int(told[2]) == 600
    assert len(harbor.usernames) == int(told[1])


def test_output_that_cannot_be_written_is_said_once(shell: Shell, harbor: FakeHarbor) -> None:
    people(shell, 5)
    for command in (["--help"], ["list", "--help"], ["--version"], ["list"], ["apply", "people.csv", "--yes"]):
        with open("/dev/full", "w") as full:
            with shell.start(*shell.command(*command), stdout=full, stderr=subprocess.PIPE) as process:
                err = process.communicate(timeout=60)[1]
        assert process.returncode == 1
        assert err.count("No space left on device") == 1
        assert "Exception ignored" not in err
    assert "1 created; 4 of 5 were not done" in err
