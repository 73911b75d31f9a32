"""The roles of users in projects: looked up without missing any, given and taken away.

Harbor has no list of a user's projects, and it responds with 200 even if the member to change or remove does not exist,
so each write is followed by a read that checks it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from harbor_client import exceptions
from harbor_client._transport.threads import Workers
from harbor_client.models import ProjectMember, ProjectMemberEntity, RoleRequest, UserEntity, UserResp
from harbor_client.users.change import Project
from harbor_client.users.errors import failure, query_ignored, settled
from harbor_client.users.lookup import Lookup, is_administrator
from harbor_client.users.values import ROLE_NAMES, check_concurrency, checked_id, role_text

#: A user as a member of a project, if the user is one.
_Member: TypeAlias = ProjectMemberEntity | None
#: The role wanted in each project.
Roles: TypeAlias = Mapping[Project, int | None]
#: A user as a member of projects; ``None`` without a role there.
Members: TypeAlias = dict[Project, _Member]

#: How often a write starts again because somebody else has changed the membership in the meantime.
_ATTEMPTS = 3


@dataclass(frozen=True)
class Membership:
    """The role of a user in a project.

    Attributes:
        project: the name of the project.
        project_id: the ID of the project.
        role: the name of the role, such as ``"developer"``.
        role_id: the ID of the role.
        member_id: the ID of the membership; ``None`` if the caller may not list the members of the project.
    """

    project: str
    project_id: int
    role: str
    role_id: int
    member_id: int | None = None


def memberships_of(lookup: Lookup, user_id: int | str, concurrency: int) -> list[Membership]:
    """All memberships of a user, by the names of the projects."""
    check_concurrency(concurrency)
    user = lookup.get(user_id)
    caller = lookup.caller()
    own = caller is not None and caller.user_id == user.user_id
    if not own and not is_administrator(caller):
        what = f"only a system administrator sees all projects of {user.username!r}, or the user"
        raise failure(exceptions.ForbiddenException, 403, what, outcome="not_sent")
    workers = Workers(concurrency, "memberships")
    try:
        pages = lookup.client.pages("/projects", query={"with_detail": False}, x_request_id=lookup.request_ids.new())
        projects = list(pages)
        if not all(map(_is_project, projects)):
            what = "the list of projects holds something that is no project"
            raise failure(exceptions.UnexpectedResponseException, 200, what)
        jobs = [workers.start(partial(_in_project, lookup, project, user, own)) for project in projects]
        return sorted((found for job in jobs for found in job.get()), key=lambda found: found.project)
    finally:
        workers.stop()


def _in_project(lookup: Lookup, project: Mapping[str, Any], user: UserResp, own: bool) -> list[Membership]:
    name, project_id = project["name"], project["project_id"]
    try:
        member = _member(lookup, project_id, user)
        roles = [(member.role_id or 0, member.id)] if member else []
    except exceptions.NotFoundException:  # deleted meanwhile
        return []
    except exceptions.ForbiddenException:  # of a limited guest, whose own role is in the project
        if not own:
            raise
        roles = [(role, None) for role in project.get("current_user_role_ids") or []]
    return [Membership(name, project_id, ROLE_NAMES[role], role, id_) for role, id_ in roles if role in ROLE_NAMES]


def members_of(lookup: Lookup, user: UserResp | None, projects: Collection[Project]) -> Members:
    """A user as a member of each of these projects; ``NotFoundException`` if one does not exist."""
    return {project: _member(lookup, project, user) for project in projects}


def change_roles(
    lookup: Lookup, user: UserResp | None, roles: Roles, present: Members, dry_run: bool
) -> Iterator[dict[str, tuple[str, str]]]:
    """Give and take roles; after each, yield the field ``roles`` of a :class:`Change`: all roles so far, before and
    after. ``None`` is a user who does not exist yet.
    """
    before, after = [], []
    for project, member in present.items():
        if _role_of(member) != roles[project]:
            if user is not None and not dry_run:
                _ensure(lookup, user, project, member, roles[project])
            before.append(role_text(project, _role_of(member)))
            after.append(role_text(project, roles[project]))
            yield {"roles": ("; ".join(before), "; ".join(after))}


def _ensure(lookup: Lookup, user: UserResp, project: Project, member: _Member, role: int | None) -> None:
    api = lookup.members
    by_name: dict[str, Any] = {"x_is_resource_name": isinstance(project, str)}

    def not_done() -> str | None:
        return None if _role_of(_member(lookup, project, user)) == role else "The role is unchanged"

    for _ in range(_ATTEMPTS):
        with suppress(exceptions.ConflictException), settled(not_done):  # somebody else may have added the user
            if member is None:
                wanted = ProjectMember(role_id=role, member_user=UserEntity(user_id=checked_id(user.user_id)))
                api.create_project_member(project, project_member=wanted, **by_name)
            elif role is None:
                api.delete_project_member(project, checked_id(member.id), **by_name)
            else:
                api.update_project_member(project, checked_id(member.id), role=RoleRequest(role_id=role), **by_name)
        member = _member(lookup, project, user)
        if _role_of(member) == role:
            return
    accepted, listed = role_text(project, role), role_text(project, _role_of(member))
    what = f"Harbor accepted {accepted} for user {user.username!r}, but lists {listed}"
    raise failure(exceptions.UnexpectedResponseException, 200, what)


def _member(lookup: Lookup, project: Project, user: UserResp | None) -> _Member:
    """A user as a member of a project. Harbor's filter is exact, but its totals count all members."""
    name = user.username if user else None
    try:
        members = lookup.members.list_project_members(
            project, x_is_resource_name=isinstance(project, str), page_size=100, entityname=name or "-"
        )
    except exceptions.NotFoundException as error:
        error.hint = error.hint or f"There is no project {project!r}."
        raise
    for member in members:
        if user and member.entity_type == "u" and member.entity_id == user.user_id:
            return member
    if name and any(member.entity_name != name for member in members):
        raise query_ignored(f"members of other names than {name!r} were listed")
    return None


def _is_project(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str) and isinstance(entry.get("project_id"), int)


def _role_of(member: _Member) -> int | None:
    return member.role_id if member else None
