"""`q`, `sort`, pages and links of the list of users, beyond what the recordings show."""

from collections.abc import Iterator

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import Api
from support.rawhttp import Response

_PANIC = (500, b"")
_DATABASE = (500, b'{"errors":[{"code":"UNKNOWN","message":"internal server error"}]}\n')
_NO_PAIR_TEXT = 'the query string must contain \\"=\\" and the key/value cannot be empty'
_NO_PAIR = (400, f'{{"errors":[{{"code":"BAD_REQUEST","message":"{_NO_PAIR_TEXT}"}}]}}\n'.encode())
_USERS = ["Alice", "alice", "al_ice", "al%ice", "al\\ice", "bob", "a b", "a=b", "{x}", "Ünï", "名字", "123", "a+b"]


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with FakeHarbor() as harbor:
        harbor.clock.freeze()
        for number, name in enumerate(_USERS):
            harbor.add_user(name, email=f"u{number}@example.com", realname=f"R{number % 2}", comment="c")
            harbor.clock.advance(3600)
        with Api(harbor) as admin:
            assert admin("PUT", "/users/8/sysadmin", {"sysadmin_flag": True}).status == 200  # bob
            yield admin


@pytest.fixture(scope="module")
def old() -> Iterator[Api]:
    with FakeHarbor("2.12.4") as harbor:
        harbor.add_user("alice")
        harbor.add_user("bob")
        with Api(harbor) as admin:
            yield admin


#: What queries find. Harbor escapes a percent sign twice, so that it finds backslashes and whatever follows.
_FINDS: list[tuple[list[str], list[str]]] = [
    (
        [
            *("username=alice", "username=\\alice", "username=alice,email=u1@example.com", "email=~U1@"),
            *("username={\"'alice'\"}", "sysadmin_flag=of,username=alice", "sysadmin_flag=n,username=alice"),
            "Username=alice",
        ],
        ["alice"],
    ),
    (
        [
            *("username=ALICE", "username=alice ", "password_version=sha256", "reset_uuid=x", "reset_uuid=X"),
            *("RESETUuid=x", "user_id=[5~4]", "username={}", "username={ }", "user_id=1", "user_id=2"),
            *("username=admin", "Deleted=true", "user_id=-2147483648", "user_id=2147483647"),
            *("username={9223372036854775808}", "username={" + "9" * 5000 + "}"),
        ],
        [],
    ),
    (["username=a=b"], ["a=b"]),
    (["username=\\{x}"], ["{x}"]),
    (["username=al\\ice", "username=~\\", "username=~%", "username=~al%ice"], ["al\\ice"]),
    (["username=Ünï", "username=~ünÏ"], ["Ünï"]),
    (["username=123"], ["123"]),
    (
        [
            *(" username=alice", "username=(alice bob)", "username=()", "deleted=true", "Deleted=false"),
            *("UserName=alice", "userid=3", "username_or_email=~bob", "bogus=1", "user_name_or_email=x"),
            *("oidc_user_meta=1", "password=x"),
            *("salt=~a", "user_id__gt=5", "username__startswith=al", "username__isnull=true", "username__a__b=x"),
            "username__gt__lt=x",
        ],
        _USERS,
    ),
    (
        [
            *("username=alice,username=bob", "email=u5@example.com", "password_version=pbkdf2_sha256,username=bob"),
            *("sysadmin_flag=~RU", "sysadmin_flag=~t,username=bob", "username=[b~c]", "username=[bob~bob]"),
            *("sysadmin_flag=[true~]", "sysadmin_flag={true}", "sysadmin_flag=true", "sysadmin_flag=T"),
            *("sysadmin_flag=yes", "sysadmin_flag=on", "sysadmin_flag=1", "sysadmin_flag=tru", "SysAdminFlag=true"),
            *("username_or_email=bob", "username_or_email=u5@example.com", "UsernameOrEmail=u5@example.com"),
        ],
        ["bob"],
    ),
    (["realname=R1,username=~al"], ["al%ice", "alice"]),
    (["username=~ICE"], ["Alice", "al\\ice", "al_ice", "alice", "al%ice"]),
    (["username=~l_i"], ["al_ice"]),
    (["username=~名"], ["名字"]),
    (["user_id=~1"], ["a=b", "{x}", "Ünï", "名字", "123", "a+b"]),
    (
        [
            *("user_id=[3~4]", "user_id=[ 3 ~ 4 ]", "user_id=['3'~\"4\"]", "user_id=[+3~4]", "user_id={3 4}"),
            *("user_id={3  4 }", "UserID=[3~4]", "user_id__gte=3,username=~alice", "user_id__lt=5"),
        ],
        ["Alice", "alice"],
    ),
    (["user_id=[14~]"], ["a+b", "123"]),
    (
        [
            *("user_id=[~3]", "user_id=[0~3]", "user_id={1 3}", "user_id= 3 ", "user_id=+3", "userID=3"),
            *("user_id__lte=3", "user_id__in=3", "user_id__exact=3", "user_id={" + "0" * 5000 + "3}"),
            "user_id=" + "0" * 30 + "3",
        ],
        ["Alice"],
    ),
    (["username=['Z'~a c]"], ["a b"]),
    (["username={alice bob nobody}", "username={'alice' \"bob\"}"], ["alice", "bob"]),
    (["username__icontains=AL_"], ["al\\ice", "al_ice", "alice", "Alice", "al%ice"]),
]


