"""Each operation of `UserApi`, and each way in which it is refused."""

from collections.abc import Callable, Iterator

import pytest

import harbor_client
from harbor_client import (
    ApiException,
    OIDCCliSecretReq,
    PasswordReq,
    UserApi,
    UserCreationReq,
    UserProfile,
    UserSysAdminFlag,
    exceptions,
)

from .conftest import Live


@pytest.fixture
def somebody(live: Live) -> Iterator[UserApi]:
    """The API as a regular user calls it."""
    _, username, password = live.create()
    with harbor_client.ApiClient(live.configuration(username, password)) as client:
        yield UserApi(client)


def test_the_life_of_a_user(live: Live) -> None:
    user_id, username, password = live.create(comment="first")
    user = live.api.get_user(user_id)
    assert (user.username, user.email, user.comment) == (username, f"{username}@example.com", "first")
    assert user.sysadmin_flag is False
    assert user.creation_time is not None

    assert [found.user_id for found in live.api.list_users(q=f"username={username}")] == [user_id]
    assert [found.user_id for found in live.api.search_users(username)] == [user_id]

    profile = UserProfile(email=f"{username}@example.org", realname="Somebody Else", comment="second")
    assert live.api.update_user_profile(user_id, profile) is None
    user = live.api.get_user(user_id)
    assert (user.email, user.realname, user.comment) == (f"{username}@example.org", "Somebody Else", "second")

    for flag in (True, False):
        live.api.set_user_sys_admin(user_id, UserSysAdminFlag(sysadmin_flag=flag))
        assert live.api.get_user(user_id).sysadmin_flag is flag

    changed = harbor_client.passwords.generate()
    with harbor_client.ApiClient(live.configuration(username, password)) as client:
        UserApi(client).update_user_password(user_id, PasswordReq(old_password=password, new_password=changed))
    with harbor_client.ApiClient(live.configuration(username, changed)) as client:
        assert UserApi(client).get_current_user_info().user_id == user_id

    live.api.delete_user(user_id)
    with pytest.raises(exceptions.NotFoundException):
        live.api.get_user(user_id)
    assert live.api.list_users(q=f"username={username}") == []


def test_the_caller(live: Live, somebody: UserApi) -> None:
    assert live.api.get_current_user_info().username == live.variables["HARBOR_USERNAME"]
    held = live.api.get_current_user_permissions(scope="/system")
    assert ("user", "create") in {((each.resource or "").rpartition("/")[2], each.action) for each in held}
    assert somebody.get_current_user_permissions(scope="/system") == []


def test_pages(live: Live) -> None:
    ids = [live.create()[0] for _ in range(3)]
    query = f"username=~{live.prefix}"
    first = live.api.list_users_with_http_info(q=query, sort="-user_id", page=1, page_size=2)
    assert [user.user_id for user in first[0]] == ids[:0:-1]
    assert int(first[2]["X-Total-Count"]) >= 3
    second = live.api.list_users(q=query, sort="-user_id", page=2, page_size=2)
    assert second[0].user_id == ids[0]


def test_a_request_id_comes_back(live: Live) -> None:
    headers = live.api.get_current_user_info_with_http_info(x_request_id="hc-live-1")[2]
    assert headers["X-Request-Id"] == "hc-live-1"


def _request(live: Live, **fields: str) -> UserCreationReq:
    username = live.name()
    given = {"username": username, "email": f"{username}@example.com", "realname": "A", "password": "Passw0rd1"}
    return UserCreationReq(**{**given, **fields})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": "weak"}, "the password or secret must be"),
        ({"email": "nowhere"}, "email with illegal format"),
        ({"realname": ""}, "realname with illegal length"),
        ({"realname": "a,b"}, "realname contains illegal characters"),
        ({"comment": "x" * 31}, "comment with illegal length"),
    ],
)
def test_what_creation_refuses(live: Live, fields: dict[str, str], message: str) -> None:
    with pytest.raises(exceptions.BadRequestException) as caught:
        live.api.create_user(_request(live, **fields))
    assert (caught.value.status, caught.value.outcome) == (400, "answered")
    assert message in str(caught.value)


@pytest.mark.parametrize("field", ["username", "email"])
def test_names_and_addresses_are_unique(live: Live, field: str) -> None:
    _, username, _ = live.create()
    taken = {"username": username, "email": f"{username}@example.com"}
    with pytest.raises(exceptions.ConflictException):
        live.api.create_user(_request(live, **{field: taken[field]}))


_FOR_ADMINISTRATORS: list[Callable[[UserApi], object]] = [
    lambda api: api.list_users(),
    lambda api: api.get_user(1),
    lambda api: api.delete_user(1),
    lambda api: api.set_user_sys_admin(1, UserSysAdminFlag(sysadmin_flag=True)),
]


@pytest.mark.parametrize("call", _FOR_ADMINISTRATORS)
def test_regular_users_may_not(somebody: UserApi, call: Callable[[UserApi], object]) -> None:
    with pytest.raises(exceptions.ForbiddenException):
        call(somebody)


def test_a_wrong_password(live: Live) -> None:
    _, username, _ = live.create()
    with harbor_client.ApiClient(live.configuration(username, "Wrong-Passw0rd")) as client:
        with pytest.raises(exceptions.UnauthorizedException):
            UserApi(client).get_current_user_info()


def test_nobody_is_there(live: Live) -> None:
    user_id, _, _ = live.create()
    live.api.delete_user(user_id)
    for call in (live.api.get_user, live.api.delete_user):
        with pytest.raises(exceptions.NotFoundException) as caught:
            call(user_id)
        assert caught.value.status == 404
    with pytest.raises(exceptions.NotFoundException):
        live.api.update_user_password(user_id, PasswordReq(new_password="Passw0rd2"))


def test_no_cli_secret_without_oidc(live: Live) -> None:
    user_id, _, _ = live.create()
    with pytest.raises(ApiException) as caught:
        live.api.set_cli_secret(user_id, OIDCCliSecretReq(secret="Passw0rd3"))
    assert caught.value.status == 412


def test_a_wrong_base_path_is_not_harbor(live: Live) -> None:
    configuration = live.configuration()
    configuration.host = configuration.host.replace("/api/v2.0", "/api/v2")
    with harbor_client.ApiClient(configuration) as client:
        with pytest.raises(ApiException) as caught:
            UserApi(client).get_user(1)
    assert not isinstance(caught.value, exceptions.NotFoundException)
