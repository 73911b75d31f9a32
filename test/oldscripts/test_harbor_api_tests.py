"""What Harbor's own API tests do with users, projects, members: twins, `debug`, `verify_ssl = False`, no credentials.

Harbor's tests speak to a real server through a generated client, of which they make an object of every class each time;
these to the fake one through this package, with names for the classes that it does not have, as `migrating.md` says.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import pytest

import harbor_client
from harbor_client.api._operation import Api, put
from harbor_client.api._parameters import Body
from harbor_client.testing import FakeHarbor

PASSWORD = "Aa123456"

#: What Harbor's tests make and those of users and members do not call.
UNUSED = (
    *("Artifact", "Auditlog", "Gc", "Health", "Immutable", "Jobservice", "Label", "Preheat", "Purge", "Quota"),
    *("Registry", "Replication", "Repository", "Retention", "Robot", "ScanAll", "Scan", "ScanDataExport", "Scanner"),
    *("Schedule", "Securityhub", "Statistic", "SystemCVEAllowlist", "Systeminfo", "Webhook"),
)


class ConfigureApi(Api):
    @put("/configurations")
    def update_configurations(self, configurations: Body[object], **options: Any) -> None:
        """Change settings of Harbor."""


class Library:
    """A layer over the API classes like that of Harbor's tests: a client for each credential, every status checked."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.client_module: Any = harbor_client
        self.count = 0

    def client(
        self, username: str | None = "admin", password: str | None = "Harbor12345", kind: str = "UserApi"
    ) -> Any:
        configuration = self.client_module.Configuration()
        configuration.host = self.endpoint
        configuration.verify_ssl = False
        configuration.username = username
        configuration.password = password
        configuration.debug = True
        if configuration.username is None and configuration.password is None:
            configuration.auth_settings = types.MethodType(lambda self: {}, configuration)
        module = self.client_module
        kinds = ("ConfigureApi", "MemberApi", "ProjectApi", "UserApi", *[f"{name}Api" for name in UNUSED])
        return {name: getattr(module, name)(module.ApiClient(configuration)) for name in kinds}[kind]

    def create(self, expected: int = 201, **fields: object) -> tuple[int, str]:
        self.count += 1
        name = f"user-{self.count}"
        request = self.client_module.UserCreationReq(
            username=name,
            email=f"realname-{self.count}@example.com",
            realname=f"realname-{self.count}",
            password=PASSWORD,
        )
        for field, value in fields.items():
            setattr(request, field, value)
        headers = self.call(expected, self.client().create_user_with_http_info, request, whole=True)[2]
        return int(headers["Location"].split("/")[-1]), name

    def create_project(self, owner: Any, expected: int = 201, **metadata: str) -> Any:
        """A project of this owner; its id, or the error's body."""
        self.count += 1
        request = self.client_module.ProjectReq(
            project_name=f"project-{self.count}", registry_id=None, metadata=metadata
        )
        made = self.call(expected, owner.create_project_with_http_info, request, whole=True)
        return int(made[2]["Location"].split("/")[-1]) if expected == 201 else made

    def add_member(self, caller: Any, project_id: int, user_id: int, role_id: int = 1) -> int:
        member = self.client_module.ProjectMember()
        member.member_user = {"user_id": user_id}
        member.role_id = role_id
        add = caller.create_project_member_with_http_info
        _, _, headers = self.call(201, add, project_id, project_member=member, whole=True)
        return int(headers["Location"].split("/")[-1])

    def call(self, expected: int, method: Any, *arguments: object, whole: bool = False, **keywords: object) -> Any:
        """Call a twin and check the status, of an error as well; gives the data, or the error's body."""
        from harbor_client.rest import ApiException

        try:
            data, status, headers = method(*arguments, **keywords)
        except ApiException as e:
            assert str(e.status) == str(expected)
            return str(e.body.strip()).lower()
        assert str(status) == str(expected)
        return (data, status, headers) if whole else data