@pytest.mark.parametrize(("q", "names"), [(q, names) for queries, names in _FINDS for q in queries])
def test_finds(api: Api, q: str, names: list[str]) -> None:
    assert sorted(api.q(q.replace("%", "%25").replace("+", "%2B"))) == sorted(names)


_REFUSED = {
    _DATABASE: (
        *("user_id=abc", "user_id=2147483648", "user_id=-2147483649", "user_id=[2147483648~]", "user_id=[a~]"),
        *("user_id={3 x}", "user_id=1.0", "user_id=" + "9" * 30, "user_id=[99999999999999999999~]", "username={123}"),
        *("username={9223372036854775807}", "username={-9223372036854775808}", "user_id={" + "9" * 5000 + "}"),
        *("sysadmin_flag=\\", "sysadmin_flag=11", "sysadmin_flag=truex", "sysadmin_flag=yess", "username=[1~2]"),
        *("sysadmin_flag=o", "sysadmin_flag=maybe", "sysadmin_flag={1}", "creation_time=soon", "creation_time={1}"),
        *("creation_time=12:00:00", "username=a\x00b", "username=~a\x00b", "username_or_email=a\x00b"),
        "user_id=abc,deleted=true,username=alice",
    ),
    _NO_PAIR: (*("user_id=", "x", "=", "username=alice,", ",username=alice", "username=,user_id=3"),),
    _PANIC: (
        *("USER_ID=3", "user_id__in={3 4}", "username__gte=~x", "user_id__gte=[1~2]", "user_id=abc,username__gte=~x"),
        "username__gte=~x,user_id=abc",
    ),
}


@pytest.mark.parametrize(("q", "answer"), [(q, answer) for answer, queries in _REFUSED.items() for q in queries])
def test_does_not_like(api: Api, q: str, answer: tuple[int, bytes]) -> None:
    """The object mapper builds the whole query before the database sees any of it, so that its panic comes first."""
    assert api.q_error(q) == answer


@pytest.mark.parametrize(
    "value",
    ["[a", "[a]", "[~]", "[ ~ ]", "[a~b~c]", "a]~[", "{a", "{", "(a", "(", "[", "~", "[a~b", "[3~4}", "(a}", "{a)"],
)
def test_invalid_values(api: Api, value: str) -> None:
    if value == "a]~[":  # only the first character makes a range
        assert api.q(f"username={value}") == []
        return
    status, body = api.q_error(f"username={value}")
    message = f"invalid query string value: {value}"
    assert (status, body) == (400, f'{{"errors":[{{"code":"BAD_REQUEST","message":"{message}"}}]}}\n'.encode())


def test_the_first_error_counts(api: Api) -> None:
    assert api.q_error("a=[,b=~")[1] == (
        b'{"errors":[{"code":"BAD_REQUEST","message":"invalid query string value: ["}]}\n'
    )


def test_error_texts_are_safe_for_html(api: Api) -> None:
    assert b"value: [\\u003cb\\u003e\\u0026" in api.q_error("username=[<b>&")[1]


def test_bytes_that_are_not_utf8(api: Api) -> None:
    assert api("GET", "/users?q=username%3D%ff").status == 500
    assert api("GET", "/users?q=username%3D~%ff").status == 500
    assert api("GET", "/users?q=username%3D[%ff").body.endswith(b'value: [\\ufffd"}]}\n')


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        # `q` is decoded twice: a plus is a space unless it is escaped twice
        ("username%3Da%2Bb", ["a b"]),
        ("username%3Da+b", ["a b"]),
        ("username%3Da%252Bb", ["a+b"]),
        ("username%3Dal%2525ice", ["al%ice"]),
        ("username%3Dal%25ice", ["al%ice"]),
        ("username%253Dalice", ["alice"]),
        ("username%3D%25C3%259Cn%25C3%25AF", ["Ünï"]),
        # the second decoding fails, so that the first counts
        ("username%3Dal%25ice,user_id%3D6", ["al%ice"]),
    ],
)
def test_double_decoding(api: Api, raw: str, names: list[str]) -> None:
    assert api.names(f"/users?q={raw}") == names


