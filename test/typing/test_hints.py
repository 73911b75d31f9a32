"""`typing.get_type_hints` resolves the annotations of everything public: FastAPI, pydantic, Sphinx and typer ask it."""

from __future__ import annotations

import importlib
import inspect
import typing
from collections.abc import Iterator
from typing import Any

import pytest

PUBLIC = [
    *("harbor_client", "harbor_client.api", "harbor_client.api_client", "harbor_client.configuration"),
    *("harbor_client.exceptions", "harbor_client.models", "harbor_client.passwords", "harbor_client.query"),
    *("harbor_client.rest", "harbor_client.testing", "harbor_client.users"),
]


def annotated() -> Iterator[tuple[str, Any]]:
    """Every public class, function and method, once."""
    seen: set[int] = set()
    for module in map(importlib.import_module, PUBLIC):
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if not (inspect.isclass(thing) or inspect.isfunction(thing)) or id(thing) in seen:
                continue
            seen.add(id(thing))
            yield f"{module.__name__}.{name}", thing
            for attribute, member in inspect.getmembers(thing) if inspect.isclass(thing) else ():
                if isinstance(member, property):
                    member = member.fget
                function = inspect.unwrap(getattr(member, "__func__", member)) if callable(member) else None
                ours = (getattr(function, "__module__", None) or "").startswith("harbor_client")
                if inspect.isfunction(function) and ours and (attribute == "__init__" or not attribute.startswith("_")):
                    yield f"{module.__name__}.{name}.{attribute}", member


@pytest.mark.parametrize("thing", [pytest.param(thing, id=name) for name, thing in annotated()])
def test_annotations_resolve(thing: Any) -> None:
    typing.get_type_hints(thing)
