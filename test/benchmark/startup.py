"""What it costs to start: the import, and a script that makes one call, each in fresh interpreters."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable

from benchmark.bench import OURS, Bench, Client, Result
from benchmark.processes import TESTS, Server
from benchmark.subjects import IMPORTS

_SCRIPT = """
import sys, time
modules, cpu = len(sys.modules), time.process_time()
{statement}
whole = time.process_time()
modules = len(sys.modules) - modules
try:
    with open("/proc/self/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
except OSError:
    import resource
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
print('{{"cpu": %r, "whole": %r, "resident": %r, "modules": %r}}' % (whole - cpu, whole, resident, modules))
"""
_HELP = """
import contextlib, io
from harbor_client.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(["--help"])
"""
_FIRST_CALL = "from benchmark.subjects import SUBJECTS; SUBJECTS[{subject!r}]({host!r}).get_user(3)"


def imports(bench: Bench) -> list[Result]:
    """The rows about the start of a process. All byte code is written before, as an installation does."""
    with Server(bench.python, "--users", "10") as server, tempfile.TemporaryDirectory() as cache:
        imported = _measure(bench, cache, "import", lambda client: IMPORTS[client.subject])
        called = _measure(
            bench, cache, "first call", lambda client: _FIRST_CALL.format(subject=client.subject, host=server.host)
        )
        helped = _measure(
            bench, cache, "help", lambda client: _HELP if client.subject == OURS else IMPORTS[client.subject]
        )
    title = "`import harbor_client` against `import urllib3`: CPU"
    return [
        Result("import-cpu", title, "ms", 1e3, 1.10, imported["cpu"]),
        Result("import-memory", "… resident memory of the process", "MiB", 1, 1.05, imported["resident"]),
        Result("import-modules", "… modules", "modules", 1, 1.10, imported["modules"]),
        Result("help-cpu", "`harbor-users --help` against `import urllib3`: CPU", "ms", 1e3, 1.30, helped["whole"]),
        Result("first-cpu", "a script that makes one call: CPU of its process", "ms", 1e3, None, called["whole"]),
        Result("first-memory", "… resident memory", "MiB", 1, None, called["resident"]),
    ]


def _measure(
    bench: Bench, cache: str, key: str, statement: Callable[[Client], str]
) -> dict[str, dict[str, list[float]]]:
    figures: dict[str, dict[str, list[float]]] = {}
    gone: set[str] = set()
    # One run more than counted: the first writes the byte code.
    for turn in range(bench.effort.imports + 1):
        for client in bench.clients if turn % 2 == 0 else reversed(bench.clients):
            if client.name in gone:
                continue
            environment = {
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(str, [*client.path, TESTS])),
                "PYTHONPYCACHEPREFIX": cache,
            }
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            script = _SCRIPT.format(statement=statement(client))
            command = [bench.python, "-c", script]
            done = subprocess.run(command, env=environment, cwd=TESTS, capture_output=True, text=True)
            if done.returncode:
                gone.add(client.name)
                bench.failures.append(f"{key}: {client.name}: {done.stderr.strip().splitlines()[-1]}")
            elif turn:
                for name, value in json.loads(done.stdout).items():
                    figures.setdefault(name, {}).setdefault(client.name, []).append(value)
    return figures
