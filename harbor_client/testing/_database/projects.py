"""Harbor's tables of projects, their members, and groups."""

import itertools
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .._errors import DatabaseError, conflict

#: The largest number that a column of ids holds.
INT32 = range(-(2**31), 2**31)
#: The roles by id; a member with another number has no role.
ROLES = {1: "projectAdmin", 2: "developer", 3: "guest", 4: "maintainer", 5: "limitedGuest"}


def collation_key(text: str) -> tuple[str, list[tuple[bool, str]]]:
    """The place of a text in PostgreSQL's collation en_US: letters and digits first, then case and all else."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, plain)), [(each.isalnum(), each.swapcase()) for each in text]


@dataclass(slots=True, eq=False)
class Project:
    """A row of the table of projects, with its metadata, its quota and its allowlist."""

    project_id: int
    name: str
    owner_id: int
    creation_time: float
    update_time: float
    metadata: dict[str, str]
    storage_limit: int = -1
    repo_count: int = 0
    allowlist_id: int = 0
    allowlist: dict[str, Any] = field(default_factory=dict)

    @property
    def public(self) -> bool:
        return self.metadata.get("public", "").lower() in ("true", "1")


@dataclass(slots=True, eq=False)
class Member:
    """A user (``u``) or group (``g``) in a project."""

    member_id: int
    project_id: int
    entity_type: str
    entity_id: int
    role_id: int


class Projects:
    """The tables. Hold the store's lock around everything."""

    def __init__(self, now: Callable[[], float], creator_id: int) -> None:
        self._now = now
        self._ids, self._member_ids, self.allowlist_ids, self.group_ids = (itertools.count(1) for _ in range(4))
        self.by_id: dict[int, Project] = {}
        #: By project, ``u`` or ``g``, and id of the user or group.
        self.members: dict[tuple[int, str, int], Member] = {}
        self.groups: dict[int, str] = {}
        self.insert("library", creator_id, {"public": "true"}, -1)

    def find(self, text: str, number: int | None) -> Project | None:
        """The project with this id or, without a number, of this name."""
        if number is None:
            return next((project for project in self.by_id.values() if project.name == text), None)
        if number not in INT32:
            raise DatabaseError(f"{number} is out of range for integer")
        return self.by_id.get(number)

    def insert(self, name: str, owner_id: int, metadata: dict[str, str], storage_limit: int) -> Project:
        """Add a project, whose first member is its owner. A name that is taken is a conflict, and costs an id."""
        project_id = next(self._ids)
        if self.find(name, None):
            raise conflict(f"The project named {name} already exists")
        now, allowlist_id = self._now(), next(self.allowlist_ids)
        project = Project(project_id, name, owner_id, now, now, metadata, storage_limit, 0, allowlist_id)
        self.by_id[project_id] = project
        self.add_member(project_id, "u", owner_id, 1)
        return project

    def add_member(self, project_id: int, entity_type: str, entity_id: int, role_id: int) -> Member:
        """Add a member, in the place of the row that there may be."""
        member = Member(next(self._member_ids), project_id, entity_type, entity_id, role_id)
        self.members[project_id, entity_type, entity_id] = member
        return member

    def of_project(self, project_id: int) -> list[Member]:
        return [each for each in self.members.values() if each.project_id == project_id]

    def keep_members(self, kept: Callable[[Member], bool]) -> None:
        """Remove all other members."""
        self.members = {key: member for key, member in self.members.items() if kept(member)}
