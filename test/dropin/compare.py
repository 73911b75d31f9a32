"""Compare two sets of outcomes, allowing for what docs/migrating.md declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from stage import CASES, NOTHING, Case, Differs

__all__ = ["TABLE", "compare", "declared_rows", "named"]

TABLE = Path(__file__).resolve().parents[2] / "docs" / "migrating.md"

MOST = 6  # places listed for one case

# Differences that every request shows, so that no case needs to declare them.
EVERYWHERE = {"user-agent": re.compile(r"requests\.\d+\.headers\.user-agent(\.\d+)?")}


def declared_rows(text: str) -> list[str]:
    """The ids in the first column of the table under "Every deliberate difference"."""
    section = text.split("## Every deliberate difference", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.M)


def named(text: str) -> list[str]:
    """What the text of an error names: the wording is everybody's own, the parameter it is about is not."""
    return sorted(set(re.findall(r"`(\w+)`", text)) | set(re.findall(r"argument:? '(\w+)'", text)))


def flatten(value: object, path: str = "") -> dict[str, object]:
    """{"a": [1, {"b": 2}]} as {"a.0": 1, "a.1.b": 2}; empty containers stay, so that [] and {} differ."""
    items: list[tuple[object, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    if not items:
        return {path: value}
    flat: dict[str, object] = {}
    for key, item in items:
        flat.update(flatten(item, f"{path}.{key}" if path else str(key)))
    return flat


def compare(reference: Mapping[str, object], ours: Mapping[str, object], table: list[str]) -> list[str]:
    """What is wrong, one line each; nothing when every difference is declared and every declaration shows."""
    problems = [f"row `{row}` of the table stands there twice" for row in {r for r in table if table.count(r) > 1}]
    shown: set[str] = set()
    for name in ours:
        case = CASES[name]
        if name not in reference:
            problems.append(f"{name}: the reference has not played it")
            continue
        problems += [f"{name}: {problem}" for problem in _compare_case(case, reference[name], ours[name], shown)]
    if set(ours) == set(CASES):
        problems += [f"row `{row}` of the table: no case shows it" for row in table if row not in shown]
    problems += [f"row `{row}` is used by a case but not in the table" for row in sorted(shown - set(table))]
    return problems


def _compare_case(case: Case, reference: object, ours: object, shown: set[str]) -> list[str]:
    before, after = flatten(reference), flatten(ours)
    different = {path for path in before.keys() | after.keys() if _differ(path, before, after)}
    for row, pattern in EVERYWHERE.items():
        everywhere = {path for path in different if pattern.fullmatch(path)}
        if everywhere:
            shown.add(row)
            different -= everywhere
    problems = []
    undeclared = set(different)
    for declared in case.differs:
        covered = {path for path in different if any(_begins(path, part) for part in declared.parts)}
        if covered:
            shown.add(declared.row)
        else:
            problems.append(f"`{declared.row}` is declared, but there is no difference at {declared.parts}")
        undeclared -= covered
        problems += _unexpected(declared, after)
    listed = sorted(undeclared)[:MOST]
    problems += [f"{path}: {_show(before, path)} in the reference, {_show(after, path)} here" for path in listed]
    return problems + [f"… and {len(undeclared) - MOST} more places"] * (len(undeclared) > MOST)


def _differ(path: str, before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    old, new = before.get(path, NOTHING), after.get(path, NOTHING)
    if path.endswith(("error.text", "raised.text")) and isinstance(old, str) and isinstance(new, str):
        return any(word not in new for word in named(old))
    return type(old) is not type(new) or old != new


def _unexpected(declared: Differs, after: Mapping[str, object]) -> list[str]:
    problems = []
    for path, value in declared.ours.items():
        expected = flatten(value, path) if isinstance(value, (dict, list)) else {path: value}
        for place, wanted in expected.items():
            found = after.get(place, NOTHING)
            if type(found) is not type(wanted) or found != wanted:
                problems.append(f"`{declared.row}`: {place} should be {wanted!r}, is {found!r}")
    return problems


def _begins(path: str, part: str) -> bool:
    return not part or path == part or path.startswith(part + ".")


def _show(flat: Mapping[str, object], path: str) -> str:
    return repr(flat.get(path, NOTHING))[:200]
