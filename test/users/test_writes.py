"""create, ensure, ensure_absent, patch and change_password: right once, and settled by looking."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from harbor_client import (
    BadRequestException,
    ConflictException,
    ConnectionException,
    ForbiddenException,
    NotFoundException,
    ServiceException,
    UnauthorizedException,
    UnexpectedResponseException,
    UserApi,
    passwords,
)
from harbor_client.testing import FakeHarbor
from harbor_client.users import (
    GENERATE,
    Change,
    EmailTakenException,
    NoLocalUsersException,
    UsernameTakenException,
    Users,
)

AsUser = Callable[..., Users]
PASSWORD = "Passw0rd1"


def writes(harbor: FakeHarbor) -> list[str]:
    return [f"{request.method} {request.path}" for request in harbor.requests if request.method != "GET"]


def logs_in(harbor: FakeHarbor, name: str, password: str) -> bool:
    from harbor_client import ApiClient

    with ApiClient(harbor.configuration(name, password)) as client:
        try:
            UserApi(client).get_current_user_info()
        except UnauthorizedException:
            return False
        return True


# -- create ------------------------------------------------------------------------------------------------------------


def test_create_gives_the_id(harbor: FakeHarbor, users: Users) -> None:
    assert users.create("alice", email="alice@example.com", password=PASSWORD) == 3
    assert users.create(username="bob", email="b@example.com", realname="Bob B.", password=PASSWORD, comment="x") == 4
    assert users.create("carol", email="c@example.com", realname="C", password=PASSWORD) == 5
    assert users.create("dan", email="d@example.com", password=PASSWORD, sysadmin_flag=True) == 6
    found = [users.get(number) for number in (3, 4, 5, 6)]
    assert [(user.username, user.realname, user.comment, user.sysadmin_flag) for user in found] == [
        ("alice", "alice", None, False),
        ("bob", "Bob B.", "x", False),
        ("carol", "C", None, False),
        ("dan", "dan", None, True),
    ]


def test_names_that_differ_in_case_are_different_users(harbor: FakeHarbor, users: Users) -> None:
    assert users.create("alice", email="a1@example.com", password=PASSWORD) != users.create(
        "Alice", email="a2@example.com", password=PASSWORD
    )
    assert users.ensure("ALICE", email="a3@example.com", password=PASSWORD).action == "created"
    assert users.get("alice").email == "a1@example.com"


def test_create_tells_what_is_taken(harbor: FakeHarbor, users: Users) -> None:
    alice = harbor.add_user("alice", email="a@example.com")
    with pytest.raises(UsernameTakenException) as taken:
        users.create("alice", email="other@example.com", password=PASSWORD)
    assert isinstance(taken.value, ConflictException)
    assert (taken.value.status, taken.value.code) == (409, "CONFLICT")
    with pytest.raises(EmailTakenException) as used:
        users.create("Alice", email="a@example.com", password=PASSWORD)
    assert isinstance(used.value, ConflictException)
    assert "alice" in str(used.value)
    assert str(alice) in (used.value.hint or "")
    assert isinstance(pickle.loads(pickle.dumps(used.value)), EmailTakenException)
    harbor._store.users[1].email = "boss@example.com"
    harbor._store._emails["boss@example.com"] = harbor._store.users[1]
    with pytest.raises(EmailTakenException, match="admin"):
        users.create("x", email="boss@example.com", password=PASSWORD)


def test_robots_are_told_what_is_taken_too(harbor: FakeHarbor, as_user: AsUser) -> None:
    harbor.add_user("alice", email="a@example.com")
    robot = as_user(harbor.add_robot("onboarding", permissions=[("user", "create"), ("user", "list")]))
    with pytest.raises(EmailTakenException, match="'alice'"):  # though it may not read single users
        robot.ensure("bob", email="a@example.com", password=PASSWORD)
    with pytest.raises(UsernameTakenException):
        robot.create("alice", email="b@example.com", password=PASSWORD)
    (change,) = robot.apply([{"username": "bob", "email": "a@example.com", "password": PASSWORD}])
    assert str(change).startswith("! bob  (409) ")
    assert str(change).endswith("belongs to user 3, 'alice'.")


def test_removed_names_are_free_again(harbor: FakeHarbor, users: Users) -> None:
    first = users.create("alice", email="a@example.com", password=PASSWORD)
    assert users.ensure_absent("alice").action == "removed"
    change = users.ensure("alice", email="a@example.com", password=PASSWORD)
    assert change.action == "created"
    assert change.user_id != first
    for call in (lambda: users.patch(first, comment="x"), lambda: users.patch(first, sysadmin_flag=True)):
        with pytest.raises(NotFoundException):  # Harbor itself would say 200
            call()


def test_a_lost_answer_does_not_make_somebody_elses_user_ours(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", email="a@example.com", realname="alice", password="An0therPassword")
    for email, password in (("a@example.com", PASSWORD), ("another@example.com", "An0therPassword")):
        harbor.fail_next("POST", "/users", close="before")
        with pytest.raises(ConnectionException) as caught:
            users.create("alice", email=email, password=password)
        assert caught.value.outcome == "unknown"
    harbor.fail_next("POST", "/users", close="before")
    with pytest.raises(ConnectionException):
        users.create("alice", email="a@example.com", password="An0therPassword", comment="x")


def test_nobody_elses_user_counts_as_created_with_a_password_of_ours(harbor: FakeHarbor, users: Users) -> None:
    """Somebody else creates the same user between our look and our request, whose answer is lost."""
    harbor.fail_next("GET", "/users", status=200, body=[])  # she is not there yet...
    harbor.add_user("alice", email="a@example.com")  # ...and now she is
    harbor.fail_next("POST", "/users", close="before")
    with pytest.raises(ConnectionException, match="whom somebody else has created, so far") as caught:
        users.ensure("alice", email="a@example.com", password="An0therOne")
    assert caught.value.outcome == "unknown"
    assert writes(harbor) == ["POST /users"]


def test_the_id_without_a_location(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    harbor.fail_next("POST", "/users", status=201, body="", headers={})
    assert users.create("alice", email="alice@example.com", password=PASSWORD) == 3
    harbor.fail_next("POST", "/users", status=201, body="", headers={})
    with pytest.raises(UnexpectedResponseException) as caught:
        users.create("bob", email="bob@example.com", password=PASSWORD)
    assert caught.value.outcome == "unknown"


def test_servers_without_local_users(harbor: FakeHarbor, users: Users) -> None:
    olga = harbor.add_user("olga", oidc_user_meta={"subiss": "x"})
    harbor.settings.auth_mode = "oidc_auth"
    for call in (
        lambda: users.create("x", email="x@example.com", password=PASSWORD),
        lambda: users.ensure("x", email="x@example.com", password=PASSWORD),
    ):
        with pytest.raises(NoLocalUsersException) as caught:
            call()
        assert isinstance(caught.value, ForbiddenException)
        assert "oidc_auth" in (caught.value.message or "")
    for call in (
        lambda: users.patch("olga", comment="x"),
        lambda: users.change_password("olga", "N3wPassword"),
        lambda: users.change_password(olga, "N3wPassword"),
    ):
        with pytest.raises(NoLocalUsersException):
            call()
    # What needs no local user works.
    assert users.ensure("olga", sysadmin_flag=True).action == "changed"
    assert users.get(olga).sysadmin_flag
    assert users.ensure_absent("olga").action == "removed"


@pytest.mark.parametrize("name", ["alice", None])
def test_callers_without_rights(harbor: FakeHarbor, as_user: AsUser, name: str | None) -> None:
    harbor.add_user("alice", comment="old")
    harbor.add_user("bob", comment="old")
    users = as_user(name)
    for call in (
        lambda: users.create("x", email="x@example.com", password=PASSWORD),
        lambda: users.ensure("bob", comment="new"),
        lambda: users.ensure("bob", email="b@example.org", realname="B", comment="new"),
        lambda: users.ensure("bob", sysadmin_flag=True),
        # She cannot see these, so that they are not as wanted just because she sees nothing:
        lambda: users.ensure("bob", sysadmin_flag=False),
        lambda: users.ensure("bob", sysadmin_flag=False, dry_run=True),
        lambda: users.ensure("bob", comment=""),
        lambda: users.patch("bob", sysadmin_flag=False),
        lambda: users.ensure_absent("bob"),
        lambda: users.patch("bob", comment="x"),
    ):
        with pytest.raises((ForbiddenException, UnauthorizedException)) as caught:
            call()
        assert (
            "administrator" in (caught.value.hint or "") or "Not authorized" in (caught.value.message or "") or not name
        )
    assert (harbor.user("bob") or {})["comment"] == "old"
    if name:
        assert users.ensure(name, comment="mine").action == "changed"
        assert (harbor.user(name) or {})["comment"] == "mine"


# -- ensure and patch --------------------------------------------------------------------------------------------------


def test_ensure_brings_about_what_is_wanted_and_tells(harbor: FakeHarbor, users: Users) -> None:
    wanted = {"email": "a@example.com", "realname": "Alice A.", "comment": "ops", "sysadmin_flag": True}
    change = users.ensure("alice", password=PASSWORD, **wanted)
    assert (change.action, change.user_id) == ("created", 3)
    assert set(change.fields) == set(wanted)
    before = len(writes(harbor))
    assert users.ensure("alice", password=PASSWORD, **wanted).action == "unchanged"
    assert len(writes(harbor)) == before
    change = users.ensure("alice", realname="Alice B.", sysadmin_flag=False)
    assert change.action == "changed"
    assert change.fields == {"realname": ("Alice A.", "Alice B."), "sysadmin_flag": (True, False)}
    user = users.get(3)
    assert (user.email, user.realname, user.comment, user.sysadmin_flag) == ("a@example.com", "Alice B.", "ops", False)
    assert users.ensure("alice", comment="").fields == {"comment": ("ops", "")}
    assert users.get(3).comment is None
    assert users.ensure("alice", comment="").action == "unchanged"
    assert logs_in(harbor, "alice", PASSWORD)


def test_ensure_needs_what_a_new_user_needs(harbor: FakeHarbor, users: Users) -> None:
    harbor.requests.clear()
    for call in (
        lambda: users.ensure("alice"),
        lambda: users.ensure("alice", email="a@example.com"),
        lambda: users.ensure("alice", password=PASSWORD),
        lambda: users.change_password(1, "weak"),
    ):
        with pytest.raises(ValueError) as caught:
            call()
        assert "weak" not in str(caught.value)
    with pytest.raises(BadRequestException):
        users.create("a~b", email="a@example.com", realname="A", password=PASSWORD)
    assert writes(harbor) == ["POST /users"]


def test_the_built_in_administrator_needs_an_address_first(harbor: FakeHarbor, users: Users) -> None:
    """It has none when Harbor is installed, and Harbor then refuses every other profile of it."""
    refused = "'admin' has no email address, and Harbor requires one: set email as well"
    for dry_run in (True, False):
        with pytest.raises(ValueError, match=refused):
            users.patch("admin", comment="x", dry_run=dry_run)
        (change,) = users.apply([{"username": "admin", "comment": "x"}], dry_run=dry_run)
        assert refused in str(change)
    assert not writes(harbor)
    assert users.patch("admin", comment="x", email="admin@example.com").action == "changed"
    assert users.patch("admin", comment="y").action == "changed"


def test_dry_runs_change_nothing_and_tell_the_same(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", comment="old")
    harbor.add_user("bob")
    for call in (
        lambda dry_run: users.ensure("alice", comment="new", sysadmin_flag=True, dry_run=dry_run),
        lambda dry_run: users.ensure(
            "new", email="n@example.com", password=PASSWORD, sysadmin_flag=True, dry_run=dry_run
        ),
        lambda dry_run: users.ensure("bob", dry_run=dry_run),
        lambda dry_run: users.ensure_absent("bob", dry_run=dry_run),
        lambda dry_run: users.ensure_absent("nobody", dry_run=dry_run),
        lambda dry_run: users.patch("alice", realname="A", dry_run=dry_run),
        lambda dry_run: users.ensure("alice", password="An0therOne", update_password="always", dry_run=dry_run),
    ):
        before = writes(harbor)
        planned = call(True)
        assert writes(harbor) == before
        assert planned.dry_run
        done = call(False)
        assert (planned.action, planned.fields) == (done.action, done.fields)
        assert str(planned) == str(done)


def test_generated_passwords_work_and_are_shown_nowhere(harbor: FakeHarbor, users: Users) -> None:
    made: dict[str, str] = {}
    change = users.ensure("alice", email="a@example.com", password=GENERATE, on_password=made.__setitem__)
    first = made.pop("alice")
    assert not passwords.check(first)
    assert logs_in(harbor, "alice", first)
    for text in (repr(change), str(change), f"{change!r:>10}", repr([change]), repr(change.fields), repr(vars(change))):
        assert first not in text
    assert first.encode() not in pickle.dumps(change)
    assert pickle.loads(pickle.dumps(change)) == change
    harbor.fail_next("POST", "/users", close="after")
    users.ensure("bob", email="b@example.com", password=GENERATE, on_password=made.__setitem__)
    assert logs_in(harbor, "bob", made.pop("bob"))
    users.ensure("alice", password=GENERATE, on_password=made.__setitem__)
    assert not made
    again = users.ensure("alice", password=GENERATE, on_password=made.__setitem__, update_password="always")
    assert again.action == "changed"
    assert made["alice"] != first
    assert logs_in(harbor, "alice", made["alice"])
    assert pickle.loads(pickle.dumps(GENERATE)) is GENERATE


def test_given_passwords_are_set_only_when_asked_for(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", password=PASSWORD)
    assert users.ensure("alice", password="An0therOne").action == "unchanged"
    assert logs_in(harbor, "alice", PASSWORD)
    change = users.ensure("alice", password="An0therOne", update_password="always")
    assert (change.action, list(change.fields)) == ("changed", ["password"])
    assert "An0therOne" not in repr(change) + str(change)
    assert logs_in(harbor, "alice", "An0therOne")
    assert users.ensure("alice", password="An0therOne", update_password="always").action == "unchanged"
    with pytest.raises(ValueError):
        users.ensure("alice", password="weak", update_password="always")


def test_patch_leaves_the_rest_alone(harbor: FakeHarbor, users: Users) -> None:
    number = harbor.add_user("alice", email="a@example.com", realname="Alice", comment="keep me")
    assert users.patch(number, email="a2@example.com").fields == {"email": ("a@example.com", "a2@example.com")}
    assert users.patch("alice", realname="A").user_id == number
    user = users.get(number)
    assert (user.email, user.realname, user.comment) == ("a2@example.com", "A", "keep me")
    before = len(writes(harbor))
    assert users.patch(number, email="a2@example.com", comment="keep me", sysadmin_flag=False).action == "unchanged"
    assert users.patch(number).action == "unchanged"
    assert len(writes(harbor)) == before
    for missing in (99, "nobody", 2):
        with pytest.raises(NotFoundException):
            users.patch(missing, comment="x")


def test_an_address_that_is_taken_is_told_on_update_too(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", email="a@example.com")
    bob = harbor.add_user("bob", email="b@example.com", comment="keep")
    for call in (lambda: users.patch(bob, email="a@example.com"), lambda: users.ensure("bob", email="a@example.com")):
        with pytest.raises(EmailTakenException, match="alice"):
            call()
    harbor.fail_next("PUT", f"/users/{bob}", status=500)
    with pytest.raises(ServiceException):  # a failure of another kind stays what it is
        users.patch(bob, email="c@example.com")
    assert (harbor.user("bob") or {})["comment"] == "keep"


# -- ensure_absent -----------------------------------------------------------------------------------------------------


def test_ensure_absent(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    harbor.add_user("Alice")
    change = users.ensure_absent("alice")
    assert (change.action, change.user_id) == ("removed", 3)
    assert users.ensure_absent("alice").action == "not_found"
    with pytest.raises(NotFoundException, match="no user 'alice'"):
        users.ensure_absent("alice", missing="error")
    assert harbor.usernames == ["Alice"]
    with pytest.raises(ValueError, match="built-in"):
        users.ensure_absent("admin")
    assert writes(harbor) == ["DELETE /users/3"]


def test_while_nobody_can_look_the_first_error_counts(harbor: FakeHarbor, as_user: AsUser) -> None:
    users = as_user(retries=0)
    harbor.add_user("alice", comment="old")
    for call, verb, look in (
        (lambda: users.ensure_absent("alice"), "DELETE", "/users/3"),
        (lambda: users.patch("alice", comment="new"), "PUT", "/users/3"),
        (lambda: users.create("bob", email="b@example.com", password=PASSWORD), "POST", "/users"),
    ):
        harbor.fail_next(verb, close="before")
        fault = harbor.fail_next("GET", look, status=503)
        with pytest.raises(ConnectionException) as caught:
            call()
        assert caught.value.outcome == "unknown"
        assert caught.value.method == verb
        assert fault.hits == 1


# -- passwords ---------------------------------------------------------------------------------------------------------


def test_change_password_of_others(harbor: FakeHarbor, users: Users) -> None:
    number = harbor.add_user("alice", password=PASSWORD)
    for user, new in ((number, "N3wPassword1"), ("alice", "N3wPassword2")):
        change = users.change_password(user, new)
        assert isinstance(change, Change)
        assert (change.action, change.user_id) == ("changed", number)
        assert new not in repr(change)
        assert logs_in(harbor, "alice", new)
    assert not [request for request in harbor.requests if request.method == "PUT" and b"old_password" in request.body]
    with pytest.raises(BadRequestException):
        users.change_password("alice", "N3wPassword2")
    for missing in (99, "nobody"):
        with pytest.raises(NotFoundException):
            users.change_password(missing, "N3wPassword3")


@pytest.mark.parametrize("name", ["admin", "alice"])
def test_change_ones_own_password(harbor: FakeHarbor, as_user: AsUser, name: str) -> None:
    harbor.add_user("alice")
    users = as_user(name)
    configuration = users.api.api_client.configuration
    first = configuration.password
    number = users.get(name).user_id
    users.change_password(number or 0, "N3wPassword1")
    assert configuration.password == "N3wPassword1"
    users.change_password(name, "N3wPassword2", "N3wPassword1")
    assert configuration.password == "N3wPassword2"
    assert users.get(name).user_id == number  # it goes on
    with pytest.raises(ForbiddenException, match="Current password is incorrect"):
        users.change_password(name, "N3wPassword3", first)
    assert configuration.password == "N3wPassword2"
    assert logs_in(harbor, name, "N3wPassword2")


def test_ones_own_password_by_ensure(harbor: FakeHarbor, users: Users) -> None:
    assert users.ensure("admin", password="N3wPassword1", update_password="always").action == "changed"
    assert users.api.api_client.configuration.password == "N3wPassword1"
    assert users.get("admin").user_id == 1


@pytest.mark.parametrize("close", ["after", "before"])
def test_the_client_goes_on_with_the_password_that_holds(harbor: FakeHarbor, as_user: AsUser, close: str) -> None:
    harbor.add_user("alice", password=PASSWORD)
    users = as_user("alice")
    harbor.fail_next("PUT", "/users/3/password", close=close)
    if close == "after":
        users.change_password(3, "N3wPassword1")
    else:
        with pytest.raises(ConnectionException):
            users.change_password("alice", "N3wPassword1")
        harbor.clock.sleep(0.2)  # the attempt to log in has locked her for a moment
    assert users.api.api_client.configuration.password == ("N3wPassword1" if close == "after" else PASSWORD)
    assert users.get("alice").user_id == 3


def test_names_that_basic_authentication_cannot_carry(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("a:b", email="ab@example.com", password=PASSWORD)
    harbor.fail_next("PUT", "/users/3/password", close="after")
    users.change_password("a:b", "N3wPassword1")
    assert logs_in(harbor, "ab@example.com", "N3wPassword1")
    harbor.add_user("c:d", email='"c:d"@example.com', password=PASSWORD)  # then nobody can tell
    harbor.fail_next("PUT", "/users/4/password", close="after")
    with pytest.raises(ConnectionException):
        users.change_password("c:d", "N3wPassword1")


def test_a_client_that_changes_its_caller_is_noticed(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    users.change_password("alice", "N3wPassword1")  # by admin
    configuration = users.api.api_client.configuration
    configuration.username, configuration.password = "alice", "N3wPassword1"
    users.change_password("alice", "N3wPassword2")  # by herself now
    assert configuration.password == "N3wPassword2"
