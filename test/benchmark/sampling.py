"""Where the time of a call goes: ``python test/benchmark/run.py profile --help``.

A tracing profiler makes small functions look expensive. This one looks at the running frame each millisecond of CPU
time and slows nothing down; time spent in C is that of the Python line which called it.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from types import FrameType

from benchmark.peers import default_cache, place
from benchmark.processes import ROOT, Server
from benchmark.subjects import SUBJECTS
from benchmark.worker import TASKS

_EVERY = 0.001


#: What a call does, as patterns of "file function"; the first that fits counts.
_STAGES = [
    (
        "JSON and models",
        ["json/*", "harbor_client/_transport/content.py *", "harbor_client/models/_schema/decode.py *", "<*Resp> *"],
    ),
    (
        "writing the request",
        [
            "harbor_client/_transport/message.py *",
            "harbor_client/_transport/connection.py _send*",
            "http/client.py send",
            "http/client.py _send*",
            "http/client.py put*",
            "http/client.py endheaders",
            "http/client.py _validate*",
            "http/client.py _encode*",
            "http/client.py _output",
            "urllib3/connection.py request",
            "urllib3/connection.py put*",
            "urllib3/util/request.py *",
        ],
    ),
    (
        "reading the response",
        [
            "harbor_client/_transport/http1.py *",
            "harbor_client/_transport/connection.py exchange",
            "http/client.py *",
            "email/*",
            "socket.py *",
            "urllib3/connection.py getresponse",
            "urllib3/response.py *",
            "urllib3/util/response.py *",
            "urllib3/_collections.py *",
            "<frozen _collections_abc> *",
        ],
    ),
    (
        "pool and connection",
        [
            "harbor_client/_transport/pool.py *",
            "harbor_client/_transport/connection.py *",
            "harbor_client/rest.py exchange",
            "urllib3/*",
            "queue.py *",
            "threading.py *",
            "contextlib.py *",
        ],
    ),
]
_REST = "arguments, URL, header fields"


def _stage(place: str) -> str:
    return next((stage for stage, patterns in _STAGES if any(fnmatchcase(place, p) for p in patterns)), _REST)


class Sampler:
    """Counts the frames in which the process is found."""

    def __init__(self) -> None:
        self.functions: Counter[tuple[str, str]] = Counter()
        self.lines: Counter[tuple[str, int]] = Counter()
        self.samples = 0

    def _take(self, number: int, frame: FrameType | None) -> None:
        if frame is not None:
            self.samples += 1
            code = frame.f_code
            self.functions[(code.co_filename, code.co_name)] += 1
            self.lines[(code.co_filename, frame.f_lineno)] += 1

    def __enter__(self) -> Sampler:
        signal.signal(signal.SIGPROF, self._take)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)


def _short(filename: str) -> str:
    """``urllib3/connectionpool.py`` of a long path, ``socket.py`` of the standard library."""
    parts = Path(filename).parts
    for mark in ("site-packages", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        if mark in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(mark) :])
    for package in ("harbor_client", "urllib3", "benchmark"):
        if package in parts:
            return "/".join(parts[parts.index(package) :])
    return parts[-1]


def main(argv: list[str] | None = None) -> int:
    """Print, in µs a call, which functions and lines the time is spent in."""
    parser = argparse.ArgumentParser(prog="run.py profile", description=__doc__)
    parser.add_argument("task", nargs="?", default="get_user", choices=sorted(TASKS))
    parser.add_argument("--subject", default="ours", choices=sorted(SUBJECTS))
    parser.add_argument("--tree", type=Path, default=ROOT, help="the folder that harbor_client is taken from")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where peers are installed")
    parser.add_argument("--seconds", type=float, default=5.0, help="of CPU time")
    parser.add_argument("--top", type=int, default=25, help="how many functions and lines")
    arguments = parser.parse_args(argv)
    if arguments.subject == "ours":
        sys.path.insert(0, str(arguments.tree.resolve()))
    elif arguments.subject not in ("floor", "http.client"):
        version = importlib.import_module("importlib.metadata").version("urllib3")
        sys.path.insert(0, str(place(arguments.subject, sys.executable, arguments.cache, version)))
    with Server(sys.executable, "--users", "1000") as server:
        call = TASKS[arguments.task](SUBJECTS[arguments.subject](server.host))
        for number in range(200):
            call(number)
        calls = 0
        end = time.process_time() + arguments.seconds
        begin = time.process_time()
        with Sampler() as sampler:
            while time.process_time() < end:
                for number in range(50):
                    call(number)
                calls += 50
        cpu = (time.process_time() - begin) / calls * 1e6
    print(f"{arguments.task}, {arguments.subject}: {cpu:.1f} µs a call, {calls} calls, {sampler.samples} samples")
    each = cpu / max(1, sampler.samples)
    files: Counter[str] = Counter()
    for (filename, _), count in sampler.functions.items():
        files[_short(filename)] += count
    stages = Counter({_REST: 0})
    for (filename, name), count in sampler.functions.items():
        stages[_stage(f"{_short(filename)} {name}")] += count
    _print("by stage", {name: count * each for name, count in stages.items()}, arguments.top)
    _print("by file", {name: count * each for name, count in files.items()}, arguments.top)
    functions = {f"{_short(file)} {name}": count * each for (file, name), count in sampler.functions.items()}
    _print("by function", functions, arguments.top)
    lines = {f"{_short(file)}:{line}": count * each for (file, line), count in sampler.lines.items()}
    _print("by line", lines, arguments.top)
    return 0


def _print(title: str, costs: dict[str, float], top: int) -> None:
    print(f"\n{title} (µs a call)")
    for name in sorted(costs, key=lambda key: -costs[key])[:top]:
        print(f"{costs[name]:8.1f}  {name}")
