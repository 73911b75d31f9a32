"""Many threads on one client for a long time: ``python test/benchmark/run.py soak --help``.

Each call names its request and its user; a response that belongs to another call is counted, shown, and fails the run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmark.processes import ROOT, Server
from benchmark.subjects import PASSWORD, USER


def _open_files() -> int:
    """File descriptors that this process holds."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        if Path(folder).is_dir():
            return len(os.listdir(folder))
    return 0


def soak(host: str, threads: int, calls: int) -> list[str]:
    """Make so many calls with one client; what was wrong, as text."""
    harbor_client: Any = importlib.import_module("harbor_client")
    configuration = harbor_client.Configuration(host=host, username=USER, password=PASSWORD)
    wrong: list[str] = []
    share = -(-calls // threads)

    with harbor_client.ApiClient(configuration) as client:
        api = harbor_client.UserApi(client)

        def work(thread: int) -> None:
            for number in range(share):
                user_id, request_id = 3 + (thread * share + number) % 100_000, f"{thread}-{number}"
                try:
                    user, _, headers = api.get_user_with_http_info(user_id, x_request_id=request_id)
                except harbor_client.exceptions.ApiException as error:
                    wrong.append(f"{request_id}: {type(error).__name__} {error.status}")
                else:
                    if user.user_id != user_id or headers["X-Request-Id"] != request_id:
                        wrong.append(f"{request_id}: the response of {headers['X-Request-Id']}, user {user.user_id}")

        running = [threading.Thread(target=work, args=(thread,)) for thread in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    return wrong


def main(argv: list[str] | None = None) -> int:
    """Run the soak; exit code 1 if anything was wrong or left behind."""
    parser = argparse.ArgumentParser(prog="run.py soak", description=__doc__)
    parser.add_argument("--threads", type=int, default=64)
    parser.add_argument("--calls", type=int, default=1_000_000, help="in all")
    parser.add_argument("--tree", type=Path, default=ROOT, help="the folder that harbor_client is taken from")
    arguments = parser.parse_args(argv)
    sys.path.insert(0, str(arguments.tree.resolve()))
    with Server(sys.executable, "--users", "10") as server:
        soak(server.host, 1, 1)
        threads, files = threading.active_count(), _open_files()
        begin = time.perf_counter()
        wrong = soak(server.host, arguments.threads, arguments.calls)
        seconds = time.perf_counter() - begin
        if threading.active_count() > threads:
            wrong.append(f"{threading.active_count() - threads} threads are left")
        if _open_files() > files:
            wrong.append(f"{_open_files() - files} files are left open")
    print(f"{arguments.calls:,} calls on {arguments.threads} threads in {seconds:.0f} s, {len(wrong)} wrong")
    for line in wrong[:20]:
        print(line)
    return 1 if wrong else 0
