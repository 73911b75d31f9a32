"""Runs ``harbor-users`` as people run it: as a process, with pipes or on a terminal of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import harbor_client
from support import environment

#: Runs a command on a new terminal, with its own standard input and output as keyboard and screen.
_ON_A_TERMINAL = """
import os, pty, sys
command = ["sh", "-c", 'stty rows 24 cols 100; exec "$@"', "sh", *sys.argv[1:]]
sys.exit(os.waitstatus_to_exitcode(pty.spawn(command)))
"""
PATIENCE = 60.0


@dataclass
class Done:
    """A process that has ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Shell:
    """Starts commands in a folder, with an environment that leads to a Harbor."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        path = os.pathsep.join([str(Path(harbor_client.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
        self.environment: dict[str, str] = {
            **os.environ,
            **environment.MEASURING,  # as the command line runs in processes of its own only
            "PYTHONPATH": path,
            "PYTHONIOENCODING": "utf-8",
            "TERM": "xterm",
            "COLUMNS": "80",
            **variables,
        }
        for name in ("NO_COLOR", "PYTHONUNBUFFERED"):
            self.environment.pop(name, None)

    def command(self, *arguments: object) -> list[str]:
        return [sys.executable, "-W", "error", "-m", "harbor_client", *map(str, arguments)]

    def run(
        self, *arguments: object, stdin: str = "", command: list[str] | None = None, **variables: str | None
    ) -> Done:
        """Run a command to its end, with pipes."""
        done = subprocess.run(
            command or self.command(*arguments),
            cwd=self.folder,
            env=self._environment(variables),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *command: str, **how: Any) -> subprocess.Popen[str]:
        """Start a command whose streams lead nowhere unless told otherwise."""
        streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, encoding="utf-8", **{**streams, **how})

    def terminal(self, *arguments: object, command: list[str] | None = None, **variables: str | None) -> Terminal:
        """Start a command on a terminal."""
        return Terminal(command or self.command(*arguments), self.folder, self._environment(variables))

    def _environment(self, variables: Mapping[str, str | None]) -> dict[str, str]:
        merged = {**self.environment, **variables}
        return {name: value for name, value in merged.items() if value is not None}


class Terminal:
    """A command on a terminal: what it shows, and keys that are pressed."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ON_A_TERMINAL, *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        self.screen = ""
        self._seen = 0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def expect(self, text: str) -> None:
        """Wait until the screen shows a text that was not there when a key was last pressed."""
        end = time.monotonic() + PATIENCE
        while text not in self.screen[self._seen :]:
            assert self._read() is not None, f"ended without {text!r}:\n{self.screen}"
            assert time.monotonic() < end, f"no {text!r}:\n{self.screen}"

    def press(self, keys: str) -> None:
        self._seen = len(self.screen)
        assert self._process.stdin is not None
        self._process.stdin.write(keys.encode())
        self._process.stdin.flush()

    def status(self) -> int:
        """Wait for the end; the exit status."""
        end = time.monotonic() + PATIENCE
        while self._read() is not None:
            assert time.monotonic() < end, f"no end:\n{self.screen}"
        status = self._process.wait(PATIENCE)
        assert "Traceback" not in self.screen, self.screen
        return status

    def _read(self) -> str | None:
        """What has come to the screen; ``None`` at the end."""
        assert self._process.stdout is not None
        data: bytes | None = self._process.stdout.read(65536)  # None: nothing has come so far
        if data is None:
            time.sleep(0.01)
            return ""
        text = data.decode().replace("\r\n", "\n")
        self.screen += text
        return text if data else None
