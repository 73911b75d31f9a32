"""Who may do what: callers, versions, authentication modes, self-registration, read-only mode."""

import json
from collections.abc import Iterator

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import ADMIN, Api, creation
from support.rawhttp import Response

_PROFILE = {"email": "new@b.co", "realname": "New"}
_PASSWORD = {"new_password": "Passw0rd9"}
#: Every operation on the user with id 3 (alice), in an order in which one does not spoil the next.
_ON_ALICE: dict[str, tuple[str, str, object]] = {
    "get": ("GET", "/users/3", None),
    "profile": ("PUT", "/users/3", _PROFILE),
    "sysadmin": ("PUT", "/users/3/sysadmin", {"sysadmin_flag": False}),
    "secret": ("PUT", "/users/3/cli_secret", {"secret": "Abcdefg1"}),
    "password": ("PUT", "/users/3/password", _PASSWORD),
    "delete": ("DELETE", "/users/3", None),
}
_COMMON: dict[str, tuple[str, str, object]] = {
    "list": ("GET", "/users", None),
    "search": ("GET", "/users/search?username=a", None),
    "current": ("GET", "/users/current", None),
    "permissions": ("GET", "/users/current/permissions", None),
    "create": ("POST", "/users", creation("carol")),
    "settings": ("GET", "/configurations", None),
    "configure": ("PUT", "/configurations", {"read_only": False}),
}
_UNAUTHORIZED = "401 unauthorized"
_CRASH = "500"
_NO_SECRET = "412 unable to update CLI secret under authmode: db_auth"


def _short(answer: Response) -> str:
    """Status and message."""
    return str(answer.status) + (f" {answer.error[1]}" if answer.status >= 400 and answer.body else "")


def _try_all(harbor: FakeHarbor, caller: tuple[str, str] | str | None) -> dict[str, str]:
    with Api(harbor, caller) as api:
        return {name: _short(api(*call)) for name, call in (_COMMON | _ON_ALICE).items()}


def _harbor(version: str, **settings: str) -> Iterator[FakeHarbor]:
    with FakeHarbor(version, lock_seconds=0, **settings) as harbor:  # type: ignore[arg-type]
        harbor.add_user("alice")
        harbor.add_user("bob")
        yield harbor


@pytest.fixture(params=["2.16.0", "2.15.0"])
def new(request: pytest.FixtureRequest) -> Iterator[FakeHarbor]:
    yield from _harbor(request.param)


@pytest.fixture(params=["2.14.4", "2.12.4", "2.3.0"])
def old(request: pytest.FixtureRequest) -> Iterator[FakeHarbor]:
    yield from _harbor(request.param)


@pytest.mark.parametrize("caller", [None, ("alice", "wrong"), ("nobody", "Passw0rd1"), ("", "")])
def test_nobody_on_new_servers(new: FakeHarbor, caller: tuple[str, str] | None) -> None:
    assert _try_all(new, caller) == {
        **dict.fromkeys([*_COMMON, *_ON_ALICE], _UNAUTHORIZED),
        "get": _CRASH,
        "profile": _CRASH,
        "password": _CRASH,
        "secret": _NO_SECRET,
    }


@pytest.mark.parametrize("caller", [None, ("alice", "wrong")])
def test_nobody_on_old_servers(old: FakeHarbor, caller: tuple[str, str] | None) -> None:
    everything = dict.fromkeys([*_COMMON, *_ON_ALICE], _UNAUTHORIZED)
    assert _try_all(old, caller) == {**everything, "secret": _NO_SECRET}


def test_a_regular_user_on_new_servers(new: FakeHarbor) -> None:
    allowed = dict.fromkeys(("search", "current", "permissions"), "200")
    refused = dict.fromkeys([*_COMMON, *_ON_ALICE], "403 bob")
    assert _try_all(new, "bob") == {**refused, **allowed, "secret": _NO_SECRET}


