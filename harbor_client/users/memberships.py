"""The roles of users in projects: looked up without missing any, given and taken away.

Harbor has no list of a user's projects, and it responds with 200 even if the member to change or remove does not exist,
so each write is followed by a read that checks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from harbor_client import exceptions
from harbor_client._transport.threads import Workers
from harbor_client.api.member_api import MemberApi
from harbor_client.models import ProjectMember, ProjectMemberEntity, RoleRequest, UserEntity, UserResp
from harbor_client.users.change import Project
from harbor_client.users.errors import failure, query_ignored, settled
from harbor_client.users.lookup import Lookup
from harbor_client.users.roles import NAMES, written
from harbor_client.users.values import checked_id

#: A project with the role before and after.
RoleChange: TypeAlias = tuple[Project, int | None, int | None]

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


class Memberships:
    """Looks up, gives and takes away roles."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._api: MemberApi = lookup.traced.beside(MemberApi(lookup.api.api_client))

    def of(self, user: UserResp, concurrency: int) -> list[Membership]:
        """All memberships of a user, by the names of the projects."""
        own = self._lookup.is_caller(user.user_id)
        if not own and not self._lookup.caller_is_administrator():
            what = "only a system administrator sees all projects of other users"
            raise failure(exceptions.ForbiddenException, 403, what, outcome="not_sent")
        workers = Workers(concurrency, "memberships")
        try:
            request_id = self._lookup.traced.new_request_id()
            pages = self._lookup.api.api_client.pages
            projects = list(pages("/projects", query={"with_detail": False}, x_request_id=request_id))
            jobs = [workers.start(partial(self._in_project, project, user, own)) for project in projects]
            return [found for job in jobs for found in job.get()]
        finally:
            workers.stop()

    def _in_project(self, project: Mapping[str, Any], user: UserResp, own: bool) -> list[Membership]:
        where: tuple[str, int] = project["name"], project["project_id"]
        try:
            member = self._member(project["project_id"], user)
            roles = [(member.role_id or 0, member.id)] if member else []
        except exceptions.NotFoundException:  # deleted meanwhile
            return []
        except exceptions.ForbiddenException:  # of a limited guest, whose own role is in the project
            if not own:
                raise
            roles = [(role, None) for role in project.get("current_user_role_ids") or []]
        return [Membership(*where, NAMES[role], role, member_id) for role, member_id in roles if role in NAMES]

    def role(self, user: UserResp | None, project: Project) -> int | None:
        """The role of a user (``None``: one who does not exist yet) in a project."""
        return _role_of(self._member(project, user))

    def ensure(self, user: UserResp, project: Project, role: int | None) -> int | None:
        """Give a user a role in a project, or none; returns the role before."""
        member = self._member(project, user)
        before = _role_of(member)
        for _ in range(_ATTEMPTS):
            if _role_of(member) != role:
                self._write(user, project, member, role)
                member = self._member(project, user)
        if _role_of(member) != role:
            present = written(project, _role_of(member))
            raise exceptions.UnexpectedResponseException(200, f"Harbor accepted it, but lists {present}")
        return before

    def _write(self, user: UserResp, project: Project, member: ProjectMemberEntity | None, role: int | None) -> None:
        by_name: dict[str, Any] = {"x_is_resource_name": isinstance(project, str)}
        try:
            with settled(lambda: None if self.role(user, project) == role else "The role is unchanged"):
                if member is None:
                    wanted = ProjectMember(role_id=role, member_user=UserEntity(user_id=checked_id(user.user_id)))
                    self._api.create_project_member(project, project_member=wanted, **by_name)
                elif role is None:
                    self._api.delete_project_member(project, checked_id(member.id), **by_name)
                else:
                    wanted_role = RoleRequest(role_id=role)
                    self._api.update_project_member(project, checked_id(member.id), role=wanted_role, **by_name)
        except exceptions.ConflictException:  # somebody else has added the user
            pass

    def _member(self, project: Project, user: UserResp | None) -> ProjectMemberEntity | None:
        """A user as a member of a project. Harbor's filter is exact, but its totals count all members."""
        name = user.username if user else None
        try:
            members = self._api.list_project_members(
                project, x_is_resource_name=isinstance(project, str), page_size=100, entityname=name or "-"
            )
        except exceptions.NotFoundException as error:
            error.hint = error.hint or f"There is no project {project!r}."
            raise
        for member in members:
            if user and member.entity_type == "u" and member.entity_id == user.user_id:
                return member
        if name and len(members) >= 100:
            raise query_ignored("the server ignored entityname")
        return None


def _role_of(member: ProjectMemberEntity | None) -> int | None:
    return member.role_id if member else None


def told(roles: list[RoleChange]) -> dict[str, tuple[str, str]]:
    """The field of a change for roles that changed: the projects, each with the role before and after."""
    before = "; ".join(written(project, role) for project, role, _ in roles)
    after = "; ".join(written(project, role) for project, _, role in roles)
    return {"roles": (before, after)} if roles else {}
