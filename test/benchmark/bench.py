"""What a row of the table is made of: clients, effort, blocks in turn, figures and their ratios."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmark.processes import Failed, Unsupported, Worker

FLOOR = "floor"
OURS = "ours"


@dataclass(frozen=True)
class Effort:
    """How much is done for a row."""

    #: Fresh sets of processes, and blocks a client in each.
    sessions: int
    rounds: int
    #: CPU seconds that a block of calls should take.
    block: float
    threads_calls: int
    imports: int
    tls_rounds: int
    tls_connections: int
    walk_rounds: int
    walk_users: int
    sizes: tuple[int, ...]
    held_pages: int
    fake_users: int
    fake_requests: int


FULL = Effort(3, 9, 0.08, 60, 25, 5, 16, 2, 10_000, (1_000, 10_000, 100_000), 20, 10_000, 20_000)
QUICK = Effort(1, 7, 0.04, 25, 9, 3, 16, 3, 10_000, (1_000, 10_000), 5, 10_000, 4_000)
SMOKE = Effort(1, 1, 0.0, 2, 1, 1, 2, 1, 250, (150,), 1, 20, 40)


@dataclass(frozen=True)
class Client:
    """A client to measure: its name in the table, the subject that knows it, and where its package lies."""

    name: str
    subject: str
    path: list[Path]


@dataclass
class Bench:
    """What all rows need."""

    python: str
    clients: list[Client]
    effort: Effort
    #: What went wrong, as "row: client: why".
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def workers(self) -> Iterator[dict[str, Worker]]:
        """A fresh process for each client."""
        with ExitStack() as stack:
            yield {
                client.name: stack.enter_context(Worker(self.python, client.subject, client.path))
                for client in self.clients
            }


@dataclass
class Result:
    """The figures of a row, by client, block by block: in the same place of each list, blocks run side by side."""

    key: str
    title: str
    #: Of the floor's median, to show it: (unit, factor).
    unit: str
    factor: float
    goal: float | None
    figures: dict[str, list[float]]
    #: The goal is a least value of the figure itself, not a highest ratio.
    absolute: bool = False

    def value(self, name: str) -> float:
        """The median of a client."""
        return median(self.figures[name])

    def ratio(self, name: str) -> tuple[float, float, float]:
        """Ratio of medians to the floor, then the least and the greatest ratio of neighbouring blocks."""
        ratios = [ours / floor for ours, floor in zip(self.figures[name], self.figures[FLOOR], strict=False) if floor]
        middle = self.value(name) / self.value(FLOOR) if self.value(FLOOR) else float("nan")
        return middle, min(ratios, default=middle), max(ratios, default=middle)

    def met(self) -> bool | None:
        """Whether this package reaches the goal; None without a goal or a figure."""
        if self.goal is None or OURS not in self.figures:
            return None
        return self.value(OURS) >= self.goal if self.absolute else self.ratio(OURS)[0] <= self.goal


def interleaved(
    bench: Bench,
    key: str,
    rounds: int,
    ask: Callable[[Worker, Client], dict[str, float]],
    collected: dict[str, dict[str, list[float]]],
    workers: dict[str, Worker],
) -> None:
    """Blocks of all clients in turn; every other round the other way round, so that drifts cancel."""
    gone: set[str] = set()
    for turn in range(rounds):
        for client in bench.clients if turn % 2 == 0 else reversed(bench.clients):
            if client.name in gone:
                continue
            try:
                figures = ask(workers[client.name], client)
            except Unsupported:
                gone.add(client.name)
            except Failed as error:
                gone.add(client.name)
                bench.failures.append(f"{key}: {client.name}: {error}")
            else:
                for name, value in figures.items():
                    collected.setdefault(name, {}).setdefault(client.name, []).append(value)


def note(text: str) -> None:
    """Say on the terminal how far the run is."""
    print(text, file=sys.stderr, flush=True)