def test_a_regular_user_on_old_servers(old: FakeHarbor) -> None:
    assert _try_all(old, "bob") == {
        "list": "403 bob",
        "search": "200",
        "current": "200",
        "permissions": "200",
        "create": "403 bob",
        "settings": "403 bob",
        "configure": "403 bob",
        "get": "403 Not authorized to read user: 3",
        "profile": "403 User with ID 3 can't be updated",
        "password": "403 User with ID 3 can't be updated",
        "sysadmin": "403 bob",
        "secret": _NO_SECRET,
        "delete": "403 Not authorized to delete users",
    }


@pytest.mark.parametrize("version", ["2.16.0", "2.12.4"])
def test_oneself(version: str) -> None:
    with FakeHarbor(version) as harbor:
        harbor.add_user("alice")
        with Api(harbor, "alice") as alice:
            assert alice("GET", "/users/3").status == 200
            assert alice("PUT", "/users/3", _PROFILE).status == 200
            assert alice("PUT", "/users/3/sysadmin", {"sysadmin_flag": True}).error == ("FORBIDDEN", "alice")
            assert alice("DELETE", "/users/3").status == 403
            change = {"old_password": "Passw0rd1", "new_password": "Passw0rd2"}
            assert alice("PUT", "/users/3/password", change).status == 200


@pytest.mark.parametrize("version", ["2.16.0", "2.12.4"])
def test_a_system_administrator(version: str) -> None:
    with FakeHarbor(version) as harbor:
        harbor.add_user("alice")
        harbor.add_user("root", sysadmin_flag=True)
        outcome = _try_all(harbor, "root")
    assert outcome == {**dict.fromkeys([*_COMMON, *_ON_ALICE], "200"), "create": "201", "secret": _NO_SECRET}


def test_a_system_robot_on_new_servers(new: FakeHarbor) -> None:
    everything = [("user", action) for action in ("create", "read", "update", "delete", "list")]
    able = new.add_robot("able", permissions=everything)
    outcome = _try_all(new, able)
    assert outcome == {
        **dict.fromkeys([*_COMMON, *_ON_ALICE], "200"),
        "create": "201",
        "current": "412 get current user not available for security context: robot",
        "secret": _NO_SECRET,
        "settings": f"403 {able}",
        "configure": f"403 {able}",
    }
    idle = new.add_robot("idle")
    assert _try_all(new, idle) == {
        **dict.fromkeys([*_COMMON, *_ON_ALICE], f"403 {idle}"),
        "current": outcome["current"],
        "search": "200",
        "permissions": "200",
        "secret": _NO_SECRET,
    }


@pytest.mark.parametrize("version", ["2.12.4", "2.10.0"])
def test_a_system_robot_on_old_servers(version: str) -> None:
    with FakeHarbor(version) as harbor:
        harbor.add_user("alice")
        robot = harbor.add_robot(
            "able", permissions=[("user", each) for each in ("create", "read", "update", "delete", "list")]
        )
        assert _try_all(harbor, robot) == {
            "list": "200",
            "search": "200",
            "current": "412 get current user not available for security context: robot",
            "permissions": "200",
            "create": "201",
            "settings": f"403 {robot}",
            "configure": f"403 {robot}",
            "get": "403 Not authorized to read user: 3",
            "profile": "403 User with ID 3 can't be updated",
            "password": "403 User with ID 3 can't be updated",
            "sysadmin": "200",
            "secret": _NO_SECRET,
            "delete": "403 Not authorized to delete users",
        }


def test_robots_before_2_10_manage_no_users() -> None:
    with FakeHarbor("2.9.0") as harbor:
        robot = harbor.add_robot("able", permissions=[("user", "list"), ("configuration", "read")])
        with Api(harbor, robot) as api:
            assert api("GET", "/users").error == ("FORBIDDEN", robot)
            assert api("GET", "/configurations").status == 200


def test_a_project_robot_manages_no_users(new: FakeHarbor) -> None:
    robot = new.add_robot("able", project_id=1, permissions=[("user", "list"), ("repository", "push")])
    assert robot == "robot$library+able"
    with Api(new, robot) as api:
        assert api("GET", "/users").error == ("FORBIDDEN", robot)