def _hour(api: Api, name: str) -> str:
    (user,) = api("GET", f"/users?q=username%3D{name}").json
    return str(user["creation_time"])


def test_booleans(api: Api) -> None:
    for words, found in ((("true", "yes"), ["bob"]), (("false", "no"), sorted({*_USERS} - {"bob"}))):
        for word in (whole[:length] for whole in words for length in range(1, len(whole) + 1)):
            assert sorted(api.q(f"sysadmin_flag={word}")) == found, word
            assert sorted(api.q(f"sysadmin_flag= {word.upper()} ")) == found, word
    for word in ("on", "1"):
        assert api.q(f"sysadmin_flag={word}") == ["bob"]
    for word in ("of", "off", "0"):
        assert len(api.q(f"sysadmin_flag={word}")) == len(_USERS) - 1


def test_a_time_zone_is_not_looked_at() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        harbor.clock.freeze()
        harbor.add_user("alice")
        created = api("GET", "/users/3").json["creation_time"].removesuffix("Z")
        assert api.q(f"creation_time__gte={created[:19]}") == ["alice"]
        assert api.q(f"creation_time__gte={created[:19]}-12:00") == ["alice"]
        assert api.q(f"creation_time__gte={created[:19]}Z") == ["alice"]
        assert api.q(f"creation_time__lte={created[:19]}z") == []
        assert api.q(f"creation_time__lte={created[:19]}%2B12:00") == []


def test_ids_far_apart_and_deleted_users() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        harbor.add_user("alice")
        for _ in range(20):
            assert api.create("alice").status == 409
        harbor.add_user("bob")
        harbor.add_user("carol")
        assert api("DELETE", "/users/24").status == 200
        assert api.q("user_id=[1~]") == ["alice", "carol"]
        assert api.q("user_id=[4~24]") == []
        assert api.q("user_id=[~3]") == ["alice"]
        assert api.q("user_id=[4~99]") == ["carol"]


def test_times(api: Api) -> None:
    second = _hour(api, "alice")[:19]  # the second user, an hour after the first
    spaced = second.replace("T", " ")
    after = second[:14] + "59:59"
    assert api.q(f"creation_time=[~{second}]") == ["Alice"]  # the stored time has a fraction
    for form in (second, spaced):
        assert set(_USERS) - set(api.q(f"creation_time=[{form}~]")) == {"Alice"}
    for form in (after, after.replace("T", " "), after + ".9"):
        assert sorted(api.q(f"creation_time=[~{form}]")) == ["Alice", "alice"]
    assert api.q(f"creation_time=~{spaced}") == ["alice"]
    assert api.q(f"CreationTime=[~{second}]") == ["Alice"]
    assert api.q("creation_time=[2020-01-01~2021-01-01]") == []
    assert api.q("creation_time=2020-01-01") == []
    assert sorted(api.q("creation_time=[2020-01-01T1:02:03~]")) == sorted(_USERS)
    assert api.q("username=[2020-01-01T00:00:00~2020-01-01T00:00:01]") == []
    assert api.q_error("user_id=[2020-01-01T00:00:00~]") == _DATABASE
    assert api.q_error("creation_time=[2020-02-30T00:00:00~]") == _DATABASE
    assert api.q("update_time=[2020-01-01T00:00:00~]", "&sort=-update_time")[0] == "bob"  # promoted last


