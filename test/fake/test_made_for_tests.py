"""What a test can do with a fake Harbor: fill it, look at what came, let things go wrong."""

import gc
from types import CodeType, FunctionType, ModuleType

import pytest

from harbor_client.testing import FakeHarbor
from harbor_client.testing._versions import Version
from support.fakeapi import ADMIN, Api, creation
from support.rawhttp import Raw, basic

# -- filling -----------------------------------------------------------------------------------------------------------


def test_add_user(harbor: FakeHarbor, api: Api) -> None:
    assert harbor.add_user("alice") == 3
    given = {"email": "b@b.co", "realname": "Bob", "comment": "x", "sysadmin_flag": True}
    assert harbor.add_user("bob", password="Other0ne", **given) == 4  # type: ignore[arg-type]
    alice, bob = api("GET", "/users/3").json, api("GET", "/users/4").json
    assert (alice["email"], alice["realname"], alice["sysadmin_flag"]) == ("alice@example.com", "alice", False)
    assert {name: bob[name] for name in given} == given
    for caller in ("alice", ("bob", "Other0ne")):
        with Api(harbor, caller) as somebody:
            assert somebody("GET", "/users/current").status == 200
    assert harbor.add_user("old,name~", email="", realname="") == 5  # what the API refuses, servers hold
    with pytest.raises(ValueError, match="user alice or email new@b.co already exists"):
        harbor.add_user("alice", email="new@b.co")
    with pytest.raises(ValueError, match="too long for comment"):
        harbor.add_user("x", comment="x" * 31)
    with pytest.raises(ValueError, match="invalid byte sequence in username"):
        harbor.add_user("x\x00")
    assert harbor.user("alice") == alice
    assert harbor.user("ALICE") is None
    assert harbor.usernames == ["alice", "bob", "old,name~"]


def test_an_oidc_user_has_a_password_only_if_given(harbor: FakeHarbor) -> None:
    harbor.add_user("olga", oidc_user_meta={"subiss": "1x", "id": 7})
    harbor.add_user("otto", oidc_user_meta={"subiss": "2x"}, password="Passw0rd1")
    for user, status in (("olga", 401), ("otto", 200)):
        with Api(harbor, user) as api:
            assert api("GET", "/users/current").status == status
    for password in ("", "Passw0rd1"):
        with Api(harbor, ("olga", password)) as api:
            assert api("GET", "/users/current").status == 401


def test_add_users(harbor: FakeHarbor, api: Api) -> None:
    harbor.add_user("alice")
    assert harbor.add_users(3) == range(4, 7)
    assert harbor.add_users(0) == range(0)
    assert harbor.add_users(2, prefix="bot-", password="Bot12345") == range(7, 9)
    assert api.names() == ["alice", "bot-00007", "bot-00008", "user00004", "user00005", "user00006"]
    for caller in ("user00004", ("bot-00008", "Bot12345")):
        with Api(harbor, caller) as somebody:
            assert somebody("GET", "/users/current").status == 200


def test_robots_and_projects_that_make_no_sense(harbor: FakeHarbor) -> None:
    assert harbor.add_robot("ci") == "robot$ci"
    with pytest.raises(ValueError, match=r"there is a robot robot\$ci already"):
        harbor.add_robot("ci")
    with pytest.raises(ValueError, match="there is no project 9"):
        harbor.add_robot("ci", project_id=9)
    with pytest.raises(ValueError, match="no such role: boss; there are projectAdmin"):
        harbor.add_project("x", members={1: "boss"})
    with pytest.raises(ValueError, match="there is a project library already"):
        harbor.add_project("library")
    assert (harbor.add_project("a"), harbor.add_project("b")) == (2, 3)


def _texts_within(thing: object) -> set[str]:
    """Every text that can be reached from an object."""
    seen: set[int] = set()
    texts: set[str] = set()
    todo = [thing]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            texts.add(item)
        elif id(item) not in seen and not isinstance(item, (type, ModuleType, FunctionType, CodeType)):
            seen.add(id(item))
            todo += gc.get_referents(item)
    return texts