def test_a_robot_with_a_wrong_secret_is_a_wrong_password(new: FakeHarbor) -> None:
    robot = new.add_robot("ci", secret="S3cretSecret")
    for password, status in (("Passw0rd1", 401), ("S3cretSecret", 200)):
        with Api(new, (robot, password)) as api:
            assert api("GET", "/users/search?username=x").status == status
    with Api(new, ("robot$nobody", "Passw0rd1")) as api:
        assert api("GET", "/users/search?username=x").status == 401


# -- OIDC and the other modes ------------------------------------------------------------------------------------------


@pytest.fixture(params=["2.16.0", "2.12.4"])
def oidc(request: pytest.FixtureRequest) -> Iterator[FakeHarbor]:
    with FakeHarbor(request.param, auth_mode="oidc_auth", lock_seconds=0) as harbor:
        harbor.add_user("alice", oidc_user_meta={"subiss": "1https://idp", "secret": "Abcdefg9"})
        harbor.add_user("local")
        yield harbor


def test_oidc_as_the_administrator(oidc: FakeHarbor) -> None:
    assert _try_all(oidc, ADMIN) == {
        **dict.fromkeys([*_COMMON, *_ON_ALICE], "200"),
        "create": "403 creating local user is not allowed under auth mode: oidc_auth",
        "profile": "403 User with ID 3 can't be updated",
        "password": "403 User with ID 3 can't be updated",
    }


def test_oidc_as_nobody(oidc: FakeHarbor) -> None:
    outcome = _try_all(oidc, None)
    asks_first = oidc.version == "2.16.0"
    cannot = "403 User with ID 3 can't be updated" if asks_first else _UNAUTHORIZED
    assert outcome == {
        **dict.fromkeys([*_COMMON, *_ON_ALICE], _UNAUTHORIZED),
        "create": "403 creating local user is not allowed under auth mode: oidc_auth",
        "get": _CRASH if asks_first else _UNAUTHORIZED,
        "secret": _CRASH if asks_first else _UNAUTHORIZED,
        "profile": cannot,
        "password": cannot,
    }
    with Api(oidc, None) as api:
        assert _short(api("PUT", "/users/1", _PROFILE)) == _UNAUTHORIZED


def test_oidc_users_cannot_log_in_with_a_password(oidc: FakeHarbor) -> None:
    for caller in (("alice", "Abcdefg9"), "local", ("admin", "wrong")):
        with Api(oidc, caller) as api:
            assert api("GET", "/users/current").status == 401


def test_oidc_locks_only_the_administrator() -> None:
    with FakeHarbor(auth_mode="oidc_auth", lock_seconds=1.5) as harbor:
        harbor.clock.freeze()
        harbor.add_user("alice", oidc_user_meta={"subiss": "1x"})
        with Api(harbor, ("alice", "wrong")) as api:
            assert api("GET", "/users/current").status == 401  # the clock stands: it was not held back
        harbor.clock.unfreeze()


def test_oidc_data_is_shown_of_one_user_only(oidc: FakeHarbor) -> None:
    with Api(oidc) as api:
        user = api("GET", "/users/3").json
        assert list(user) == sorted(user)
        meta = user["oidc_user_meta"]
        assert list(meta) == ["creation_time", "id", "secret", "subiss", "update_time", "user_id"]
        assert (meta["id"], meta["secret"], meta["subiss"], meta["user_id"]) == (1, "Abcdefg9", "1https://idp", 3)
        assert "oidc_user_meta" not in api("GET", "/users?q=user_id%3D3").json[0]
        assert "oidc_user_meta" not in api("GET", "/users/1").json
        assert _short(api("GET", "/users/4")) == "500 internal server error"  # who has no such data
        assert oidc.add_user("olga", oidc_user_meta={"subiss": "2x"}) == 5
        second = api("GET", "/users/5").json["oidc_user_meta"]
        assert second["id"] == 2
        assert "secret" not in second


