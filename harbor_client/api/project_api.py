"""Projects: eight operations. See ``user_api`` for the options that all of them take."""

# What a call returns depends on its options: type checkers read the overloads in project_api.pyi.
# pyright: reportReturnType=false

from __future__ import annotations

from typing import Any

from harbor_client import models
from harbor_client.api._operation import Api, delete, get, head, post, put
from harbor_client.api._parameters import Body, Flag, NameOrId, Number, PageSize, Query, Text
from harbor_client.api_client import ApiClient


class ProjectApi(Api):
    """The operations on projects.

    Where a project is given as digits, Harbor takes them for an ID unless ``x_is_resource_name`` is true.

    Args:
        api_client: the client to call with; by default, a new one with the default configuration.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        super().__init__(ApiClient() if api_client is None else api_client)

    @post("/projects")
    def create_project(
        self, project: Body[models.ProjectReq], *, x_resource_name_in_location: Flag = None, **options: Any
    ) -> None:
        """Create a project. Its ID is in the ``Location`` header, which the twin returns.

        Args:
            project: the new project.
            x_resource_name_in_location: whether ``Location`` has the name instead of the ID.

        Raises:
            ApiException: among others ConflictException (the name is taken), BadRequestException (Harbor rejects a
                value), ForbiddenException.
        """

    @delete("/projects/{project_name_or_id}")
    def delete_project(self, project_name_or_id: NameOrId, *, x_is_resource_name: Flag = None, **options: Any) -> None:
        """Delete a project, which must not contain repositories.

        Args:
            project_name_or_id: the project.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.

        Raises:
            ApiException: among others PreconditionFailedException (it contains repositories), NotFoundException,
                ForbiddenException.
        """

    @get("/projects/{project_name_or_id}")
    def get_project(
        self, project_name_or_id: NameOrId, *, x_is_resource_name: Flag = None, **options: Any
    ) -> models.Project:
        """Get a project.

        Args:
            project_name_or_id: the project.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException (also for a project that does not exist,
                unless the caller is a system administrator).
        """

    @get("/projects/{project_name_or_id}/_deletable")
    def get_project_deletable(
        self, project_name_or_id: NameOrId, *, x_is_resource_name: Flag = None, **options: Any
    ) -> models.ProjectDeletable:
        """Get whether a project can be deleted.

        Args:
            project_name_or_id: the project.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException.
        """

    @get("/projects/{project_name_or_id}/summary")
    def get_project_summary(
        self, project_name_or_id: NameOrId, *, x_is_resource_name: Flag = None, **options: Any
    ) -> models.ProjectSummary:
        """Get the number of repositories and members of a project, and its quota.

        Args:
            project_name_or_id: the project.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException.
        """

    @head("/projects")
    def head_project(self, project_name: Text, **options: Any) -> None:
        """Check that a project exists.

        Args:
            project_name: the name of the project; digits are a name here.

        Raises:
            ApiException: among others NotFoundException (it does not), UnauthorizedException.
        """

    @get("/projects")
    def list_projects(
        self,
        *,
        q: Query = None,
        page: Number = None,
        page_size: PageSize = None,
        sort: Query = None,
        name: Text | None = None,
        public: Flag = None,
        owner: Text | None = None,
        with_detail: Flag = None,
        **options: Any,
    ) -> list[models.Project]:
        """List the projects that the caller may see, one page at a time.

        To wrong credentials, Harbor responds with the public projects.

        Args:
            q: a filter such as ``name=~lib``.
            page: the page number, from 1; by default 1.
            page_size: projects per page, at most 100; by default 10.
            sort: the fields to sort by, each with ``-`` for descending order; by default ``name``.
            name: only projects with this in their names, in any case.
            public: only public projects, or only private ones.
            owner: only projects of the user with this username.
            with_detail: whether to return metadata and owners as well, as is the default.

        Raises:
            ApiException: among others BadRequestException (Harbor does not understand ``q``).
        """

    @put("/projects/{project_name_or_id}")
    def update_project(
        self,
        project_name_or_id: NameOrId,
        project: Body[models.ProjectReq],
        *,
        x_is_resource_name: Flag = None,
        **options: Any,
    ) -> None:
        """Change the settings of a project: those in ``project.metadata``, and the CVE allowlist.

        Args:
            project_name_or_id: the project.
            project: the new settings.
            x_is_resource_name: whether the project is given by name, even if that consists of digits.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException.
        """
