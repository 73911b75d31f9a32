"""What is accepted as a user, what is unique, what deletion leaves: beyond the recordings."""

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import ADMIN, Api

_WEAK = (
    "the password or secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, "
    "1 lowercase letter and 1 number"
)
_WEAK_BEFORE_2_9 = _WEAK.replace("8-128, inclusively, characters long", "longer than 8 chars")


_GOOD_PASSWORDS = ["Aa345678", "Aaé45678", "Aaé4567", f"Aa1{'x' * 125}", f"Aa1{'é' * 62}", "Aa 45 \n \x01"]
_TOO_SHORT_OR_LONG = ["Aa34567", "Aaé456", f"Aa1{'x' * 126}", f"Aa1{'é' * 63}"]  # in bytes
_NOT_ASCII = ["Äa345678", "Aä345678", "Aa٣٤٥٦٧٨"]


@pytest.mark.parametrize("password", [*_GOOD_PASSWORDS, *_TOO_SHORT_OR_LONG, *_NOT_ASCII])
def test_passwords(api: Api, password: str) -> None:
    answer = api.create("alice", password=password)
    if password in _GOOD_PASSWORDS:
        assert answer.status == 201
    else:
        assert (answer.status, answer.error) == (400, ("BAD_REQUEST", _WEAK))


_GOOD_EMAILS = [
    *("a@b.co", "a.b.c@b.co", "é@b.co", "a+tag/x=y!{}|^`'*?@b.co", '"x y"@b.co', '"x@y"@b.co'),
    *("a@-b-.co", "a@1.2.co", "a@[999.2.3.4]", "a@b.museum"),
    *("x\vy@b.co", "x\u00a0y@b.co"),  # Go's \s has no vertical tab, and nothing beyond ASCII
]
_BAD_EMAILS = [
    *("a..b@b.co", ".a@b.co", "a.@b.co", '""@b.co', '"x\ny"@b.co', "x y@b.co", "x\ty@b.co", "a@b@b.co", "@b.co"),
    *(f"a{character}b@b.co" for character in "<([]\\;:,"),
    *("a@", "a@b", "a@b.c", "a@b.c1", "a@b.éé", "a@b_c.co", "a@b..co", "a@[1.2.3]", "a@[1.2.3.4567]", "a@1.2.3.4"),
    *("a@b.co\n", " a@b.co", "a@b.co "),
]


@pytest.mark.parametrize("email", [*_GOOD_EMAILS, *_BAD_EMAILS])
def test_emails(api: Api, email: str) -> None:
    answer = api.create("alice", email=email)
    if email in _GOOD_EMAILS:
        assert answer.status == 201, answer
    else:
        assert (answer.status, answer.error) == (400, ("BAD_REQUEST", "email with illegal format"))


@pytest.mark.parametrize("field", ["username", "realname"])
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("x" * 255, None),
        ("x" * 256, "with illegal length"),
        ("é" * 127, None),
        ("é" * 128, "with illegal length"),
        *[(f"a{character}b", "contains illegal characters") for character in ',"~#%$'],
        *[(f"a{character}b", None) for character in " :\\'/@!&*()<>\n\t;`|?+="],
        (" ", None),
    ],
)
def test_names(api: Api, field: str, name: str, problem: str | None) -> None:
    answer = api.create("alice", **{"email": "a@b.co", field: name})
    if problem is None:
        assert answer.status == 201, answer
    elif field == "username" and len(name) > 255:
        assert answer.status == 422
    else:
        assert (answer.status, answer.error) == (400, ("BAD_REQUEST", f"{field} {problem}"))


def test_comments(api: Api) -> None:
    assert api.create("a", comment="é" * 15).status == 201
    assert api.create("b", comment="x" * 30).status == 201
    assert api.create("c", comment="é" * 15 + "x").error == ("BAD_REQUEST", "comment with illegal length")
    assert api.create("d", comment=None).status == 201
    assert "comment" not in api("GET", "/users/5").json


def test_the_order_of_the_checks(api: Api) -> None:
    bad = {"password": "x", "email": "x", "realname": "", "comment": "x" * 31, "username": ""}
    good = {"password": "Passw0rd1", "email": "a@b.co", "realname": "A", "comment": "", "username": "a"}
    expected = (_WEAK, "email with illegal format", "realname with illegal length", "comment with illegal length")
    for field, message in zip(("password", "email", "realname", "comment"), expected, strict=True):
        assert api("POST", "/users", bad).error[1] == message
        bad[field] = good[field]
    assert api("POST", "/users", bad).error[1] == "username with illegal length"
    assert api("POST", "/users", {**bad, "username": "a,b"}).error[1] == "username contains illegal characters"


