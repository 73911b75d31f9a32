"""The roles of users in projects: looked up without missing any, given and taken away.

Harbor has no list of a user's projects, and it responds with 200 even if the member to change or remove does not exist,
so each write is followed by a read that checks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

from harbor_client._transport.threads import Workers
from harbor_client.api.member_api import MemberApi
from harbor_client.exceptions import (
    ApiException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    UnexpectedResponseException,
)
from harbor_client.models import ProjectMember, ProjectMemberEntity, RoleRequest, UserEntity, UserResp
from harbor_client.users.change import Action, Change
from harbor_client.users.errors import looked_in_vain, query_ignored
from harbor_client.users.lookup import Lookup
from harbor_client.users.roles import NAMES, Project, written
from harbor_client.users.tracing import Traced
from harbor_client.users.values import checked_id

#: How often a write starts again because somebody else has changed the membership in the meantime.
_ATTEMPTS = 3


@dataclass(frozen=True)
class Membership:
    """The role of a user in a project.

    Attributes:
        project: the name of the project.
        project_id: its id.
        role: the name of the role, such as ``"developer"``.
        role_id: its id.
        member_id: the id of the membership; ``None`` where a caller may not list the members of the project.
    """

    project: str
    project_id: int
    role: str
    role_id: int
    member_id: int | None = None


class Memberships:
    """Looks up, gives and takes away roles."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._client = lookup.api.api_client
        api = MemberApi(self._client)
        self._traced = lookup.api if isinstance(lookup.api, Traced) else None
        self._api = api if self._traced is None else cast(MemberApi, self._traced.beside(api))

    def of(self, user: UserResp, concurrency: int) -> list[Membership]:
        """All memberships of a user, by the names of the projects."""
        own = self._lookup.is_caller(user.user_id)
        if not own and not self._lookup.caller_is_administrator():
            error = ForbiddenException(403, "only a system administrator sees all projects of other users")
            error.outcome = "not_sent"
            raise error
        workers = Workers(concurrency, "memberships")
        try:
            request_id = self._traced.new_request_id() if self._traced else None
            query = {"with_detail": False}
            projects = list(self._client.pages("/projects", query=query, x_request_id=request_id))
            jobs = [workers.start(partial(self._in_project, project, user, own)) for project in projects]
            return [found for job in jobs for found in job.get()]
        finally:
            workers.stop()

    def _in_project(self, project: Mapping[str, object], user: UserResp, own: bool) -> list[Membership]:
        number, name = cast(int, project["project_id"]), cast(str, project["name"])
        try:
            member = self._member(number, user)
        except NotFoundException:  # deleted meanwhile
            return []
        except ForbiddenException:  # a limited guest may not list members, but his own role is in the project
            roles = cast("list[int]", project.get("current_user_role_ids") or []) if own else None
            if roles is None:
                raise
            return [Membership(name, number, NAMES[role], role) for role in roles if role in NAMES]
        if member is None or member.role_id not in NAMES:
            return []
        return [Membership(name, number, NAMES[member.role_id], member.role_id, member.id)]

    def differences(
        self, user: UserResp | None, wanted: Mapping[Project, int | None]
    ) -> list[tuple[Project, int | None, int | None]]:
        """Projects in which the role of a user (``None``: one who is not there yet) differs, with both roles."""
        found = []
        for project, role in wanted.items():
            present = _role_of(self._member(project, user))
            if present != role:
                found.append((project, present, role))
        return found

    def ensure(self, user: UserResp, project: Project, role: int | None) -> int | None:
        """Give a user a role in a project, or none; returns the role before."""
        before: list[int | None] = []
        for _ in range(_ATTEMPTS):
            member = self._member(project, user)
            before.append(_role_of(member))
            if before[-1] == role:
                return before[0]
            self._write(user, project, member, role)
        present = _role_of(self._member(project, user))
        if present != role:
            error = UnexpectedResponseException(200, f"Harbor accepted it, but lists {written(project, present)}")
            error.outcome = "answered"
            raise error
        return before[0]

    def _write(self, user: UserResp, project: Project, member: ProjectMemberEntity | None, role: int | None) -> None:
        by_name = isinstance(project, str)
        try:
            if member is None:
                entity = UserEntity(user_id=checked_id(user.user_id))
                self._api.create_project_member(
                    project, x_is_resource_name=by_name, project_member=ProjectMember(role_id=role, member_user=entity)
                )
            elif role is None:
                self._api.delete_project_member(project, checked_id(member.id), x_is_resource_name=by_name)
            else:
                self._api.update_project_member(
                    project, checked_id(member.id), x_is_resource_name=by_name, role=RoleRequest(role_id=role)
                )
        except ConflictException:  # somebody else has added him
            pass
        except ApiException as error:
            if error.outcome != "unknown":
                raise
            try:
                present = _role_of(self._member(project, user))
            except ApiException as failure:
                looked_in_vain(error, failure)
                raise error from None
            if present != role:
                error.hint = "The role is unchanged so far, but Harbor may still carry the request out."
                raise

    def _member(self, project: Project, user: UserResp | None) -> ProjectMemberEntity | None:
        """A user as a member of a project. Harbor's filter is exact, but its totals count all members."""
        by_name = isinstance(project, str)
        name = user.username if user else None
        try:
            members = self._api.list_project_members(
                project, x_is_resource_name=by_name, page_size=100, entityname=name or "-"
            )
        except NotFoundException as error:
            error.hint = error.hint or f"There is no project {project!r}."
            raise
        for member in members:
            if user and member.entity_type == "u" and member.entity_id == user.user_id:
                return member
        if name and len(members) >= 100:
            raise query_ignored("the server ignored entityname")
        return None


def _role_of(member: ProjectMemberEntity | None) -> int | None:
    return None if member is None else member.role_id


def changed(user: UserResp, project: Project, before: int | None, after: int | None, dry_run: bool) -> Change:
    """What was done for one user in one project."""
    fields = {} if before == after else told([(project, before, after)])
    action: Action = "changed" if fields else "unchanged"
    return Change(action, user.username or "", user.user_id, fields, dry_run=dry_run)


def told(differences: list[tuple[Project, int | None, int | None]]) -> dict[str, tuple[str, str]]:
    """The field of a change for these roles."""

    def text(roles: Iterator[tuple[Project, int | None]]) -> str:
        return "; ".join(written(project, role) for project, role in roles)

    before = text((project, role) for project, role, _ in differences)
    return {"roles": (before, text((project, role) for project, _, role in differences))} if differences else {}