def test_passwords_are_kept_only_as_hashes(harbor: FakeHarbor) -> None:
    password = "UnheardOf99"
    for name in ("alice", "bob"):
        harbor.add_user(name, password=password)
    robot = harbor.add_robot("ci", secret=password)
    for caller in ("alice", robot):
        with Api(harbor, (caller, password)) as api:
            assert api("GET", "/users/search?username=x").status == 200
    harbor.requests.clear()
    harbor.stop()
    texts = _texts_within(harbor)
    assert {"alice", robot} <= texts
    assert not [text for text in texts if password in text]
    alice, bob = harbor._store.users[3], harbor._store.users[4]
    assert alice.password != bob.password  # salted
    assert password not in alice.password


@pytest.mark.parametrize(
    "settings",
    [
        {"version": "2.2.4"},
        {"version": "new"},
        {"version": "2.16.0.1"},
        {"auth_mode": "magic"},
        {"lock_seconds": -1},
        {"idle_timeout": 0},
        {"keep_requests": -1},
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        FakeHarbor(**settings)  # type: ignore[arg-type]


def test_what_no_database_holds(harbor: FakeHarbor) -> None:
    for text in ("a\x00b", chr(0xD800), chr(0xDC80), chr(0xDFFF)):
        with pytest.raises(ValueError, match="invalid byte sequence in username"):
            harbor.add_user(text)
        with pytest.raises(ValueError, match="invalid byte sequence in comment"):
            harbor.add_user("alice", comment=text)
    assert harbor.add_user(chr(0xD7FF) + chr(0xE000)) == 3


@pytest.mark.parametrize("version", ["2.3.0", "2.16", "v2.12.4", "2.16.0-dev", "3.0.1"])
def test_versions(version: str) -> None:
    assert FakeHarbor(version).version == version.removeprefix("v")


@pytest.mark.parametrize(
    ("rule", "last_before", "first"),
    [
        ("asks_for_self_first", "2.14.4", "2.15.0"),
        ("search_reads_raw", "2.14.1", "2.14.2"),
        ("search_sorts_page", "2.7.4", "2.8.0"),
        ("limits_operators", "2.13.1", "2.13.2"),
        ("hides_password_columns", "2.12.4", "2.13.0"),
        ("checks_username", "2.9.5", "2.10.0"),
        ("illegal_characters", "2.9.5", "2.10.0"),
        ("caps_passwords", "2.8.6", "2.9.0"),
        ("total_excludes_admin", "2.5.6", "2.6.0"),
        ("robots_manage_users", "2.9.5", "2.10.0"),
        ("logs_are_for_project_admins", "2.12.4", "2.13.0"),
        ("maintainers_read_webhooks", "2.13.5", "2.14.0"),
        ("reads_accept_as_media_types", "2.15.1", "2.15.2"),
        ("password_version", "2.15.1", "2.15.2"),
    ],
)
def test_when_rules_changed(rule: str, last_before: str, first: str) -> None:
    def at(text: str) -> object:
        return vars(Version(text))[rule]

    assert at("2.3.0") == at(last_before) != at(first)


def test_a_version_without_a_third_number_is_the_first_of_its_line() -> None:
    with FakeHarbor("2.15") as harbor, Api(harbor, None) as api:
        assert api("GET", "/users/1").status == 500
    with FakeHarbor("2.14") as harbor, Api(harbor, None) as api:
        assert api("GET", "/users/1").status == 401


def test_starting_and_stopping() -> None:
    harbor = FakeHarbor()
    for name in ("url", "port", "ca_cert"):
        with pytest.raises(RuntimeError):
            getattr(harbor, name)
    harbor.stop()
    assert harbor.start() is harbor
    url = harbor.url
    assert harbor.start().url == url == f"http://127.0.0.1:{harbor.port}/api/v2.0"
    assert harbor.root_url == f"http://127.0.0.1:{harbor.port}"
    harbor.add_user("alice")
    harbor.stop()
    harbor.stop()
    with harbor, Api(harbor) as api:
        assert api.names() == ["alice"]
    taken = FakeHarbor().start()
    with pytest.raises(OSError, match="in use"), FakeHarbor(port=taken.port):
        pass
    taken.stop()


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("example.com", False),
    ],
)
def test_only_local(host: str, local: bool) -> None:
    assert FakeHarbor(host=host).only_local is local


