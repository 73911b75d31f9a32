"""Results as a table, on the terminal and in docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmark.bench import FLOOR, OURS, Result

BEGIN = "<!-- measured: begin (written by test/benchmark/run.py) -->"
END = "<!-- measured: end -->"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _cell(result: Result, name: str) -> str:
    if name not in result.figures:
        return "–"
    if result.absolute:
        return f"{result.value(name):,.0f}"
    middle, low, high = result.ratio(name)
    text = f"{middle:.2f} [{low:.2f}–{high:.2f}]" if high < 10 else f"{middle:.1f} [{low:.1f}–{high:.1f}]"
    return f"**{text}**" if name == OURS else text


def _goal(result: Result) -> str:
    if result.goal is None:
        return ""
    text = f"≥ {result.goal:,.0f}" if result.absolute else f"≤ {result.goal:.2f}"
    return text if result.met() is not False else f"{text} (missed)"


def table(results: Sequence[Result], names: Sequence[str]) -> str:
    """A Markdown table: the goal, each client's ratio to the floor, and the floor itself."""
    shown = [name for name in names if name != FLOOR]
    titles = ["harbor_client" if name == OURS else name for name in shown]
    lines = [
        "| work | goal | " + " | ".join(titles) + " | by hand |",
        "|---|---|" + "---|" * (len(shown) + 1),
    ]
    for result in results:
        cells = [_cell(result, name) for name in shown]
        floor = f"{_number(result.value(FLOOR) * result.factor)} {result.unit}" if FLOOR in result.figures else "–"
        lines.append(" | ".join(["| " + result.title, _goal(result), *cells, floor]) + " |")
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Put the text between the marks of a page, which it must have."""
    page = path.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no place for the measured part in {path}")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
