"""The process in which one client does its work and its CPU time is taken.

It is started with ``python -m benchmark.worker SUBJECT``, reads a command and writes a response per line, as JSON.
All times are seconds; CPU time is that of the whole process, all threads and the kernel's share included.
"""

from __future__ import annotations

import gc
import json
import platform
import resource
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from benchmark.subjects import FIELDS, SUBJECTS, Subject, Unsupported

MISSING = 1_999_999
Figures = dict[str, float]
#: What is done again and again, by the name that a row knows it by; a task is made for a client and gets a number.
TASKS: dict[str, Callable[[Subject], Callable[[int], object]]] = {
    "get_user": lambda subject: lambda number: subject.get_user(3 + number % 100),
    "get_user_traced": lambda subject: lambda number: subject.get_user_traced(3, "audit-7"),
    "create_user": lambda subject: subject.create_user,
    "list_users_10": lambda subject: lambda number: subject.list_users(10),
    "list_users_100": lambda subject: lambda number: subject.list_users(100),
    "missing_user": lambda subject: lambda number: subject.missing_user(MISSING),
}


class Worker:
    """Carries out commands with one client a server, kept from command to command."""

    def __init__(self, name: str) -> None:
        self._make = SUBJECTS[name]
        self._subjects: dict[tuple[str, int], Subject] = {}

    def _subject(self, host: str, connections: int = 1) -> Subject:
        key = (host, connections)
        if key not in self._subjects:
            self._subjects[key] = self._make(host, None, connections)
        return self._subjects[key]

    def calls(self, host: str, task: str, calls: int) -> Figures:
        """One task again and again on one connection."""
        call = TASKS[task](self._subject(host))
        call(0)
        wall, cpu = time.perf_counter(), time.process_time()
        for number in range(calls):
            call(number)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return {"cpu": cpu / calls, "wall": wall / calls}

    def threads(self, host: str, threads: int, calls: int) -> Figures:
        """Threads that share one client, so many calls each."""
        subject = self._subject(host, threads)
        start = threading.Barrier(threads + 1)
        stop = threading.Barrier(threads + 1)
        failures: list[BaseException] = []

        def work() -> None:
            start.wait()
            try:
                for number in range(calls):
                    subject.get_user(3 + number % 100)
            except BaseException as error:
                failures.append(error)
            stop.wait()

        running = [threading.Thread(target=work) for _ in range(threads)]
        for thread in running:
            thread.start()
        start.wait()
        wall, cpu = time.perf_counter(), time.process_time()
        stop.wait()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        for thread in running:
            thread.join()
        if failures:
            raise failures[0]
        return {"cpu": cpu / (threads * calls), "wall": wall / (threads * calls)}

    def tls(self, host: str, ca: str, connections: int) -> Figures:
        """A new client, and so many first calls at once."""
        start = threading.Barrier(connections + 1)
        failures: list[BaseException] = []
        subjects: list[Subject] = []

        def work() -> None:
            start.wait()
            try:
                subjects[0].get_user(3)
            except BaseException as error:
                failures.append(error)

        running = [threading.Thread(target=work) for _ in range(connections)]
        for thread in running:
            thread.start()
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            subjects.append(self._make(host, ca, connections))
        finally:
            start.wait()
            for thread in running:
                thread.join()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if failures:
            raise failures[0]
        return {"cpu": cpu, "wall": wall}

    def walk(self, host: str, concurrency: int, expected: int, times: int) -> Figures:
        """All users, one after the other, so many times."""
        subject = self._subject(host, concurrency)
        walk = subject.walk(concurrency)
        wall, cpu = time.perf_counter(), time.process_time()
        for time_ in range(times):
            if time_:
                walk = subject.walk(concurrency)
            count = 0
            last = 0
            for user_id, _name in walk:
                if user_id <= last:
                    raise AssertionError(f"user {user_id} after user {last}")
                last = user_id
                count += 1
            if count != expected:
                raise AssertionError(f"{count} users instead of {expected}")
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return {"cpu": cpu / times, "wall": wall / times, "peak": _peak()}

    def held(self, host: str, pages: int) -> Figures:
        """Bytes that a decoded user keeps, as soon as read and after each field was looked at."""
        subject = self._subject(host)
        subject.list_users(100)
        tracemalloc.start()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        held = [subject.page(100) for _ in range(pages)]
        gc.collect()
        fresh = tracemalloc.get_traced_memory()[0]
        for page in held:
            for row in page:
                if not isinstance(row, dict):
                    for field in FIELDS:
                        getattr(row, field)
        gc.collect()
        looked_at = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        users = sum(map(len, held))
        return {"fresh": (fresh - before) / users, "read": (looked_at - before) / users}

    def versions(self) -> dict[str, str]:
        """What the process runs on."""
        return {"python": platform.python_version(), "urllib3": version("urllib3")}


def _peak() -> float:
    """The most memory that the process has held, in MiB."""
    try:
        # Not getrusage: on Linux its peak outlives an exec, so it may be the parent's.
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        command: dict[str, Any] = json.loads(line)
        response: dict[str, Any]
        try:
            response = {"figures": getattr(worker, command.pop("do"))(**command)}
        except Unsupported as error:
            response = {"unsupported": str(error)}
        except Exception as error:
            response = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(response), flush=True)


if __name__ == "__main__":
    main()