def test_an_address_for_everybody_is_shown_as_one_that_can_be_called() -> None:
    with FakeHarbor(host="0.0.0.0") as harbor:
        assert harbor.root_url == f"http://127.0.0.1:{harbor.port}"


# -- looking at what came ----------------------------------------------------------------------------------------------


def test_requests(harbor: FakeHarbor) -> None:
    harbor.clock.freeze()
    with Api(harbor) as api:
        api("GET", "/users?q=a%3D1&q=b%252C&page=2", headers={"X-Thing": "1", "x-thing": "2"})
        api("POST", "/users/", creation("carol"))
    assert len(harbor.requests) == 2
    first, second = harbor.requests
    assert (first.method, first.path, first.user, first.body) == ("GET", "/users", "admin", b"")
    assert first.target == "/api/v2.0/users?q=a%3D1&q=b%252C&page=2"
    assert first.query == {"q": "b%2C", "page": "2"}
    assert first.headers["x-thing"] == "1, 2"
    assert first.headers["authorization"] == basic(*ADMIN)
    assert first.json is None
    assert first.time == harbor.clock.time()
    assert (second.path, second.json) == ("/users/", creation("carol"))
    assert harbor.requests[-1] is second
    assert harbor.requests[:1] == [first]
    with Raw(harbor.host, harbor.port) as raw:
        raw.request("GET", "/elsewhere")
    assert (harbor.requests[2].path, harbor.requests[2].user) == ("/elsewhere", None)
    harbor.requests.clear()
    assert list(harbor.requests) == []


def test_requests_show_no_secrets(harbor: FakeHarbor) -> None:
    with Api(harbor, ("alice", "Hush1")) as api:
        api("GET", "/users?q=Hush2&page=1", headers={"Cookie": "sid=Hush3"})
        api("PUT", "/users/3/password", {"new_password": "Hush4"})
    assert repr(harbor.requests) == (
        "[<ReceivedRequest GET /users?q=…&page=… by 'alice', a body of 0 bytes>, "
        "<ReceivedRequest PUT /users/3/password by 'alice', a body of 25 bytes>]"
    )
    assert harbor.requests[1].json["new_password"] == "Hush4"


def test_only_the_latest_requests_are_kept() -> None:
    with FakeHarbor(keep_requests=2) as harbor, Api(harbor) as api:
        for user_id in range(4):
            api("GET", f"/users/{user_id}")
        assert [request.path for request in harbor.requests] == ["/users/2", "/users/3"]
    with FakeHarbor(keep_requests=0) as harbor, Api(harbor) as api:
        api("GET", "/users")
        assert len(harbor.requests) == 0


# -- projects ----------------------------------------------------------------------------------------------------------


def test_projects_and_members(harbor: FakeHarbor, api: Api) -> None:
    alice = harbor.add_user("alice")
    bob = harbor.add_user("bob")
    team = harbor.add_project("team", public=True, owner="alice", members={"bob": "limited_guest"})
    assert harbor.members("team") == {"alice": "projectAdmin", "bob": "limitedGuest"}
    assert harbor.add_member(team, bob, "developer") == harbor.add_member("library", "bob", 4) - 1
    assert harbor.members(team) == {"alice": "projectAdmin", "bob": "developer"}
    assert api("GET", f"/projects/{team}").json["metadata"] == {"public": "true"}
    listed = api("GET", "/projects/team/members").json
    assert [(each["entity_id"], each["role_id"]) for each in listed] == [(alice, 1), (bob, 2)]
    api("PUT", f"/projects/team/members/{listed[1]['id']}", {"role_id": 99})
    assert harbor.members("team") == {"alice": "projectAdmin", "bob": ""}
    harbor.set_repositories("team", 2)
    assert api("DELETE", "/projects/team").status == 412


