"""Projects and their members on a fake Harbor."""

from __future__ import annotations

import pytest

from harbor_client import (
    ApiClient,
    MemberApi,
    NotFoundException,
    ProjectApi,
    ProjectMember,
    ProjectMetadata,
    ProjectReq,
    RoleRequest,
    UserEntity,
)
from harbor_client.exceptions import ConflictException
from harbor_client.testing import FakeHarbor


def test_the_life_of_a_project(client: ApiClient) -> None:
    api = ProjectApi(client)
    request = ProjectReq(project_name="team-a", metadata=ProjectMetadata(public="false"))
    _, status, headers = api.create_project_with_http_info(request)
    assert (status, headers["Location"]) == (201, "/api/v2.0/projects/2")
    with pytest.raises(ConflictException):
        api.create_project(request)
    assert [project.name for project in api.list_projects(public=False)] == ["team-a"]
    assert api.head_project("team-a") is None  # type: ignore[func-returns-value]
    project = api.get_project("team-a")
    assert project.metadata is not None
    assert (project.project_id, project.metadata.public, project.current_user_role_ids) == (2, "false", [1])
    api.update_project(2, {"metadata": {"auto_scan": "true"}})
    changed = api.get_project(2).metadata
    assert changed is not None
    assert (changed.auto_scan, changed.public) == ("true", "false")
    summary = api.get_project_summary(2)
    assert summary.quota is not None
    assert (summary.repo_count, summary.project_admin_count, summary.quota.hard) == (0, 1, {"storage": -1})
    assert api.get_project_deletable(2).deletable is True
    api.delete_project("team-a")
    with pytest.raises(NotFoundException):
        api.head_project("team-a")


def test_digits_are_ids_unless_said_otherwise(client: ApiClient) -> None:
    api = ProjectApi(client)
    api.create_project({"project_name": "2024"}, x_resource_name_in_location=True)
    with pytest.raises(NotFoundException):
        api.get_project("2024")
    assert api.get_project("2024", x_is_resource_name=True).name == "2024"
    assert api.get_project(1).name == api.get_project("1").name == "library"


def test_the_life_of_a_member(client: ApiClient) -> None:
    api = MemberApi(client)
    member = ProjectMember(role_id=2, member_user=UserEntity(username="alice"))
    headers = api.create_project_member_with_http_info("library", project_member=member)[2]
    mid = int(headers["Location"].rpartition("/")[2])
    found = api.get_project_member("library", mid)
    assert (found.entity_name, found.role_name, found.entity_type) == ("alice", "developer", "u")
    api.update_project_member("library", mid, role=RoleRequest(role_id=4))
    assert [m.role_id for m in api.list_project_members(1, entityname="alice", page_size=100)] == [4]
    api.delete_project_member("library", mid)
    with pytest.raises(NotFoundException):
        api.get_project_member("library", mid)
    assert len(api.list_project_members("library")) == 1


def test_calls_in_the_background(client: ApiClient, harbor: FakeHarbor) -> None:
    assert ProjectApi(client).get_project("library", async_req=True).get(10).project_id == 1
