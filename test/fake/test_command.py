"""`python -m harbor_client.testing`."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.environment import MEASURING
from support.rawhttp import Raw, basic


@contextmanager
def _running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The command and the lines that it prints until it is ready."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, **MEASURING, "PYTHONPATH": os.pathsep.join([str(root), *filter(None, sys.path)])}
    command = [sys.executable, "-W", "error", "-m", "harbor_client.testing", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line.rstrip())
                if "Ctrl+C" in line:
                    break
            yield process, lines
        finally:
            process.kill()


def _port(lines: list[str]) -> int:
    match = re.search(r"listening on https?://[\d.]+:(\d+)/api/v2\.0$", lines[0])
    assert match is not None, lines
    return int(match[1])


def test_it_says_where_it_listens_and_how_to_log_in() -> None:
    with _running("--port", "0", "--version", "2.12.4", "--users", "3") as (process, lines):
        assert lines[0].startswith("A fake Harbor 2.12.4 is listening on http://127.0.0.1:")
        assert "admin" in lines[1]
        assert "Harbor12345" in lines[1]
        assert "3 users" in lines[2]
        assert not any("WARNING" in line for line in lines)
        with Raw("127.0.0.1", _port(lines)) as raw:
            answer = raw.request("GET", "/api/v2.0/users", auth=basic("admin", "Harbor12345"))
            assert answer.header("X-Total-Count") == "3"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[0] == ""
        assert process.returncode == 0


def test_all_options() -> None:
    options = ["--host", "0.0.0.0", "--https", "--admin-password", "Other0ne", "--read-only", "--self-registration"]
    with _running("--port", "0", *options, "--auth-mode", "oidc_auth", "--lock-seconds", "0") as (process, lines):
        text = "\n".join(lines)
        assert "Other0ne" in text
        assert "WARNING: bound to 0.0.0.0, so other machines can reach it" in text
        authority = re.search(r"certificate authority is (\S+)", text)
        assert authority is not None
        context = ssl.create_default_context(cafile=authority[1])
        request = urllib.request.Request(f"https://localhost:{_port(lines)}/api/v2.0/configurations")
        request.add_header("Authorization", basic("admin", "Other0ne"))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(request, timeout=20) as response:
            shown = response.read().decode()
        for part in (
            '"oidc_auth"',
            '"read_only":{"editable":true,"value":true}',
            '"self_registration":{"editable":true,"value":true}',
        ):
            assert part in shown
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 0
        assert not Path(authority[1]).exists()


def test_without_options_it_takes_port_8080_of_this_machine_only() -> None:
    from harbor_client.testing.__main__ import _parser

    options = _parser().parse_args([])
    assert (options.host, options.port, options.version, options.users) == ("127.0.0.1", 8080, "2.16.0", 0)
    assert (options.auth_mode, options.lock_seconds, options.admin_password) == ("db_auth", 1.5, "Harbor12345")
    assert not (options.https or options.read_only or options.self_registration)


@pytest.mark.parametrize("arguments", [["--version", "1.10"], ["--port", "70000"], ["--lock-seconds", "-1"]])
def test_it_says_why_it_cannot_start(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from harbor_client.testing.__main__ import main

    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith("cannot start: ")


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    from harbor_client.testing.__main__ import main

    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    assert "in use" in capsys.readouterr().err
