"""What the recordings of projects and members do not show, and Harbor does all the same."""

from collections.abc import Iterator

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import Api


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor(lock_seconds=0) as running:
        running.add_user("alice")
        running.add_project("team", members={"alice": "developer"})
        yield running


def test_a_wrong_password_lists_the_public_projects(harbor: FakeHarbor) -> None:
    with Api(harbor, ("alice", "wrong")) as nobody:
        listed = nobody("GET", "/projects")
        assert [project["name"] for project in listed.json] == ["library"]
        assert nobody("GET", "/projects/library").status == 200
        assert nobody("GET", "/projects/team").status == 401
        assert nobody("HEAD", "/projects?project_name=team").status == 401


@pytest.mark.parametrize("body", [{"role_id": 0}, {"role_id": 6}, {"role_id": -1}, {}])
def test_a_member_with_a_role_that_does_not_exist_vanishes(harbor: FakeHarbor, api: Api, body: dict[str, int]) -> None:
    member = api("GET", "/projects/team/members?entityname=alice").json[0]["id"]
    assert api("PUT", f"/projects/team/members/{member}", body).status == 200
    listed = api("GET", "/projects/team/members")
    assert ([each["entity_name"] for each in listed.json], listed.header("X-Total-Count")) == (["admin"], "2")
    assert api("GET", f"/projects/team/members/{member}").status == 404
    assert "developer_count" not in api("GET", "/projects/team/summary").json
    with Api(harbor, "alice") as alice:
        team = alice("GET", "/projects?name=team").json[0]
        assert (team["current_user_role_ids"], "current_user_role_id" in team) == ([body.get("role_id", 0)], False)
        assert alice("GET", "/projects/team").status == 403
    again = api("POST", "/projects/team/members", {"role_id": 3, "member_user": {"username": "alice"}})
    assert (again.status, int((again.header("Location") or "").rpartition("/")[2]) > member) == (201, True)
    assert len(api("GET", "/projects/team/members").json) == 2


def test_a_role_beyond_32_bits(api: Api) -> None:
    member = api("GET", "/projects/team/members").json[0]["id"]
    assert api("PUT", f"/projects/team/members/{member}", {"role_id": 2**31}).status == 500


def test_only_administrators_create_projects_if_harbor_says_so(harbor: FakeHarbor, api: Api) -> None:
    assert api("PUT", "/configurations", {"project_creation_restriction": "adminonly"}).status == 200
    with Api(harbor, "alice") as alice:
        refused = alice("POST", "/projects", {"project_name": "mine"})
    assert refused.error == ("FORBIDDEN", "Only system admin can create project")
    assert api("POST", "/projects", {"project_name": "mine"}).status == 201


def test_a_project_name_in_the_location(api: Api) -> None:
    headers = {"X-Resource-Name-In-Location": "true"}
    made = api("POST", "/projects", {"project_name": "2024"}, headers=headers)
    assert made.header("Location") == "/api/v2.0/projects/2024"