def test_cli_secrets(oidc: FakeHarbor) -> None:
    with Api(oidc) as api:
        before = api("GET", "/users/3").json
        oidc.clock.advance(1)
        assert api("PUT", "/users/3/cli_secret", {"secret": "Abcdefg2"}).status == 200
        after = api("GET", "/users/3").json
        assert after["oidc_user_meta"]["secret"] == "Abcdefg2"
        assert after["oidc_user_meta"]["update_time"] > before["oidc_user_meta"]["update_time"]
        assert after["update_time"] == before["update_time"]
        seen = set()
        for body in ({}, {"secret": ""}, {"secret": None}):
            assert api("PUT", "/users/3/cli_secret", body).status == 200
            seen.add(api("GET", "/users/3").json["oidc_user_meta"]["secret"])
        assert len(seen) == 3
        assert "Abcdefg2" not in seen
        for user_id, message in ((4, "oidc info for user 4 not found"), (99, "oidc info for user 99 not found")):
            assert api("PUT", f"/users/{user_id}/cli_secret", {"secret": "Abcdefg2"}).error[1] == message
        for user_id, status in ((2**31 - 1, 404), (2**31, 500), (-(2**31), 404), (-(2**31) - 1, 500)):
            assert api("PUT", f"/users/{user_id}/cli_secret", {"secret": "Abcdefg2"}).status == status
        assert api("PUT", "/users/4/cli_secret", {"secret": "weak"}).status == 400
        assert api("DELETE", "/users/3").status == 200
        assert api("PUT", "/users/3/cli_secret", {"secret": "Abcdefg2"}).status == 404


def test_the_administrator_changes_its_own_profile_and_password_under_oidc(oidc: FakeHarbor) -> None:
    with Api(oidc) as api:
        assert api("PUT", "/users/1", _PROFILE).status == 200
        assert api("PUT", "/users/1/password", {"new_password": "Passw0rd9"}).status == 403
        change = {"old_password": "Harbor12345", "new_password": "Passw0rd9"}
        assert api("PUT", "/users/1/password", change).status == 200


def test_oidc_data_outlives_a_user_who_is_deleted_in_another_mode() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        harbor.add_user("olga", oidc_user_meta={"subiss": "x", "secret": "Abcdefg1"})
        assert api("DELETE", "/users/3").status == 200
        assert api("PUT", "/configurations", {"auth_mode": "oidc_auth"}).status == 200
        assert api("PUT", "/users/3/cli_secret", {"secret": "Abcdefg2"}).status == 200


def test_robots_and_the_configuration() -> None:
    with FakeHarbor() as harbor:
        may = harbor.add_robot("may", permissions=[("configuration", "update"), ("configuration", "read")])
        may_not = harbor.add_robot("maynot", permissions=[("user", "update"), ("user", "read")])
        for name, status in ((may, 200), (may_not, 403)):
            with Api(harbor, name) as api:
                assert api("PUT", "/configurations", {"self_registration": True}).status == status
                assert api("GET", "/configurations").status == status


def test_a_robot_changes_nobody_under_oidc_on_old_servers() -> None:
    with FakeHarbor("2.12.4", auth_mode="oidc_auth") as harbor:
        with Api(harbor, harbor.add_robot("ci", permissions=[("user", "update")])) as api:
            assert _short(api("PUT", "/users/1", _PROFILE)) == "403 User with ID 1 can't be updated"


@pytest.mark.parametrize("mode", ["ldap_auth", "uaa_auth", "http_auth"])
def test_other_modes(mode: str) -> None:
    with FakeHarbor(auth_mode=mode) as harbor, Api(harbor) as api:
        assert api.create("a").error[1] == f"creating local user is not allowed under auth mode: {mode}"
        assert api("PUT", "/users/1/cli_secret", {}).error[1] == f"unable to update CLI secret under authmode: {mode}"


# -- self-registration, read-only mode, configuration ------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.16.0", "2.12.4"])
def test_self_registration_is_not_for_the_api(version: str) -> None:
    with FakeHarbor(version, self_registration=True) as harbor:
        harbor.add_user("bob")
        refused = "403 self-registration cannot be triggered via API"
        for caller, outcome in ((None, refused), ("bob", refused), (ADMIN, "201")):
            with Api(harbor, caller) as api:
                assert _short(api.create("carol")) == outcome
                assert _short(api.create("dave", password="x")) == (outcome if outcome == refused else api_weak())


def api_weak() -> str:
    return (
        "400 the password or secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, "
        "1 lowercase letter and 1 number"
    )


