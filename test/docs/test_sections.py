"""Each section of the cookbook imports and defines what it uses, so that it can be copied alone."""

import ast
import builtins
import re
from pathlib import Path

import pytest

COOKBOOK = Path(__file__).parents[2] / "docs" / "cookbook.md"
SECTIONS = {part.split("\n", 1)[0]: part for part in re.split(r"(?m)^## ", COOKBOOK.read_text("utf-8"))[1:]}


def undefined(code: str) -> set[str]:
    used = set()
    defined = set(dir(builtins))
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, ast.arg):
            defined.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            defined.add(node.name)
        elif isinstance(node, ast.alias):
            defined.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            defined.add(node.name)
    return used - defined


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_stands_alone(title: str) -> None:
    fences = re.findall(r"(?ms)^```python[^\n]*\n(.*?)^```", SECTIONS[title])
    assert undefined("\n".join(fences)) == set()
