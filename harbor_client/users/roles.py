"""The roles of projects, and how they are written in rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import index
from typing import Any, TypeAlias

#: Harbor's names for the roles, and their ids.
ROLES = {"project_admin": 1, "developer": 2, "guest": 3, "maintainer": 4, "limited_guest": 5}
NAMES = {number: name for name, number in ROLES.items()}
#: In place of a role: no role.
NO_ROLE = "none"

_PLAIN = {name.replace("_", ""): number for name, number in ROLES.items()}

#: A project by name (``str``, even if it consists of digits) or by id (``int``).
Project: TypeAlias = str | int
#: Roles by project, as text or as a mapping.
Roles: TypeAlias = str | Mapping[str, str | int] | Mapping[int, str | int]


def role_id(role: Any) -> int:
    """The id of a role, given by name (case, ``_`` and ``-`` do not matter) or id."""
    if isinstance(role, str):
        number = _PLAIN.get(re.sub(r"[\s_-]", "", role).lower())
        if number is not None:
            return number
    elif hasattr(role, "__index__") and not isinstance(role, bool):
        number = index(role)
        if number in NAMES:
            return number
    else:
        raise TypeError(f"a role is named by a str or an int, not {type(role).__name__}")
    raise ValueError(f"there is no role {role!r}; the roles are {', '.join(ROLES)} (1, 2, 3, 4, 5)")


def checked_project(project: Any) -> Project:
    """A project's name or id, or ``TypeError`` or ``ValueError``."""
    if isinstance(project, str):
        if not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", project) or len(project) > 255:
            raise ValueError(
                f"no project can have the name {project!r}: lowercase letters and digits, with . _ - between"
            )
        return project
    if isinstance(project, bool) or not hasattr(project, "__index__"):
        raise TypeError(f"a project is named by a str (the name) or an int (the id), not {type(project).__name__}")
    number: int = index(project)
    if number < 1:
        raise ValueError(f"project ids begin with 1, not {number}")
    return number


def parse_roles(value: object) -> dict[Project, int | None]:
    """The role ids by project of ``"library=developer; team-a=guest"`` or a mapping; ``None`` for ``none``."""
    pairs: list[tuple[Any, Any]]
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, str):
        pairs = []
        for part in filter(None, map(str.strip, re.split(r"[;,\n]", value))):
            named, _, role = (text.strip() for text in part.partition("="))
            if not named or not role:
                raise ValueError(f"roles has {part!r}; write project=role; project=role, or project=none for no role")
            pairs.append((named, role))
    else:
        raise TypeError(f"roles must be text or a mapping, not {type(value).__name__}")
    roles: dict[Project, int | None] = {}
    for project, role in pairs:
        checked = checked_project(project)
        if checked in roles:
            raise ValueError(f"roles names project {checked} twice")
        none = role is None or (isinstance(role, str) and role.lower() == NO_ROLE)
        roles[checked] = None if none else role_id(role)
    return roles


def written(project: Project, role: int | None) -> str:
    """A role in a project as rows have it."""
    return f"{project}={NO_ROLE if role is None else NAMES.get(role, role)}"
