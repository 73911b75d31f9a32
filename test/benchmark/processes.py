"""The processes of a benchmark: servers that respond and workers that call them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, TypeVar

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent


class Failed(Exception):
    """A worker could not do what it was asked for."""


class Unsupported(Exception):
    """A client has nothing for what was asked."""


SomeProcess = TypeVar("SomeProcess", bound="_Process")


class _Process:
    """A Python process that is spoken to line by line and ends when its input is closed."""

    def __init__(self, python: str, arguments: list[str], path: list[Path]) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("HARBOR", "COVERAGE"))}
        # A proxy or a CA of the environment is not what is measured.
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"):
            environment.pop(name, None)
            environment.pop(name.upper(), None)
        environment["PYTHONPATH"] = os.pathsep.join(map(str, [*path, TESTS]))
        self._process = subprocess.Popen(
            [python, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=TESTS,  # which Python puts on the path: it must not hold a package that is measured
        )

    def say(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"the process is gone, exit code {self._process.wait()}") from None

    def hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"the process is gone, exit code {self._process.wait()}")
        return json.loads(line)

    def __enter__(self: SomeProcess) -> SomeProcess:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._process.wait()
        self._process.stdout.close()


class Server(_Process):
    """A server of ready responses; see server.py for the options."""

    def __init__(self, python: str, *options: str) -> None:
        super().__init__(python, ["-m", "benchmark.server", *options], [])
        self.port: int = self.hear()["port"]
        scheme = "https" if "--certificate" in options else "http"
        self.host = f"{scheme}://127.0.0.1:{self.port}/api/v2.0"


class FakeServer(_Process):
    """A process with a FakeHarbor; see fake.py."""

    def __init__(self, python: str, path: list[Path], users: int) -> None:
        super().__init__(python, ["-m", "benchmark.fake", str(users)], path)
        self.port: int = self.hear()["port"]

    def cpu(self) -> float:
        """Seconds of CPU that it has used since its start."""
        self.say("cpu")
        return float(self.hear()["cpu"])


class Worker(_Process):
    """A process that calls a server by one client; see worker.py for the commands."""

    def __init__(self, python: str, subject: str, path: list[Path]) -> None:
        super().__init__(python, ["-m", "benchmark.worker", subject], path)

    def do(self, command: str, **arguments: Any) -> Any:
        """Figures by name. Raises :class:`Unsupported` or :class:`Failed`."""
        self.say(json.dumps({"do": command, **arguments}))
        response = self.hear()
        if "unsupported" in response:
            raise Unsupported(response["unsupported"])
        if "failed" in response:
            raise Failed(response["failed"])
        return response["figures"]