@pytest.mark.parametrize("version", ["2.16.0", "2.12.4"])
def test_read_only_mode(version: str) -> None:
    denied = ("DENIED", "The system is in read only mode. Any modification is prohibited.")
    with FakeHarbor(version, read_only=True, lock_seconds=0) as harbor:
        harbor.add_user("alice")
        for caller in (ADMIN, None, "alice", ("alice", "wrong")):
            with Api(harbor, caller) as api:
                writes = [("POST", "/users"), ("PUT", "/users/3"), ("DELETE", "/users/3"), ("PATCH", "/users/3")]
                for method, path in [*writes, ("POST", "/configurations"), ("PUT", "/users/abc"), ("TRACE", "/users")]:
                    answer = api(method, path)
                    assert (answer.status, answer.error) == (403, denied)
                    assert answer.header("Set-Cookie") is None
                    assert answer.header("X-Request-Id")
        with Api(harbor) as api:
            assert api("GET", "/users").status == 200
            assert api("HEAD", "/users").status == 405
            assert api("OPTIONS", "/users").status == 405
            assert api("PUT", "/configurations", {"read_only": False}).status == 200
            assert api("DELETE", "/users/3").status == 200


def test_configuration() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        assert api("PUT", "/configurations", {"self_registration": True, "read_only": True}).status == 200
        assert (harbor.settings.self_registration, harbor.settings.read_only) == (True, True)
        assert api("PUT", "/configurations", {"READ_ONLY": False, "unknown": [1]}).status == 200
        assert (harbor.settings.self_registration, harbor.settings.read_only) == (True, False)
        wrong = api("PUT", "/configurations", {"auth_mode": "magic", "self_registration": False})
        assert (wrong.status, wrong.error[0]) == (400, "BAD_REQUEST")
        assert wrong.error[1].endswith("one of db_auth, ldap_auth, uaa_auth, http_auth, oidc_auth")
        assert harbor.settings.self_registration is True
        assert api("PUT", "/configurations", {"read_only": "yes"}).error[1] == (
            'validation failure list:\nparsing configurations body from "" failed, because json: cannot unmarshal '
            "string into Go struct field Configurations.read_only of type bool"
        )
        assert api("PUT", "/configurations").error[1] == (
            "validation failure list:\nconfigurations in body is required"
        )
        shown = api("GET", "/configurations").json
        assert shown["auth_mode"] == {"editable": True, "value": "db_auth"}
        assert shown["self_registration"] == {"editable": True, "value": True}
        assert (shown["oidc_verify_cert"]["value"], shown["oidc_auto_onboard"]["value"]) == (True, False)
        assert list(shown) == sorted(shown)
        oidc = {"auth_mode": "oidc_auth", "oidc_name": "x", "oidc_client_secret": "hush"}
        assert api("PUT", "/configurations", oidc).status == 200
        answer = api("GET", "/configurations")
        assert answer.json["oidc_name"]["value"] == "x"
        assert b"hush" not in answer.body
        user_id = harbor.add_user("alice")
        assert api("GET", "/configurations").json["auth_mode"]["editable"] is False
        changed = api("PUT", "/configurations", {"auth_mode": "db_auth"})
        assert changed.error[1] == "the auth mode cannot be modified as new users have been inserted into database"
        assert api("PUT", "/configurations", {"auth_mode": "oidc_auth"}).status == 200
        assert api("DELETE", f"/users/{user_id}").status == 200
        assert api("PUT", "/configurations", {"auth_mode": "db_auth"}).status == 200


# -- permissions -------------------------------------------------------------------------------------------------------


def _permissions(harbor: FakeHarbor, caller: tuple[str, str] | str, query: str) -> set[tuple[str, str]]:
    with Api(harbor, caller) as api:
        answer = api("GET", f"/users/current/permissions?{query}")
        assert answer.status == 200, answer
        found = [(item["resource"], item["action"]) for item in answer.json]
        assert len(set(found)) == len(found)
        return set(found)