@pytest.fixture(params=["2.12.4", "2.16.0"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setattr(harbor_client, "ConfigureApi", ConfigureApi, raising=False)
    for name in UNUSED:
        monkeypatch.setattr(harbor_client, f"{name}Api", harbor_client.UserApi, raising=False)
    with FakeHarbor(version=request.param, lock_seconds=0) as harbor:
        before = harbor_client.Configuration().logger["package_logger"].level
        yield Library(harbor.url)
        harbor_client.Configuration().logger["package_logger"].setLevel(before)


def check(user: Any, name: str, user_id: int, number: int, comment: str | None = None, admin: bool = False) -> None:
    assert user.username == name
    assert user.user_id == user_id
    assert user.email == f"realname-{number}@example.com"
    assert user.realname == f"realname-{number}"
    assert user.comment == comment
    assert user.sysadmin_flag == admin


def test_the_life_of_a_user(library: Library) -> None:
    module, admin, call = library.client_module, library.client(), library.call
    user_id, name = library.create()
    own = library.client(name, PASSWORD)

    assert call(200, admin.list_users_with_http_info) is not None
    check(call(200, own.get_current_user_info_with_http_info), name, user_id, 1)
    found = call(200, own.search_users_with_http_info, name)
    assert [(item.username, item.user_id) for item in found] == [(name, user_id)]
    check(call(200, own.get_user_with_http_info, user_id), name, user_id, 1)

    profile = module.UserProfile(email="realname-77@example.com", realname="realname-77", comment="For testing")
    call(200, own.update_user_profile_with_http_info, user_id, profile)
    check(call(200, own.get_user_with_http_info, user_id), name, user_id, 77, "For testing")

    flag = module.UserSysAdminFlag(sysadmin_flag=True)
    call(200, admin.set_user_sys_admin_with_http_info, user_id, flag)
    check(call(200, own.get_user_with_http_info, user_id), name, user_id, 77, "For testing", True)

    password = module.PasswordReq(old_password=PASSWORD, new_password="Aa1234567-New")
    call(200, own.update_user_password_with_http_info, user_id, password)
    assert "unauthorized" in call(401, own.search_users_with_http_info, name)
    own = library.client(name, "Aa1234567-New")
    password = module.PasswordReq(old_password="Aa1234567-New", new_password="Aa1234567-New-Edit")
    call(200, admin.update_user_password_with_http_info, user_id, password)
    assert "unauthorized" in call(401, own.search_users_with_http_info, name)
    own = library.client(name, "Aa1234567-New-Edit")

    permissions = call(
        200, own.get_current_user_permissions_with_http_info, scope="/project/1/repository", relative=True
    )
    assert isinstance(permissions, list)

    call(200, admin.delete_user_with_http_info, user_id)
    assert f"user {user_id} not found" in call(404, admin.get_user_with_http_info, user_id)


def test_assigning_the_administrator_role(library: Library) -> None:
    module, admin, call = library.client_module, library.client(), library.call
    user_id, name = library.create()
    own = library.client(name, PASSWORD, "ConfigureApi")
    for flag, status in ((True, 200), (False, 403), (True, 200)):
        call(200, admin.set_user_sys_admin_with_http_info, user_id, module.UserSysAdminFlag(sysadmin_flag=flag))
        call(status, own.update_configurations_with_http_info, {"token_expiration": 60})


def test_users_by_query(library: Library) -> None:
    admin, call = library.client(), library.call
    made = [library.create() for _ in range(12)]
    for user_id, name in made:
        for query in (f"username={name}", f"username={name},email=realname-{name[5:]}@example.com"):
            users = call(200, admin.list_users_with_http_info, q=query)
            assert [user.user_id for user in users] == [user_id]
    pages = [call(200, admin.list_users_with_http_info, page=page, page_size=5) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [5, 5, 2, 0]


def test_without_credentials(library: Library) -> None:
    anonymous, call = library.client(None, None), library.call
    assert "unauthorized" in call(401, anonymous.get_current_user_info_with_http_info)
    assert "unauthorized" in call(401, anonymous.list_users_with_http_info)
    assert "unauthorized" in call(401, anonymous.search_users_with_http_info, "u")
    assert "unauthorized" in call(401, anonymous.get_current_user_permissions_with_http_info, scope="/system")


def test_refused_users(library: Library) -> None:
    module, admin, call = library.client_module, library.client(), library.call
    _, name = library.create()
    again = module.UserCreationReq(username=name, email="other@example.com", realname="r", password=PASSWORD)
    assert "already exists" in call(409, admin.create_user_with_http_info, again)
    weak = module.UserCreationReq(username="weak", email="weak@example.com", realname="r", password="weak")
    assert "8-128" in call(400, admin.create_user_with_http_info, weak)
    own = library.client(name, PASSWORD)
    assert name in call(403, own.create_user_with_http_info, weak)


def test_a_member_sees_a_private_project(library: Library) -> None:
    user_id, name = library.create()
    project_id = library.create_project(library.client(kind="ProjectApi"), public="false")
    own = library.client(name, PASSWORD, "ProjectApi")
    assert library.call(200, own.list_projects_with_http_info, public=False) == []
    library.add_member(library.client(kind="MemberApi"), project_id, user_id)
    assert [found.project_id for found in library.call(200, own.list_projects_with_http_info, public=False)] == [
        project_id
    ]


def test_managing_the_members_of_a_project(library: Library) -> None:
    module, call = library.client_module, library.call
    (_, alice), (bob_id, bob), (carol_id, carol) = (library.create() for _ in range(3))
    project_id = library.create_project(library.client(alice, PASSWORD, "ProjectApi"), public="false")
    by_alice, by_bob = (library.client(name, PASSWORD, "MemberApi") for name in (alice, bob))

    def members() -> dict[str, int]:
        return {member.entity_name: member.role_id for member in by_alice.list_project_members(project_id)}

    assert members() == {alice: 1}
    bobs_id = library.add_member(by_alice, project_id, bob_id, 3)
    assert members() == {alice: 1, bob: 3}
    for role_id in (2, 1):
        role = module.RoleRequest(role_id=role_id)
        call(200, by_alice.update_project_member_with_http_info, project_id, bobs_id, role=role)
        assert call(200, by_alice.get_project_member_with_http_info, project_id, bobs_id).role_id == role_id
    library.add_member(by_bob, project_id, carol_id, 3)
    assert members() == {alice: 1, bob: 1, carol: 3}
    call(200, by_alice.delete_project_member_with_http_info, project_id, bobs_id)
    assert members() == {alice: 1, carol: 3}
    call(200, library.client(kind="ProjectApi").delete_project_with_http_info, project_id)


def test_who_may_create_projects(library: Library) -> None:
    _, name = library.create()
    own = library.client(name, PASSWORD, "ProjectApi")
    settings = library.client(kind="ConfigureApi")
    for word in ("adminonly", "everyone"):
        library.call(200, settings.update_configurations_with_http_info, {"project_creation_restriction": word})
        if word == "adminonly":
            assert "only system admin can create project" in library.create_project(own, 403, public="false")
    project_id = library.create_project(own, public="false")
    assert own.head_project_with_http_info(f"project-{library.count}")[1] == 200
    assert library.call(200, own.delete_project_with_http_info, project_id) is None


def test_the_allowlist_of_a_project(library: Library) -> None:
    module, call = library.client_module, library.call
    user_id, name = library.create()
    project_id = library.create_project(library.client(kind="ProjectApi"), public="false")
    members = library.client(kind="MemberApi")
    member_id = library.add_member(members, project_id, user_id, 3)
    own = library.client(name, PASSWORD, "ProjectApi")
    allowed = module.CVEAllowlist(expires_at=1_900_000_000, items=[module.CVEAllowlistItem(cve_id="CVE-2019-12310")])
    change = module.ProjectReq(metadata=None, cve_allowlist=allowed)
    assert "forbidden" in call(403, own.update_project_with_http_info, project_id, change)
    call(200, members.update_project_member_with_http_info, project_id, member_id, role=module.RoleRequest(role_id=1))
    call(200, own.update_project_with_http_info, project_id, change)
    kept = call(200, own.get_project_with_http_info, project_id).cve_allowlist
    assert (kept.expires_at, [item.cve_id for item in kept.items]) == (1_900_000_000, ["CVE-2019-12310"])


def test_what_is_called_of_a_class_that_does_not_exist_says_what_to_use(library: Library) -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'list_artifacts_with_http_info'; .*ApiClient\.pages"):
        library.client(kind="ArtifactApi").list_artifacts_with_http_info("library", "hello")