def test_projects_and_members_that_make_no_sense(harbor: FakeHarbor) -> None:
    for call, message in (
        (lambda: harbor.add_member("nope", "admin", 1), "there is no project 'nope'"),
        (lambda: harbor.add_member(1, "nobody", 1), "there is no user 'nobody'"),
        (lambda: harbor.add_member(1, 2, 1), "there is no user 2"),
        (lambda: harbor.add_member(1, 1, 6), "no such role: 6; there are projectAdmin, developer"),
        (lambda: harbor.add_project("x", owner="nobody"), "there is no user 'nobody'"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_a_robot_made_by_request_works(harbor: FakeHarbor, api: Api) -> None:
    access = [{"resource": "member", "action": "list"}]
    permissions = [{"kind": "project", "namespace": "library", "access": access}]
    made = api("POST", "/robots", {"name": "r", "level": "project", "permissions": permissions})
    assert (made.status, made.json["name"]) == (201, "robot$library+r")
    with Api(harbor, (made.json["name"], made.json["secret"])) as robot:
        assert robot("GET", "/projects/library/members").status == 200
        assert robot("GET", "/projects/library").status == 403
        assert robot("POST", "/projects", {"project_name": "x"}).error == (
            "FORBIDDEN",
            "Only system level robot can create project",
        )
    assert api("POST", "/robots", {"name": "r", "level": "project", "permissions": permissions}).status == 409


def test_robots_that_harbor_refuses(harbor: FakeHarbor, api: Api) -> None:
    access = [{"resource": "user", "action": "list"}]
    good = {"name": "r", "level": "system", "permissions": [{"kind": "system", "namespace": "/", "access": access}]}
    in_project = {"kind": "project", "namespace": "nope", "access": [{"resource": "member", "action": "list"}]}
    for wrong, status, message in (
        ({"name": None}, 400, "robot name is not in lower case or contains illegal characters"),
        ({"level": None}, 400, "bad request error level input: "),
        ({"permissions": None}, 400, "bad request empty permission"),
        ({"permissions": [{}]}, 400, "bad request empty access"),
        ({"permissions": [{**in_project, "access": [{}]}]}, 400, "bad request permission: :"),
        ({"permissions": [{"access": access}]}, 400, "bad request permission level: "),
        ({"level": "project", "permissions": [in_project] * 2}, 400, "bad request permission"),
        ({"level": "project", "permissions": [in_project]}, 404, "project nope not found"),
    ):
        refused = api("POST", "/robots", {**good, **wrong})
        assert (refused.status, refused.json["errors"][0]["message"]) == (status, message)
    harbor.add_user("bob")
    with Api(harbor, ("bob", "Passw0rd1")) as bob:
        for body in (good, {**good, "level": "project", "permissions": [in_project]}):
            assert bob("POST", "/robots", body).status == 403


def test_a_robot_makes_projects_of_the_first_administrator(harbor: FakeHarbor) -> None:
    boss_id = harbor.add_user("boss", sysadmin_flag=True)
    robot = (harbor.add_robot("maker", permissions=[("project", "create")]), "Passw0rd1")
    with Api(harbor, robot) as maker, Api(harbor, ("boss", "Passw0rd1")) as boss:
        for owner, owner_id in (("admin", 1), ("boss", boss_id)):
            assert maker("POST", "/projects", {"project_name": f"of-{owner}"}).status == 201
            assert list(harbor.members(f"of-{owner}")) == [owner]
            boss("PUT", f"/users/{owner_id}/sysadmin", {"sysadmin_flag": False})
        assert maker("POST", "/projects", {"project_name": "of-nobody"}).status == 500
