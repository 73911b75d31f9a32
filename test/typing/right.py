"""What type checkers infer for users of the package. Checked by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import urllib3
from typing_extensions import assert_type

import harbor_client
from harbor_client import ApiClient, Configuration, UserApi, Users
from harbor_client.api._types import HTTPResponse
from harbor_client.exceptions import ApiException
from harbor_client.models import (
    Error,
    OIDCCliSecretReq,
    OIDCUserInfo,
    PasswordReq,
    Permission,
    UserCreationReq,
    UserProfile,
    UserResp,
    UserSearchRespItem,
    UserSysAdminFlag,
)


def options(api: UserApi) -> None:
    assert_type(api.get_user(3, _request_timeout=5), UserResp)
    assert_type(api.get_user(3, _request_timeout=0.5), UserResp)
    assert_type(api.get_user(3, _request_timeout=(3, 2.5)), UserResp)
    assert_type(api.get_user(3, x_request_id="audit-7"), UserResp)
    assert_type(api.get_user(3, x_request_id=None), UserResp)
    assert_type(api.get_user(3, async_req=False), UserResp)
    assert_type(api.get_user(3, _preload_content=True), UserResp)


def urllib3_fits(answer: urllib3.HTTPResponse) -> HTTPResponse:
    return answer


def background(api: UserApi) -> None:
    waiting = api.get_user(3, async_req=True)
    assert_type(waiting.get(), UserResp)
    assert_type(waiting.get(timeout=1.5), UserResp)
    assert_type(waiting.ready(), bool)
    assert_type(waiting.successful(), bool)
    assert_type(waiting.wait(1), None)


def arguments(api: UserApi) -> None:
    api.get_user("3")
    api.create_user({"username": "alice"})
    api.update_user_profile(user_id=3, profile={"comment": None})
    api.list_users(q="username=alice", sort="username", page=1, page_size=100)
    api.list_users(q=None, sort="-creation_time")
    api.search_users("alice", page=1, page_size=100)
    api.get_current_user_permissions(scope="/system", relative=True)


def models(user: UserResp) -> None:
    assert_type(user.user_id, int | None)
    assert_type(user.username, str | None)
    assert_type(user.sysadmin_flag, bool | None)
    assert_type(user.creation_time, datetime | None)
    assert_type(user.oidc_user_meta, OIDCUserInfo | None)
    assert_type(user.to_str(), str)
    assert_type(user == user, bool)
    assert_type(UserResp.from_json({"user_id": 3}), UserResp)
    user.comment = "changed"
    user.comment = None


def constructors() -> None:
    UserResp()
    UserResp(user_id=3, username="alice", creation_time=None)
    UserCreationReq(username="alice", email="a@example.com", realname="A", password="Secret12345", comment=None)
    UserProfile(email="a@example.com", realname="A", comment="")
    UserSysAdminFlag(sysadmin_flag=False)
    PasswordReq(old_password=None, new_password="Secret12345")
    OIDCCliSecretReq(secret="Secret12345")
    OIDCUserInfo(id=1, user_id=3, subiss="issuer", secret="Secret12345")
    Permission(resource="repository", action="pull")
    UserSearchRespItem(user_id=3, username="alice")
    Error(code="NOT_FOUND", message="user 3 not found")
    harbor_client.Errors(errors=[Error()])


def errors(error: ApiException) -> None:
    assert_type(error.status, int | None)
    assert_type(error.reason, str | None)
    assert_type(error.code, str | None)
    assert_type(error.message, str | None)
    assert_type(error.request_id, str | None)
    assert_type(error.hint, str | None)
    if error.outcome == "unknown":
        print(error.method, error.url)


def settings() -> None:
    configuration = Configuration(host="https://harbor.example.com/api/v2.0", username="a", password="b", timeout=5)
    assert_type(Configuration.from_env(), Configuration)
    assert_type(configuration.timeout, float)
    assert_type(configuration.verify_ssl, bool)
    with ApiClient(configuration) as client:
        assert_type(client, ApiClient)
        assert_type(client.configuration, Configuration)
        UserApi(client)
    UserApi()


def users(client: ApiClient) -> None:
    helper = Users(client)
    assert_type(helper.find("alice"), UserResp | None)
    walk: Iterator[UserResp] = iter(helper.iterate(concurrency=8))
    assert_type(next(walk), UserResp)
