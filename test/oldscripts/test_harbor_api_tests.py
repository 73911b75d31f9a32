"""What Harbor's own API tests do with users, in their way: twins, `debug`, `verify_ssl = False`, no credentials.

Harbor's tests speak to a real server through the swagger-codegen client; these to the fake one through this package.
"""

from __future__ import annotations

import importlib
import types
from collections.abc import Iterator
from typing import Any

import pytest

from harbor_client.testing import FakeHarbor

PASSWORD = "Aa123456"


class UserLibrary:
    """A layer over `UserApi` like that of Harbor's tests: a client for each credential, and every status checked."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.client_module = importlib.import_module("harbor_client")
        self.count = 0

    def client(self, username: str | None = "admin", password: str | None = "Harbor12345") -> Any:
        configuration = self.client_module.Configuration()
        configuration.host = self.endpoint
        configuration.verify_ssl = False
        configuration.username = username
        configuration.password = password
        configuration.debug = True
        if configuration.username is None and configuration.password is None:
            configuration.auth_settings = types.MethodType(lambda self: {}, configuration)
        return self.client_module.UserApi(self.client_module.ApiClient(configuration))

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
def library(request: pytest.FixtureRequest) -> Iterator[UserLibrary]:
    with FakeHarbor(version=request.param, lock_seconds=0) as harbor:
        harbor_client = importlib.import_module("harbor_client")
        before = harbor_client.Configuration().logger["package_logger"].level
        yield UserLibrary(harbor.url)
        harbor_client.Configuration().logger["package_logger"].setLevel(before)


def check(user: Any, name: str, user_id: int, number: int, comment: str | None = None, admin: bool = False) -> None:
    assert user.username == name
    assert user.user_id == user_id
    assert user.email == f"realname-{number}@example.com"
    assert user.realname == f"realname-{number}"
    assert user.comment == comment
    assert user.sysadmin_flag == admin


def test_the_life_of_a_user(library: UserLibrary) -> None:
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


def test_assigning_the_administrator_role(library: UserLibrary) -> None:
    module, admin, call = library.client_module, library.client(), library.call
    user_id, name = library.create()
    own = library.client(name, PASSWORD)
    for flag, status in ((True, 200), (False, 403), (True, 200)):
        call(200, admin.set_user_sys_admin_with_http_info, user_id, module.UserSysAdminFlag(sysadmin_flag=flag))
        call(
            status,
            own.api_client.call_api,
            "/configurations",
            "PUT",
            header_params={"Content-Type": "application/json"},
            body={"self_registration": False},
            auth_settings=["basic"],
        )


def test_users_by_query(library: UserLibrary) -> None:
    admin, call = library.client(), library.call
    made = [library.create() for _ in range(12)]
    for user_id, name in made:
        for query in (f"username={name}", f"username={name},email=realname-{name[5:]}@example.com"):
            users = call(200, admin.list_users_with_http_info, q=query)
            assert [user.user_id for user in users] == [user_id]
    pages = [call(200, admin.list_users_with_http_info, page=page, page_size=5) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [5, 5, 2, 0]


def test_without_credentials(library: UserLibrary) -> None:
    anonymous, call = library.client(None, None), library.call
    assert "unauthorized" in call(401, anonymous.get_current_user_info_with_http_info)
    assert "unauthorized" in call(401, anonymous.list_users_with_http_info)
    assert "unauthorized" in call(401, anonymous.search_users_with_http_info, "u")
    assert "unauthorized" in call(401, anonymous.get_current_user_permissions_with_http_info, scope="/system")


def test_refused_users(library: UserLibrary) -> None:
    module, admin, call = library.client_module, library.client(), library.call
    _, name = library.create()
    again = module.UserCreationReq(username=name, email="other@example.com", realname="r", password=PASSWORD)
    assert "already exists" in call(409, admin.create_user_with_http_info, again)
    weak = module.UserCreationReq(username="weak", email="weak@example.com", realname="r", password="weak")
    assert "8-128" in call(400, admin.create_user_with_http_info, weak)
    own = library.client(name, PASSWORD)
    assert name in call(403, own.create_user_with_http_info, weak)