@pytest.mark.parametrize(
    ("version", "weak", "long_password", "empty_name"),
    [
        ("2.16.0", _WEAK, 400, 400),
        ("2.10.0", _WEAK, 400, 400),
        ("2.9.5", _WEAK, 400, 201),
        ("2.8.4", _WEAK_BEFORE_2_9, 201, 201),
    ],
)
def test_older_versions_check_less(version: str, weak: str, long_password: int, empty_name: int) -> None:
    with FakeHarbor(version) as harbor, Api(harbor) as api:
        assert api.create("a", password="x").error[1] == weak
        assert api.create("b", password="Aa1" * 50).status == long_password
        assert api.create("seven", password="Aa34567").error[1] == weak
        assert api.create("eight", password="Aa345678").status == 201
        assert api.create("c", username="", email="e@b.co").status == empty_name
        assert api.create("d", realname='a"b').status == (400 if version in ("2.16.0", "2.10.0") else 201)
        comma = api.create("x,y", email="xy@b.co").status
        assert comma == empty_name
        assert harbor.user("x,y") is not None or comma == 400


def test_lengths_of_the_api_description(api: Api) -> None:
    heading = "validation failure list:\nvalidation failure list:\n"
    email, name = "email in body should be at most 255 chars long", "username in body should be at most 255 chars long"
    at_255 = "é" * 250 + "@b.co"
    assert api.create("a", email=at_255).status == 201
    assert api.create("b", email="é" + at_255).error == ("UNPROCESSABLE_ENTITY", heading + email)
    both = api.create("x" * 256, email="é" + at_255)
    assert (both.status, both.error[1]) == (422, heading + email + "\n" + name)
    assert api.create("é" * 255, email="c@b.co").error[1] == "username with illegal length"


def test_names_and_emails_are_unique_with_regard_to_case(api: Api) -> None:
    assert api.create("alice", email="a@b.co").header("Location") == "/api/v2.0/users/3"
    taken = api.create("alice", email="b@b.co")
    assert (taken.status, taken.error) == (409, ("CONFLICT", "user alice or email b@b.co already exists"))
    assert api.create("bob", email="a@b.co").error[1] == "user bob or email a@b.co already exists"
    assert api.create("Alice", email="A@b.co").header("Location") == "/api/v2.0/users/6"  # two ids are burnt
    assert api.create("admin", email="c@b.co").status == 409
    assert api.create("anonymous", email="d@b.co").status == 409  # the deleted one of the beginning
    assert api.create("weak", password="x").status == 400
    assert api.create("bob").header("Location") == "/api/v2.0/users/9"  # a 400 burns none
    assert b"user \\u003c\\u0026 or email a@b.co already exists" in api.create("<&", email="a@b.co").body


def test_what_the_database_refuses(api: Api) -> None:
    unknown = ("UNKNOWN", "internal server error")
    assert api.create("a\x00b", email="a@b.co").error == unknown
    assert api.create("a", realname="a\x00b").error == unknown
    assert api.create("a", comment="\x00").error == unknown
    assert api.create("a").header("Location") == "/api/v2.0/users/3"  # refused before an id was taken
    put = {"email": "a@b.co", "realname": "A", "comment": "\x00"}
    assert api("PUT", "/users/3", put).status == 500
    assert api("PUT", "/users/3", {**put, "comment": "", "email": "é" * 250 + "@b.co"}).status == 200
    assert api("PUT", "/users/3", {**put, "comment": "", "email": "é" * 251 + "@b.co"}).status == 500
    # the values are looked at before the rows
    assert api("PUT", "/users/99", put).status == 500
    assert api("PUT", "/users/99", {**put, "comment": "", "email": "é" * 251 + "@b.co"}).status == 500
    assert api("PUT", "/users/99", {**put, "comment": ""}).status == 404


def test_profile(api: Api) -> None:
    api.create("alice", comment="here")
    api.create("bob")
    before = api("GET", "/users/3").json
    profile = {"email": "bob@example.com", "realname": "A"}
    assert api("PUT", "/users/3", profile).error == ("UNKNOWN", "internal server error")
    assert api("GET", "/users/3").json == before  # nothing of it was done
    assert api("PUT", "/users/3", {**profile, "email": "alice@example.com"}).status == 200  # one's own is no duplicate
    assert "comment" not in api("GET", "/users/3").json
    assert api("PUT", "/users/3", {**profile, "email": "new@b.co", "comment": "x" * 30}).status == 200
    assert api.create("carol", email="alice@example.com").status == 201  # the old one is free
    assert api.create("dave", email="new@b.co").status == 409
    assert api("PUT", "/users/2147483648", {**profile, "email": "z@b.co"}).status == 500
    assert api("PUT", "/users/-1", {**profile, "email": "z@b.co"}).error[1] == "user with id -1 not found"


