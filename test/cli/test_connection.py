"""Settings, logging in, and what is said when Harbor cannot be reached or refuses."""

import socket

import pytest

from harbor_client.testing import FakeHarbor
from support import tls
from support.commands import Shell


def logins(harbor: FakeHarbor) -> int:
    return sum(request.user is not None for request in harbor.requests)


@pytest.mark.parametrize("before", [True, False])
def test_options_go_before_the_environment(shell: Shell, harbor: FakeHarbor, before: bool) -> None:
    """In front of the command or after it."""
    (shell.folder / "password").write_text("Harbor12345\n")
    options = ["--host", harbor.root_url, "--user", "admin", "--password-file", "password", "--timeout", "20"]
    arguments = [*options, "list"] if before else ["list", *options]
    done = shell.run(*arguments, HARBOR_URL="http://127.0.0.1:1", HARBOR_USERNAME="bob", HARBOR_PASSWORD="Wrong-1x")
    assert (done.status, done.err) == (0, "")
    assert "admin" in done.out


def test_a_password_from_a_file_that_the_environment_names(shell: Shell) -> None:
    (shell.folder / "password").write_text("Harbor12345\n")
    assert shell.run("list", HARBOR_PASSWORD=None, HARBOR_PASSWORD_FILE="password").status == 0


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("HARBOR_URL", "HARBOR_URL is not set"),
        ("HARBOR_USERNAME", "HARBOR_USERNAME is not set: set it, or give --user NAME"),
        ("HARBOR_PASSWORD", "neither HARBOR_PASSWORD nor HARBOR_PASSWORD_FILE"),
    ],
)
def test_what_is_not_set_is_named(shell: Shell, harbor: FakeHarbor, variable: str, told: str) -> None:
    done = shell.run("list", **{variable: None})
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert list(harbor.requests) == []


def test_the_password_is_asked_for_on_a_terminal_and_not_shown(shell: Shell, harbor: FakeHarbor) -> None:
    with shell.terminal("list", HARBOR_PASSWORD=None) as terminal:
        terminal.expect(f"Password of admin at {harbor.url}: ")
        terminal.press("Harbor12345\n")
        assert terminal.status() == 0
    assert "Harbor12345" not in terminal.screen
    assert "system admin" in terminal.screen


def test_no_password_is_no_login(shell: Shell, harbor: FakeHarbor) -> None:
    with shell.terminal("list", HARBOR_PASSWORD=None) as terminal:
        terminal.expect("Password of admin")
        terminal.press("\n")
        assert terminal.status() == 2
    assert "no password was given" in terminal.screen
    assert list(harbor.requests) == []


COMMANDS = [
    ["check"],
    ["list"],
    ["show", "alice"],
    ["plan", "people.csv"],
    ["apply", "people.csv", "--yes", "--on-error", "continue"],
    ["remove", "alice", "bob", "carol"],
    ["remove", "--by", "email", "a@example.com", "b@example.com"],
    ["password", "alice", "bob", "--generate", "out.csv"],
    ["password", "--self", "--generate", "out.csv"],
    ["admin", "alice", "bob", "--on"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_wrong_password_causes_one_wrong_login(shell: Shell, harbor: FakeHarbor, arguments: list[str]) -> None:
    rows = "".join(f"user{number},user{number}@example.com,Passw0rd1\n" for number in range(150))
    (shell.folder / "people.csv").write_text(f"username,email,password\n{rows}")
    done = shell.run(*arguments, HARBOR_PASSWORD="Outdated-1x")
    assert done.status == 1
    assert logins(harbor) == 1
    said = done.out + done.err
    assert "(401)" in said
    assert "username or password is wrong" in said
    assert "Outdated-1x" not in said
    assert not (shell.folder / "out.csv").exists()


@pytest.mark.parametrize("arguments", [["check"], ["list"], ["apply", "people.csv", "--yes"]], ids=" ".join)
def test_an_unreachable_host(shell: Shell, arguments: list[str]) -> None:
    (shell.folder / "people.csv").write_text("username,email,password\nalice,alice@example.com,Passw0rd1\n")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = shell.run(*arguments, "--timeout", "30", HARBOR_URL=url)
    assert done.status == 1
    said = done.out + done.err
    assert "refused" in said
    assert "HARBOR_URL" in said


@pytest.mark.parametrize("arguments", [["check"], ["list"], ["remove", "alice"]], ids=" ".join)
def test_a_certificate_of_an_unknown_authority(shell: Shell, arguments: list[str]) -> None:
    with FakeHarbor(https=True) as harbor:
        harbor.add_user("alice")
        done = shell.run(*arguments, HARBOR_URL=harbor.url)
        assert done.status == 1
        assert "HARBOR_CA_CERT" in done.out + done.err
        assert arguments != ["check"] or done.out.startswith("FAILED  tls         ")
        assert "\n" not in (done.out + done.err).strip()
        other = shell.folder / "other.pem"
        other.write_bytes(tls.authority("other").cert_pem.bytes())
        assert shell.run(*arguments, "--ca-cert", other, HARBOR_URL=harbor.url).status == 1
        done = shell.run(*arguments, "--ca-cert", harbor.ca_cert, HARBOR_URL=harbor.url)
        assert done.status == 0
        assert arguments != ["check"] or "ok      tls         the certificate is verified" in done.lines


def test_debug_logs_each_request_without_secrets(shell: Shell) -> None:
    done = shell.run("list", "--debug")
    assert done.status == 0
    assert "GET" in done.err
    assert "Harbor12345" not in done.err
    wrong = shell.run("--debug", "list", HARBOR_PASSWORD="Outdated-1x")
    assert wrong.status == 1
    assert "HTTP response body: " in wrong.err
    assert "Outdated-1x" not in wrong.err


def test_somebody_without_rights_is_told_what_lacks(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("alice", password="Passw0rd1")
    harbor.add_user("bob")
    for arguments in (["list"], ["remove", "bob"], ["admin", "bob", "--on"]):
        done = shell.run(*arguments, HARBOR_USERNAME="alice", HARBOR_PASSWORD="Passw0rd1")
        assert done.status == 1
        assert "system administrator" in done.err
    assert harbor.usernames == ["alice", "bob"]


def test_a_read_only_harbor_ends_a_run_at_once(shell: Shell) -> None:
    with FakeHarbor(read_only=True) as harbor:
        for name in ("alice", "bob"):
            harbor.add_user(name)
        done = shell.run("remove", "alice", "bob", HARBOR_URL=harbor.url)
        assert (done.status, done.out) == (1, "")
        assert "read only mode" in done.err
        assert "the others were left alone" in done.err
        assert [request.method for request in harbor.requests].count("DELETE") == 1
