"""The rows of the table: what each measures, with how much effort, and what the goal is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmark import fake
from benchmark.bench import FLOOR, OURS, Bench, Client, Result, interleaved
from benchmark.processes import Failed, Server, Unsupported, Worker
from benchmark.startup import imports

Measure = Callable[[Bench], list[Result]]


@dataclass(frozen=True)
class Row:
    """A name for ``--only`` and what measures it."""

    key: str
    measure: Measure


def _calls(key: str, title: str, goal: float | None, task: str, *options: str) -> Row:
    def measure(bench: Bench) -> list[Result]:
        collected: dict[str, dict[str, list[float]]] = {}
        counts: dict[str, int] = {}

        def ask(worker: Worker, client: Client) -> dict[str, float]:
            if client.name not in counts:
                trial = worker.do("calls", host=server.host, task=task, calls=20 if bench.effort.block else 1)["cpu"]
                counts[client.name] = max(3, min(2_000, int(bench.effort.block / trial)))
            figures: dict[str, float] = worker.do("calls", host=server.host, task=task, calls=counts[client.name])
            return figures

        for _ in range(bench.effort.sessions):
            with Server(bench.python, "--users", "1000", *options) as server, bench.workers() as workers:
                interleaved(bench, key, bench.effort.rounds, ask, collected, workers)
        return [Result(key, title, "µs", 1e6, goal, collected.get("cpu", {}))]

    return Row(key, measure)


def _threads(bench: Bench) -> list[Result]:
    collected: dict[str, dict[str, list[float]]] = {}
    calls = bench.effort.threads_calls
    for _ in range(bench.effort.sessions):
        with Server(bench.python) as server, bench.workers() as workers:
            interleaved(
                bench,
                "threads",
                bench.effort.rounds,
                lambda worker, client: worker.do("threads", host=server.host, threads=8, calls=calls),
                collected,
                workers,
            )
    return [Result("threads", "8 threads, one client, `get_user`, CPU a call", "µs", 1e6, 0.95, collected["cpu"])]


def _certificates(folder: Path) -> tuple[Path, dict[str, Path]]:
    """A server's key and certificate, and the files of authorities to trust: ours alone, and with certifi's."""
    import certifi
    import trustme

    authority = trustme.CA()
    mine, bundle, server = folder / "private.pem", folder / "bundle.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(str(mine))
    bundle.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(server))
    return server, {"private": mine, "certifi": bundle}


def _tls(bench: Bench) -> list[Result]:
    connections = bench.effort.tls_connections
    # Without certifi's authorities there is little to load, and nearly all that is left are the handshakes.
    rows = {
        "certifi": (f"{connections} fresh TLS connections at once, a private CA and certifi's", 0.15),
        "private": ("… the private CA alone", None),
    }
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        certificate, authorities = _certificates(Path(scratch))
        for key, (title, goal) in rows.items():
            collected: dict[str, dict[str, list[float]]] = {}
            for _ in range(bench.effort.sessions):
                with (
                    Server(bench.python, "--certificate", str(certificate)) as server,
                    bench.workers() as workers,
                ):

                    def ask(
                        worker: Worker, client: Client, key: str = key, server: Server = server
                    ) -> dict[str, float]:
                        ca = str(authorities[key])
                        figures: dict[str, float] = worker.do("tls", host=server.host, ca=ca, connections=connections)
                        return figures

                    # The first block of a process also imports what TLS needs.
                    interleaved(bench, f"tls-{key}", 1, ask, {}, workers)
                    interleaved(bench, f"tls-{key}", bench.effort.tls_rounds, ask, collected, workers)
            results.append(Result(f"tls-{key}", title, "ms", 1e3, goal, collected["cpu"]))
    return results


def _walk(key: str, title: str, goal: float, *options: str) -> Row:
    def measure(bench: Bench) -> list[Result]:
        users = bench.effort.walk_users
        collected: dict[str, dict[str, list[float]]] = {}

        def ask(worker: Worker, client: Client) -> dict[str, float]:
            concurrency = 8 if client.subject == OURS else 1
            figures: dict[str, float] = worker.do(
                "walk", host=server.host, concurrency=concurrency, expected=users, times=1
            )
            return figures

        for _ in range(bench.effort.sessions):
            with (
                Server(bench.python, "--users", str(users), "--delay", "0.02", *options) as server,
                bench.workers() as workers,
            ):
                interleaved(bench, key, bench.effort.walk_rounds, ask, collected, workers)
        return [Result(key, title.format(users=users), "s", 1, goal, collected["wall"])]

    return Row(key, measure)


def _cpu_a_user(bench: Bench) -> list[Result]:
    results = []
    for users in bench.effort.sizes:
        alone = _walked(bench, users, 1)
        ahead = _walked(bench, users, 8)
        count = f"{users:,} users iterated"
        results += [
            Result(f"cpu-a-user-{users}", f"CPU a user, {count}", "µs", 1e6, 1.05, alone["cpu"]),
            Result(f"peak-{users}", "… peak memory of the process", "MiB", 1, None, alone["peak"]),
            Result(f"ahead-{users}", "… CPU a user, 8 at a time, both", "µs", 1e6, 1.1, ahead["cpu"]),
        ]
    return results


def _walked(bench: Bench, users: int, concurrency: int) -> dict[str, dict[str, list[float]]]:
    """CPU seconds a user and peak of memory, in fresh processes, of reading so many users without delay."""
    collected: dict[str, dict[str, list[float]]] = {}
    times = max(1, bench.effort.walk_users // users)

    def ask(worker: Worker, client: Client) -> dict[str, float]:
        if client.subject not in (FLOOR, OURS) and users > 10_000:
            raise Unsupported("the smaller sizes tell enough of it")
        figures = worker.do("walk", host=server.host, concurrency=concurrency, expected=users, times=times)
        return {"cpu": figures["cpu"] / users, "peak": figures["peak"]}

    for _ in range(bench.effort.sessions):
        with Server(bench.python, "--users", str(users)) as server, bench.workers() as workers:
            interleaved(bench, f"cpu_a_user, {users}", bench.effort.walk_rounds, ask, collected, workers)
    return collected


def _held(bench: Bench) -> list[Result]:
    collected: dict[str, dict[str, list[float]]] = {}
    with Server(bench.python, "--users", "1000") as server, bench.workers() as workers:

        def ask(worker: Worker, client: Client) -> dict[str, float]:
            figures: dict[str, float] = worker.do("held", host=server.host, pages=bench.effort.held_pages)
            return figures

        interleaved(bench, "held", 1, ask, collected, workers)
    return [
        Result("held", "bytes held per decoded user", "bytes", 1, 1.0, collected["fresh"]),
        Result("held-read", "… once every field was read", "bytes", 1, 1.0, collected["read"]),
    ]


def _fake(bench: Bench) -> list[Result]:
    collected: dict[str, list[float]] = {}
    (path,) = (client.path for client in bench.clients if client.name == OURS)
    for _ in range(bench.effort.sessions):
        try:
            figures = fake.rate(bench.python, path, bench.effort.fake_users, bench.effort.fake_requests)
        except (Failed, ConnectionError) as error:
            bench.failures.append(f"fake: {error}")
            return []
        for name, value in figures.items():
            collected.setdefault(name, []).append(value)
    title = f"`FakeHarbor`, {bench.effort.fake_users:,} users held, `GET /users/{{id}}`"
    return [
        Result("fake", f"{title}: requests a second of its CPU", "/s", 1, 2_000, {OURS: collected["by CPU"]}, True),
        Result("fake-clock", "… on one core, by the clock", "/s", 1, None, {OURS: collected["by clock"]}, True),
    ]


ROWS = [
    _calls("get_user", "`get_user`", 0.60, "get_user"),
    _calls("get_user_traced", "`get_user` with `X-Request-Id`", 0.60, "get_user_traced"),
    _calls("create_user", "`create_user`", 0.55, "create_user"),
    _calls("list_10", "`list_users`, 10 rows, all fields read", 0.65, "list_users_10"),
    _calls("list_100", "`list_users`, 100 rows, all fields read", 0.90, "list_users_100"),
    _calls("list_100_chunked", "… sent in chunks", 1.00, "list_users_100", "--chunked"),
    _calls("missing_user", "a 404 raised, caught, its body read", 0.75, "missing_user"),
    Row("threads", _threads),
    Row("import", imports),
    Row("tls", _tls),
    _walk("iterate", "all of {users:,} users at 20 ms a request, 8 at a time, wall time", 0.16),
    _walk("iterate_sparse", "… two ids of three unused", 0.40, "--step", "3"),
    Row("cpu_a_user", _cpu_a_user),
    Row("held", _held),
    Row("fake", _fake),
]