def test_outside_of_q(api: Api) -> None:
    assert api.names("/users?username=LIC") == ["Alice", "alice"]
    assert api.names("/users?email=u5@") == ["bob"]
    assert api.names("/users?username=alice&q=username%3Dbob") == ["Alice", "alice"]
    assert api.names("/users?username=&q=username%3Dbob") == ["bob"]
    assert api.names("/users?username=bob&username=alice") == ["bob"]
    assert api.names("/users?realname=x&page_size=1") == ["123"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        (
            "",
            ["123", "Alice", "a b", "a+b", "a=b", "al%ice", "al\\ice", "al_ice", "alice", "bob", "{x}", "Ünï", "名字"],
        ),
        ("-", ["123", "Alice"]),
        ("-username", ["名字", "Ünï", "{x}", "bob"]),
        ("Username", ["123", "Alice"]),
        ("user_id", ["Alice", "alice", "al_ice"]),
        ("-user_id", ["a+b", "123"]),
        ("-UserID", ["a+b", "123"]),
        ("user_id,-user_id", ["Alice"]),
        ("realname,-user_id", ["a+b", "名字"]),
        ("-realname,username", ["123", "a=b"]),
        ("bogus,-user_id", ["a+b"]),
        ("--user_id", ["123", "Alice"]),
        (" user_id", ["123", "Alice"]),
        ("-sysadmin_flag,user_id", ["bob", "Alice"]),
        ("-creation_time", ["a+b", "123"]),
        ("email", ["Alice", "名字", "123", "a+b", "alice"]),
        ("userid", ["123"]),
    ],
)
def test_sort(api: Api, sort: str, first: list[str]) -> None:
    assert api.names(f"/users?page_size=100&sort={sort.replace(' ', '%20')}")[: len(first)] == first


def test_a_missing_email_is_like_nothing() -> None:
    with FakeHarbor("2.12.4") as harbor, Api(harbor) as api:
        harbor.add_user("alice", email="")
        for condition in ("=~none", "=none", "={None}", "__ne=x", "__gt=a", "__contains=None", "__iexact=None"):
            assert api.q(f"email{condition}") == [], condition


def test_sort_puts_missing_emails_last() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        for name, email in (("a", ""), ("b", "b@b.co"), ("c", "a@b.co"), ("d", "")):
            harbor.add_user(name, email=email)
        assert api.names("/users?sort=email") == ["c", "b", "a", "d"]
        assert api.names("/users?sort=-email") == ["a", "d", "b", "c"]
        assert api.q("email=~b.co") == ["b", "c"]
        assert api.q("email=[a~]") == ["b", "c"]
        assert "email" not in api("GET", "/users/3").json


@pytest.mark.parametrize(
    ("query", "count", "link"),
    [
        ("", 10, [("next", "page=2&page_size=10")]),
        ("page=&page_size=", 10, [("next", "page=2&page_size=10")]),
        ("page=2", 3, [("prev", "page=1&page_size=10")]),
        ("page=3", 0, []),
        ("page_size=13", 13, []),
        ("page_size=12", 12, [("next", "page=2&page_size=12")]),
        ("page_size=4&page=3", 4, [("prev", "page=2&page_size=4"), ("next", "page=4&page_size=4")]),
        ("page_size=4&page=4", 1, [("prev", "page=3&page_size=4")]),
        ("page_size=4&page=5", 0, []),
        ("page_size=0&page=2", 13, []),
        ("page=0", 10, [("next", "page=1&page_size=10")]),
        ("page=-3", 10, [("next", "page=-2&page_size=10")]),
        ("page_size=-1", 13, [("next", "page=2&page_size=-1")]),
        ("page_size=-1&page=2", 13, [("prev", "page=1&page_size=-1"), ("next", "page=3&page_size=-1")]),
        ("page=%2B2", 3, [("prev", "page=1&page_size=10")]),
        # products overflow as in Go
        ("page=9223372036854775807&page_size=2", 2, None),
        # other parameters stay, sorted, unescaped; the last of a name counts
        ("sort=user_id&page_size=9&a=%20%3C", 9, [("next", "a= <&page=2&page_size=9&sort=user_id")]),
        ("page=1&page=2", 3, [("prev", "page=1&page_size=10")]),
        ("z=1&z=2&page_size=9", 9, [("next", "page=2&page_size=9&z=1&z=2")]),
        ("x=1%2B2&page_size=9", 9, [("next", "page=2&page_size=9&x=1+2")]),
        ("x=%C3%A9&page_size=9", 9, [("next", "page=2&page_size=9&x=é")]),
        # the second link goes on from the first, whose query is no longer escaped
        (
            "x=a%26b&page=2&page_size=4",
            4,
            [("prev", "page=1&page_size=4&x=a&b"), ("next", "b=&page=3&page_size=4&x=a")],
        ),
        ("x=%2526&page_size=9", 9, [("next", "page=2&page_size=9&x=%26")]),
        ("x=%0d%0aEvil:1&page_size=9", 9, [("next", "page=2&page_size=9&x=  Evil:1")]),
    ],
)
def test_pages_and_links(api: Api, query: str, count: int, link: list[tuple[str, str]] | None) -> None:
    answer = api("GET", f"/users?{query}")
    assert len(answer.json) == count
    assert answer.header("X-Total-Count") == "13"
    if link is not None:
        assert _links(answer) == [f'</api/v2.0/users?{target}>; rel="{rel}"' for rel, target in link]


