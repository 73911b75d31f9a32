"""The roles of projects, and how they are written in rows."""

import re
from collections.abc import Mapping
from operator import index
from typing import Any

from harbor_client.users.change import Project
from harbor_client.users.values import checked_id

#: Harbor's names for the roles, and their ids.
ROLES = {"project_admin": 1, "developer": 2, "guest": 3, "maintainer": 4, "limited_guest": 5}
NAMES = {number: name for name, number in ROLES.items()}
#: In place of a role: no role.
NO_ROLE = "none"

_PLAIN = {name.replace("_", ""): number for name, number in ROLES.items()}


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
    if not isinstance(project, str):
        return checked_id(project, "project")
    if not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", project) or len(project) > 255:
        raise ValueError(f"no project can have the name {project!r}: lowercase letters and digits, with . _ - between")
    return project


def parse_roles(value: object) -> dict[Project, int | None]:
    """The role ids by project of ``"library=developer; team-a=guest"`` or a mapping; ``None`` for ``none``."""
    pairs: list[Any] = []
    if isinstance(value, Mapping):
        pairs += value.items()
    elif isinstance(value, str):
        for part in filter(None, map(str.strip, re.split(r"[;,\n]", value))):
            pair = re.fullmatch(r"(.+?)\s*=\s*(.+)", part)
            if pair is None:
                raise ValueError(f"roles has {part!r}; write project=role; project=role, or project=none for no role")
            pairs.append(pair.groups())
    else:
        raise TypeError(f"roles must be text or a mapping, not {type(value).__name__}")
    roles: dict[Project, int | None] = {}
    for named, role in pairs:
        project = checked_project(named)
        if project in roles:
            raise ValueError(f"roles names project {project} twice")
        none = role is None or (isinstance(role, str) and role.lower() == NO_ROLE)
        roles[project] = None if none else role_id(role)
    return roles


def written(project: Project, role: int | None) -> str:
    """A role in a project as rows have it."""
    return f"{project}={NO_ROLE if role is None else NAMES.get(role, role)}"