def test_update_time(harbor: FakeHarbor, api: Api) -> None:
    harbor.clock.freeze()
    user = f"/users/{harbor.add_user('alice')}"
    created = api("GET", user).json["creation_time"]
    seen = {created}
    for end, body in (
        ("", {"email": "a@b.co", "realname": "A"}),
        ("/password", {"new_password": "Passw0rd2"}),
        ("/sysadmin", {"sysadmin_flag": False}),
    ):
        harbor.clock.advance(0.0015)
        assert api("PUT", user + end, body).status == 200
        shown = api("GET", user).json
        assert shown["creation_time"] == created
        assert shown["update_time"] not in seen
        seen.add(shown["update_time"])


@pytest.mark.parametrize(
    ("second", "shown"), [(0.0, "00.000"), (0.9999, "00.999"), (1.0005, "01.000"), (1.001001, "01.001")]
)
def test_times_have_three_digits_and_are_never_rounded_up(
    harbor: FakeHarbor, api: Api, second: float, shown: str
) -> None:
    harbor.clock.freeze()
    now = harbor.clock.time()
    harbor.clock.advance(60 - now % 60 + second + 1e-7)
    harbor.add_user("alice")
    assert api("GET", "/users/3").json["creation_time"].endswith(f":{shown}Z")


def test_deletion(harbor: FakeHarbor, api: Api) -> None:
    for name in ("alice", "bob", "carol"):
        api.create(name)
    assert api("DELETE", "/users/3").status == 200
    assert api.names() == ["bob", "carol"]
    assert api.q("username=~alice") == []
    assert api("DELETE", "/users/3").error == ("NOT_FOUND", "user 3 not found")
    assert api("PUT", "/users/3/password", {"new_password": "Passw0rd9"}).error[1] == "user 3 not found"
    # the row is still there for these two
    assert api("PUT", "/users/3/sysadmin", {"sysadmin_flag": True}).status == 200
    assert api("PUT", "/users/3", {"email": "z@b.co", "realname": "Z"}).status == 200
    assert api.create("dave", email="z@b.co").status == 409
    assert api("PUT", "/users/3", {"email": "bob@example.com", "realname": "Z"}).status == 500
    # name and email are free, those that the row has got instead are not
    assert api.create("alice").header("Location") == "/api/v2.0/users/7"
    assert api("DELETE", "/users/4").status == 200
    assert harbor.add_user("carol#5", email="carol@example.com#5") == 8
    assert api("DELETE", "/users/5").error == ("UNKNOWN", "internal server error")
    assert api("GET", "/users/5").status == 200
    assert api("DELETE", "/users/2147483648").status == 500
    assert api("DELETE", "/users/0").error[1] == "user 0 not found"
    with Api(harbor, "bob") as bob:
        assert bob("GET", "/users/current").status == 401


def test_deletion_shortens_long_names(harbor: FakeHarbor, api: Api) -> None:
    api.create("x" * 255, email="a@b.co")
    assert api("DELETE", "/users/3").status == 200
    with pytest.raises(ValueError, match="already exists"):
        harbor.add_user("x" * 253 + "#3", email="")
    # 255 bytes, two too many: the cut goes through a character, or between two
    api.create("é" * 127 + "x", email="b@b.co")
    assert api("DELETE", "/users/5").error == ("UNKNOWN", "internal server error")
    api.create("x" + "é" * 127, email="c@b.co")
    assert api("DELETE", "/users/6").status == 200
    assert harbor.add_user("x" + "é" * 127) == 7


def test_sysadmin(harbor: FakeHarbor, api: Api) -> None:
    api.create("alice")
    with Api(harbor, "alice") as alice:
        assert alice("GET", "/users").status == 403
        assert api("PUT", "/users/3/sysadmin", {"sysadmin_flag": True}).status == 200
        assert alice("GET", "/users").status == 200
        assert alice("DELETE", "/users/3").error == ("FORBIDDEN", "User with ID 3 cannot be deleted")
        assert alice("PUT", "/users/1/sysadmin", {"sysadmin_flag": False}).status == 200
        assert api("GET", "/users").error == ("FORBIDDEN", "admin")
        assert alice("PUT", "/users/1/sysadmin", {"SYSADMIN_FLAG": True}).status == 200
        assert api("PUT", "/users/3/sysadmin", {"sysadmin_flag": None}).status == 200
        assert alice("GET", "/users").status == 403
    assert api("PUT", "/users/99/sysadmin", {}).error == ("NOT_FOUND", "user with id 99 not found")
    assert api("PUT", "/users/2147483648/sysadmin", {}).status == 500
    assert api("PUT", "/users/2147483647/sysadmin", {}).status == 404
    assert api("PUT", "/users/3/sysadmin", {"sysadmin_flag": "true"}).error[1] == (
        'validation failure list:\nparsing sysadminFlag body from "" failed, because json: cannot unmarshal string '
        "into Go struct field UserSysAdminFlag.sysadmin_flag of type bool"
    )