def _links(answer: Response) -> list[str]:
    value = answer.header("Link")
    return [] if value is None else value.encode("latin-1").decode().split(" , ")


def test_the_path_of_a_link_is_the_path_that_was_asked(api: Api) -> None:
    assert _links(api("GET", "/users/?page_size=9")) == ['</api/v2.0/users/?page=2&page_size=9>; rel="next"']
    assert _links(api("GET", "//users?page_size=9")) == ['</api/v2.0/users?page=2&page_size=9>; rel="next"']


@pytest.mark.parametrize(
    ("q", "names"),
    [
        # before 2.13.2 any operator of the object mapper passes
        ("username__startswith=al", ["alice"]),
        ("username__istartswith=AL", ["alice"]),
        ("username__endswith=ice", ["alice"]),
        ("username__iendswith=ICE", ["alice"]),
        ("username__contains=lic", ["alice"]),
        ("username__contains=LIC", []),
        ("username__iexact=ALICE", ["alice"]),
        ("username__iexact=ALI", []),
        ("username__eq=alice", ["alice"]),
        ("username__ne=alice", ["bob"]),
        ("username__gt=alice", ["bob"]),
        ("password_version=sha256", ["alice", "bob"]),
        ("password=x", []),
        ("salt=x", []),
    ],
)
def test_older_servers(old: Api, q: str, names: list[str]) -> None:
    assert sorted(old.q(q)) == names


@pytest.mark.parametrize("q", ["username__isnull=true", "user_id__between=3", "user_id__x=3", "user_id__gt__x=3"])
def test_older_servers_crash(old: Api, q: str) -> None:
    assert old.q_error(q) == _PANIC


def test_a_lone_backslash_at_the_end_of_a_pattern(old: Api) -> None:
    assert old.q_error("username__iexact=a\\")[0] == 200
    assert old.q_error("username__endswith=a\\") == _DATABASE


def test_patterns_take_no_long_time() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        harbor.add_user("a" * 240)
        harbor.add_user("a\\" * 100)
        harbor.add_user("%a" * 40 + "!")
        # `%` is escaped by Harbor and once more by the object mapper: a backslash, then anything
        assert api.names("/users?q=username=~" + "a%2525" * 40 + "z") == []
        assert api.names("/users?q=username=~" + "a%2525" * 40) == ["a\\" * 100]
        assert api.names("/users/search?username=" + "%25a" * 40 + "!") == []
        harbor.add_user("x" + "\\a" * 40 + "!")
        found = api.names("/users/search?username=" + "%25a" * 40 + "!")
        assert found == ["%a" * 40 + "!", "x" + "\\a" * 40 + "!"]


def test_capitals_of_letters_that_have_one(api: Api) -> None:
    with FakeHarbor() as harbor, Api(harbor) as admin:
        for name in ("straße", "ᾳx", "ﬁx", "ǆx"):
            harbor.add_user(name)
        assert admin.q("username=~STRAßE") == ["straße"]
        assert admin.q("username=~STRASSE") == []
        assert admin.q("username=~ᾼX") == ["ᾳx"]  # as PostgreSQL has it, who knows no capital of two letters
        assert admin.q("username=~ΑΙX") == []
        assert admin.q("username=~FIX") == []
        assert admin.q("username=~Ǆ") == ["ǆx"]


def test_before_2_6_the_administrator_is_counted() -> None:
    with FakeHarbor("2.5.6") as harbor, Api(harbor) as api:
        harbor.add_user("alice")
        for query, total, names in (
            ("", "2", ["alice"]),
            ("&q=username=admin", "1", []),
            ("&q=user_id=1", "1", ["admin"]),
            ("&q=user_id={1%203}", "2", ["admin", "alice"]),
            ("&q=user_id__in=1", "1", ["admin"]),
            ("&q=user_id__lt=3", "1", []),
        ):
            answer = api("GET", f"/users?page_size=5{query}")
            assert (answer.header("X-Total-Count"), [user["username"] for user in answer.json]) == (total, names), query
    with FakeHarbor("2.6.0") as harbor, Api(harbor) as api:
        harbor.add_user("alice")
        assert api("GET", "/users").header("X-Total-Count") == "1"
        assert api("GET", "/users?q=user_id=1").header("X-Total-Count") == "0"
