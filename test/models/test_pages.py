"""The pages of the models say what the models declare."""

from __future__ import annotations

import inspect
import re

import pytest

from harbor_client import models
from harbor_client.models._schema.model import docstrings
from support import pages


def page(name: str) -> str:
    return (pages.ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in models.__all__ if name != "ResourceList"])
def test_the_page_has_every_property(name: str) -> None:
    cls = getattr(models, name)
    expected = []
    for field, kind in cls.swagger_types.items():
        inner = kind.removeprefix("list[").removesuffix("]")
        declared, meaning = cls._fields[field], docstrings(cls)[field]
        notes = ["[optional]"]
        if declared.max_length is not None:
            notes.append(f"[at most {declared.max_length} characters]")
        if declared.secret:
            notes.append("[secret: shown as `***`]")
        expected.append(
            {
                "Name": f"**{field}**",
                "Type": f"[**{kind}**]({inner}.md)" if inner in models.__all__ else f"**{kind}**",
                "Description": meaning.replace("\n", " "),
                "Notes": " ".join(notes),
            }
        )
    (table,) = pages.tables(pages.ROOT / "docs" / f"{name}.md")
    assert table == expected


@pytest.mark.parametrize("name", models.__all__)
def test_the_page_begins_and_ends_as_all_do(name: str) -> None:
    text = page(name)
    assert text.startswith(f"# {name}\n\n{inspect.cleandoc(getattr(models, name).__doc__).replace('``', '`')}\n")
    assert re.search(r"\n\[Models\]\(index\.md#models\) \| \[(\w+Api)\]\(\1\.md\)\n\Z", text)


def test_every_model_is_in_the_index() -> None:
    assert set(models.__all__) <= set(re.findall(r"\[(\w+)\]\(\1\.md\)", page("index")))