def test_passwords_change(harbor: FakeHarbor, api: Api) -> None:
    api.create("alice")
    with Api(harbor, "alice") as alice:
        wrong = alice("PUT", "/users/3/password", {"old_password": "x", "new_password": "weak"})
        assert wrong.error == ("FORBIDDEN", "Current password is incorrect")
        weak = alice("PUT", "/users/3/password", {"old_password": "Passw0rd1", "new_password": "weak"})
        assert weak.error == ("BAD_REQUEST", _WEAK)
        assert (
            alice("PUT", "/users/3/password", {"old_password": "Passw0rd1", "new_password": "Passw0rd2"}).status == 200
        )
        assert alice("GET", "/users/current").status == 401
    assert api("PUT", "/users/99/password", {"new_password": "weak"}).error == ("BAD_REQUEST", _WEAK)
    assert api("PUT", "/users/99/password", {"new_password": "Passw0rd2"}).error == ("NOT_FOUND", "user 99 not found")
    assert api("PUT", "/users/3/password", {"new_password": "Passw0rd2"}).status == 400
    assert api("PUT", "/users/2147483648/password", {"new_password": "Passw0rd2"}).status == 500
    with Api(harbor, ("alice", "Passw0rd2")) as alice:
        assert alice("GET", "/users/current").status == 200


def test_an_email_that_is_another_ones_name(harbor: FakeHarbor) -> None:
    """Harbor looks for the principal among names and emails, and the first match by name decides."""
    harbor.add_user("x@b.co", email="z@b.co", password="Passw0rd1")
    harbor.add_user("amy", email="x@b.co", password="Passw0rd2")
    harbor.add_user("zoe", email="y@b.co", password="Passw0rd1")
    for password, user_id in (("Passw0rd1", 3), ("Passw0rd2", 4)):
        with Api(harbor, ("x@b.co", password)) as somebody:
            assert somebody("GET", "/users/current").json["user_id"] == user_id
    with Api(harbor, ADMIN) as admin:
        # both passwords are the "present" one of the name that is also an email
        assert admin("PUT", "/users/3/password", {"new_password": "Passw0rd2"}).status == 400
        assert admin("PUT", "/users/4/password", {"new_password": "Passw0rd1"}).status == 200
    with Api(harbor, ("x@b.co", "Passw0rd1")) as somebody:
        assert somebody("GET", "/users/current").json["user_id"] == 4  # amy comes before x@b.co


def test_cli_secrets_only_with_oidc(api: Api) -> None:
    api.create("alice")
    answer = api("PUT", "/users/3/cli_secret", {"secret": "weak"})
    assert (answer.status, answer.error) == (
        412,
        ("PRECONDITION", "unable to update CLI secret under authmode: db_auth"),
    )


def test_unicode_is_kept_as_it_is(harbor: FakeHarbor, api: Api) -> None:
    names = {"username": "ünï名\U0001f600", "realname": "é\u2028", "comment": "<&>", "email": "é@b.co"}
    api.create("", **names)
    answer = api("GET", "/users/3")
    assert {key: answer.json[key] for key in names} == names
    assert '"realname":"é\\u2028"'.encode() in answer.body
    assert b'"comment":"<&>"' in answer.body
    assert "ünï名\U0001f600".encode() in answer.body
    with Api(harbor, names["username"]) as somebody:
        assert somebody("GET", "/users/current").status == 200
    decomposed = "u\u0308"
    assert api.create(decomposed, email="b@b.co").status == 201
    assert api.create("\u00fc", email="c@b.co").status == 201
    assert (
        api(
            "POST",
            "/users",
            body=b'{"username":"a\xff","email":"d@b.co","realname":"\xc3","password":"Passw0rd1"}',
            headers={"Content-Type": "application/json"},
        ).status
        == 201
    )
    assert api("GET", "/users/6").json["username"] == "a\ufffd"
