"""Rooms of the package: a module imports from its own room and from rooms below it, and no circle of imports exists.

All imports count: those inside functions and those for type checking, too. A failure prints the offending lines.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import harbor_client

PACKAGE = Path(harbor_client.__file__).parent

#: The rooms, from the street down. docs/CONTRIBUTING.md draws and explains them. ``harbor_client`` itself is the door,
#: which hands out all rooms by name; what stands above it uses nothing but the door.
ROOMS = (
    "testing",
    "cli",
    "harbor_client",
    "users",
    "api",
    "query",
    "api_client",
    "rest",
    "_compat",
    "_transport",
    "_hints",
    "exceptions",
    "models",
    "configuration",
    "passwords",
    "_privacy",
    "_version",
)

#: Modules that stand in a room of another name.
HOUSED = {"__main__": "cli", "any_path": "api_client"}


class Import(NamedTuple):
    """One import of a module of the package."""

    path: Path
    line: int
    importer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(PACKAGE.parent)}:{self.line}: {self.importer} imports {self.imported}"


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {path: module_of(path) for suffix in ("py", "pyi") for path in sorted(PACKAGE.rglob(f"*.{suffix}"))}
MODULES = frozenset(PATHS.values())


def room(module: str) -> str:
    name = module.split(".")[1] if "." in module else module
    return HOUSED.get(name, name)


def imports() -> Iterator[Import]:
    for path, module in PATHS.items():
        package = module if path.stem == "__init__" else module.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                base = ".".join([*parents, *filter(None, [node.module])])
                names = [f"{base}.{a.name}" if f"{base}.{a.name}" in MODULES else base for a in node.names]
            else:
                continue
            for name in dict.fromkeys(names):
                if name in MODULES and name != module:
                    yield Import(path, node.lineno, module, name)


IMPORTS = list(imports())


def test_every_module_has_a_room() -> None:
    assert {room(module) for module in MODULES} <= set(ROOMS)


def test_imports_lead_to_the_own_room_or_down() -> None:
    rank = ROOMS.index
    wrong = [
        str(found)
        for found in IMPORTS
        if rank(room(found.importer)) > rank(room(found.imported)) and found.importer != "harbor_client"
    ]
    assert not wrong, "\n".join(["imports that lead up:", *wrong])


def test_the_fake_shares_no_code_with_the_client() -> None:
    shared = [
        str(found)
        for found in IMPORTS
        if (room(found.importer) == "testing") != (room(found.imported) == "testing")
        and found.importer != "harbor_client"
        and found.imported not in ("harbor_client", "harbor_client._version")
    ]
    assert not shared, "\n".join(shared)


def test_no_circle_of_imports() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for found in IMPORTS:
        # A room's door (its __init__) hands out what is in the room.
        if found.importer != "harbor_client" and not found.importer.startswith(f"{found.imported}."):
            graph[found.importer].add(found.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
        pairs = set(zip(circle[1:], circle, strict=False))
        lines = [str(found) for found in IMPORTS if (found.importer, found.imported) in pairs]
        raise AssertionError("\n".join(["a circle of imports:", *lines])) from None


def test_at_most_three_private_modules_stand_outside_the_rooms() -> None:
    assert len(sorted(path.name for path in PACKAGE.glob("_*.py") if not path.stem.startswith("__"))) <= 3


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {str(path): lines for path, lines in lengths.items() if lines > 400} == {}
