"""The recordings of real Harbors (`test/recordings/`), and how a response is held against one."""

import json
import re
from pathlib import Path
from typing import Any

__all__ = ["VERSIONS", "difference", "scenario", "scenarios"]

FOLDER = Path(__file__).parents[1] / "recordings"
#: Folder name to the version that a fake Harbor is told.
VERSIONS = {"harbor-2.12.4": "2.12.4", "harbor-2.16.0-dev": "2.16.0"}

_PLACEHOLDERS = {
    "<time>": r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z",
    "<uuid>": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "<sid>": r"[0-9a-f]{32}",
    "<token>": r"[0-9A-Za-z_=-]+",
    "<secret>": r".+",
    "…": r".*",
}
#: What a real Harbor sends of its own accord; anything else of a response is the HTTP server's.
_HEADERS = ("Content-Type", "Location", "Link", "X-Total-Count", "X-Request-Id", "Set-Cookie", "Www-Authenticate")
_METHODS = re.compile(r"\[([A-Z,]+)\]")


def scenarios(folder: str) -> list[str]:
    """The names of the scenarios that were recorded of one version."""
    return sorted(path.stem for path in (FOLDER / folder).glob("*.json"))


def scenario(folder: str, name: str) -> list[dict[str, Any]]:
    """The steps of a scenario."""
    steps: list[dict[str, Any]] = json.loads((FOLDER / folder / f"{name}.json").read_text("utf-8"))["steps"]
    return steps


def difference(
    recorded: dict[str, Any], status: int, headers: dict[str, str], body: bytes, as_set: bool = False
) -> list[str]:
    """What is otherwise in a response than in the recording: a line each, none when they agree.

    Args:
        recorded: the step's ``response``.
        headers: of the response; no name may have come twice.
        as_set: compare a list regardless of its order.
    """
    found: list[str] = []
    if status != recorded["status"]:
        found.append(f"status {status}, recorded {recorded['status']}")
    lower = {name.lower(): value for name, value in headers.items()}
    for name in {*_HEADERS, *recorded["headers"]}:
        wanted, is_ = recorded["headers"].get(name), lower.get(name.lower())
        if wanted is None or is_ is None:
            if wanted != is_:
                found.append(f"header {name} is {is_!r}, recorded {wanted!r}")
        elif not _same_text(wanted, is_):
            found.append(f"header {name} is {is_!r}, recorded {wanted!r}")
    if "json" not in recorded:
        if body.decode() != recorded["text"]:
            found.append(f"body {body!r}, recorded {recorded['text']!r}")
        return found
    try:
        value = json.loads(body)
    except ValueError:
        return [*found, f"body {body!r} is no JSON"]
    if not _same(_sorted(recorded["json"]) if as_set else recorded["json"], _sorted(value) if as_set else value):
        found.append(f"body {value}, recorded {recorded['json']}")
    if body != _encoded(value, errors=status >= 400):
        found.append(f"body {body!r} is not written as Go writes JSON")
    return found


def _sorted(value: Any) -> Any:
    return sorted(value, key=json.dumps)


def _encoded(value: object, errors: bool) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if errors:
        text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return text.encode() + b"\n"


def _same_text(wanted: str, is_: str) -> bool:
    if any(mark in wanted for mark in _PLACEHOLDERS):
        pattern = re.escape(wanted)
        for mark, form in _PLACEHOLDERS.items():
            pattern = pattern.replace(re.escape(mark), form)
        return re.fullmatch(pattern, is_) is not None
    return _with_methods_sorted(wanted) == _with_methods_sorted(is_)


def _with_methods_sorted(text: str) -> str:
    return _METHODS.sub(lambda match: ",".join(sorted(match[1].split(","))), text) if "not allowed" in text else text


def _same(wanted: Any, is_: Any) -> bool:
    if type(wanted) is not type(is_):
        return False
    if isinstance(wanted, dict):
        return wanted.keys() == is_.keys() and all(_same(wanted[key], is_[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(wanted) == len(is_) and all(map(_same, wanted, is_))
    if isinstance(wanted, str):
        return _same_text(wanted, is_)
    return bool(wanted == is_)