@pytest.mark.parametrize(
    ("version", "counts"),
    [
        ("2.16.0", {"projectAdmin": 75, "maintainer": 53, "developer": 36, "guest": 20, "limitedGuest": 14}),
        ("2.13.0", {"projectAdmin": 75, "maintainer": 52, "developer": 36, "guest": 20, "limitedGuest": 14}),
        ("2.12.4", {"projectAdmin": 75, "maintainer": 53, "developer": 37, "guest": 21, "limitedGuest": 14}),
    ],
)
def test_permissions_by_role(version: str, counts: dict[str, int]) -> None:
    with FakeHarbor(version) as harbor:
        ids = {role: harbor.add_user(role) for role in counts}
        project = harbor.add_project("app", members={user_id: role for role, user_id in ids.items()})
        assert project == 2
        scope = f"scope=/project/{project}"
        held = {role: _permissions(harbor, role, scope) for role in counts}
        assert {role: len(permissions) for role, permissions in held.items()} == counts
        assert held["limitedGuest"] < held["guest"]
        assert held["guest"] - {("/project/2/log", "list")} < held["developer"] < held["projectAdmin"]
        harbor.add_user("stranger")
        assert _permissions(harbor, "stranger", scope) == set()
        assert len(_permissions(harbor, "stranger", "scope=/project/1")) == 12
        # of a public project a member has both
        public = harbor.add_project("open", public=True, members={ids["limitedGuest"]: "limitedGuest"})
        assert len(_permissions(harbor, "limitedGuest", f"scope=/project/{public}")) == 16


def test_scopes() -> None:
    with FakeHarbor() as harbor:
        harbor.add_user("alice")
        whole = _permissions(harbor, ADMIN, "scope=/project/1")
        assert ("/project/1", "read") in whole
        assert ("/project/1/repository", "push") in whole
        for scope in ("/project/1/", "/project/1/repository", "/project/%2B1", "/project/01"):
            assert _permissions(harbor, ADMIN, f"scope={scope}") == whole, scope
        for scope in ("project/1", "/project/", "/project/a", "/project/1x", "/project/1.0", "x/project/1", "/"):
            assert _permissions(harbor, ADMIN, f"scope={scope}") == set(), scope
        assert len(_permissions(harbor, ADMIN, "scope=/project/-7")) == 75
        assert len(_permissions(harbor, ADMIN, "scope=/systemx")) == 53
        relative = {(resource.removeprefix("/project/1").lstrip("/") or ".", action) for resource, action in whole}
        for yes in ("true", "1", "YES", "ok", "y", "on", "selected", "checked", "T", "enabled"):
            assert _permissions(harbor, ADMIN, f"scope=/project/1&relative={yes}") == relative, yes
        for no in ("", "false", "0", "2", "tru"):
            assert _permissions(harbor, ADMIN, f"scope=/project/1&relative={no}") == whole, no
        below = _permissions(harbor, ADMIN, "scope=/project/1/repository&relative=true")
        assert below == {(".", action) for resource, action in relative if resource == "repository"}
        assert _permissions(harbor, ADMIN, "scope=/project/01&relative=true") == set()
        assert _permissions(harbor, ADMIN, "scope=/project/1/m&relative=true") == {
            (resource[1:], action) for resource, action in relative if resource in ("member", "metadata")
        }
        assert _permissions(harbor, "alice", "scope=/project/99") == set()


def test_permissions_of_robots() -> None:
    with FakeHarbor() as harbor:
        robot = harbor.add_robot("ci", project_id=1, permissions=[("repository", "push"), ("tag", "list"), ("x", "y")])
        assert _permissions(harbor, robot, "scope=/project/1&relative=true") == {
            ("repository", "push"),
            ("repository", "pull"),
            ("tag", "list"),
        }
        assert _permissions(harbor, robot, "scope=/project/2") == set()
        assert _permissions(harbor, robot, "scope=/system") == set()
        system = harbor.add_robot("all", permissions=[("user", "list")])
        assert _permissions(harbor, system, "scope=/system") == set()


def test_permissions_are_written_like_any_answer() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        assert api("GET", "/users/current/permissions").body == b"[]\n"
        answer = api("GET", "/users/current/permissions?scope=/system")
        assert answer.body == json.dumps(answer.json, separators=(",", ":"), sort_keys=True).encode() + b"\n"
