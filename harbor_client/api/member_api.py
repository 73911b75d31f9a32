"""The members of projects: five operations. See ``user_api`` for the options that all of them take."""

# What a call returns depends on its options: type checkers read the overloads in member_api.pyi.
# pyright: reportReturnType=false

from __future__ import annotations

from typing import Any

from harbor_client import models
from harbor_client.api._operation import Api, delete, get, post, put
from harbor_client.api._parameters import Flag, MemberId, NameOrId, Number, PageSize, RoleBody, Text
from harbor_client.api_client import ApiClient


class MemberApi(Api):
    """The operations on the members of a project.

    Where a project is given as digits, Harbor takes them for an ID unless ``x_is_resource_name`` is true.
    ``Users.memberships``, ``ensure_member`` and ``ensure_not_member`` cannot hit another project.

    Args:
        api_client: the client to call with; by default, a new one with the default configuration.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        super().__init__(ApiClient() if api_client is None else api_client)

    @post("/projects/{project_name_or_id}/members")
    def create_project_member(
        self,
        project_name_or_id: NameOrId,
        *,
        x_is_resource_name: Flag = None,
        project_member: RoleBody[models.ProjectMember] | None = None,
        **options: Any,
    ) -> None:
        """Add a user or a group to a project. The ID of the membership is in the ``Location`` header.

        Args:
            project_name_or_id: the project.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.
            project_member: who is added, and the role.

        Raises:
            ApiException: among others ConflictException (already a member), NotFoundException (no such user or
                project), BadRequestException, ForbiddenException.
        """

    @delete("/projects/{project_name_or_id}/members/{mid}")
    def delete_project_member(
        self, project_name_or_id: NameOrId, mid: MemberId, *, x_is_resource_name: Flag = None, **options: Any
    ) -> None:
        """Remove a member from a project. Harbor also returns 200 if there is no such member.

        Args:
            project_name_or_id: the project.
            mid: the ID of the membership.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.

        Raises:
            ApiException: among others NotFoundException (no such project), ForbiddenException.
        """

    @get("/projects/{project_name_or_id}/members/{mid}")
    def get_project_member(
        self, project_name_or_id: NameOrId, mid: MemberId, *, x_is_resource_name: Flag = None, **options: Any
    ) -> models.ProjectMemberEntity:
        """Get a member of a project.

        Args:
            project_name_or_id: the project.
            mid: the ID of the membership.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException.
        """

    @get("/projects/{project_name_or_id}/members")
    def list_project_members(
        self,
        project_name_or_id: NameOrId,
        *,
        x_is_resource_name: Flag = None,
        page: Number = None,
        page_size: PageSize = None,
        entityname: Text | None = None,
        **options: Any,
    ) -> list[models.ProjectMemberEntity]:
        """List the members of a project, one page at a time.

        Args:
            project_name_or_id: the project.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.
            page: the page number, from 1; by default 1.
            page_size: members per page, at most 100; by default 10.
            entityname: only members of exactly this name. Harbor's totals and links count the others as well.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException.
        """

    @put("/projects/{project_name_or_id}/members/{mid}")
    def update_project_member(
        self,
        project_name_or_id: NameOrId,
        mid: MemberId,
        *,
        x_is_resource_name: Flag = None,
        role: RoleBody[models.RoleRequest] | None = None,
        **options: Any,
    ) -> None:
        """Change the role of a member. Harbor also returns 200 if there is no such member.

        Args:
            project_name_or_id: the project.
            mid: the ID of the membership.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.
            role: the new role.

        Raises:
            ApiException: among others NotFoundException (no such project), ForbiddenException.
        """
