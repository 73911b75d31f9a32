"""What is read out of ``q`` texts, what is told about wrong ones, and the edges of what fits into a query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from harbor_client import Q, UserResp
from harbor_client.query import Query

NOON = datetime(2024, 1, 2, 12, 0, 0, tzinfo=timezone.utc)


def user(**fields: Any) -> UserResp:
    return UserResp(**{"user_id": 7, "username": "alice", "email": "a@b.co", "creation_time": NOON, **fields})


@pytest.mark.parametrize(
    ("text", "fits", "fits_not"),
    [
        ("username=alice", {}, {"username": "Alice"}),
        ("username=\\alice", {}, {"username": "\\alice"}),
        ("username=\\\\alice", {"username": "\\alice"}, {}),
        ("username=~LIC", {}, {"username": "bob"}),
        ("username={'alice' \"bob\"}", {"username": "bob"}, {"username": "'bob'"}),
        ("username={alice  bob}", {"username": "bob"}, {"username": ""}),
        ("username=[alice~bob]", {"username": "bob"}, {"username": "carol"}),
        ("username=['alice'~\"bob\"]", {"username": "alice"}, {"username": "alic"}),
        ("username=[~alice]", {}, {"username": "alice2"}),
        ("username=['1'~]", {"username": "2"}, {"username": "'1'"}),
        ("username={1a '2'}", {"username": "2"}, {"username": "1"}),
        ("username=[a\x1c~]", {"username": "a\x1c"}, {"username": "a"}),
        ("username=x=y", {"username": "x=y"}, {"username": "x"}),
        ("username=a%2Bb", {"username": "a+b"}, {"username": "a b"}),
        ("username=a%2bb", {"username": "a+b"}, {"username": "a%2bb"}),
        ("username=%c3%A9", {"username": "é"}, {}),
        ("username=a+b%zz", {"username": "a+b%zz"}, {"username": "a b%zz"}),
        ("username=a+b%4", {"username": "a+b%4"}, {"username": "a b%4"}),
        ("username=a+b%4x", {"username": "a+b%4x"}, {}),
        ("user_id=7", {}, {"user_id": 8}),
        ("user_id=%2B7", {}, {"user_id": 8}),
        ("user_id=007", {}, {"user_id": 8}),
        ("user_id=[5~9]", {"user_id": 9}, {"user_id": 10}),
        ("user_id=[ 5 ~ 9 ]", {"user_id": 5}, {"user_id": 4}),
        ("user_id={5 7}", {"user_id": 5}, {"user_id": 6}),
        ("sysadmin_flag=true", {"sysadmin_flag": True}, {"sysadmin_flag": False}),
        ("sysadmin_flag=false", {"sysadmin_flag": False}, {"sysadmin_flag": True}),
        ("username_or_email=alice", {"email": "x"}, {"username": "x"}),
        ("username_or_email=a@b.co", {"username": "x"}, {"email": "x"}),
        ("creation_time=[2024-01-02T12:00:00~]", {}, {"creation_time": NOON - timedelta(microseconds=1)}),
        ("creation_time=[~'2024-01-02 12:00:00']", {}, {"creation_time": NOON + timedelta(microseconds=1)}),
        ("creation_time=[2024-01-02T13:00:00%2B01:00~]", {}, {"creation_time": NOON - timedelta(seconds=1)}),
    ],
)
def test_what_a_text_says(text: str, fits: dict[str, Any], fits_not: dict[str, Any]) -> None:
    query = Query.parse(text)
    assert query.matches(user(**fits))
    if fits_not:
        assert not query.matches(user(**fits_not))


@pytest.mark.parametrize("digits", range(1, 7))
def test_fractions_of_a_second(digits: int) -> None:
    fraction = "123456"[:digits]
    then = NOON + timedelta(microseconds=int(fraction.ljust(6, "0")))
    query = Query.parse(f"creation_time=['2024-01-02T12:00:00.{fraction}'~]")
    assert query.matches(user(creation_time=then))
    assert not query.matches(user(creation_time=then - timedelta(microseconds=1)))
    assert Query.parse(str(Q.creation_time >= then)).matches(user(creation_time=then))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("username", "'username' in q is not of the form field=value"),
        ("username=", "'username=' in q is not of the form"),
        ("=x", "'=x' in q is not of the form"),
        ("a=b", "'a' in q is not a field that Harbor filters on: user_id, username"),
        ("Username=x", "is not a field that Harbor filters on"),
        (" username=x", "is not a field that Harbor filters on"),
        (",", "'' in q is not of the form"),
        ("username=a,username=b", "only the last of several conditions on username"),
        ("username=a,", "'' in q is not of the form"),
        ("username=(a b)", r"username=\(a b\) in q: Harbor ignores lists in parentheses"),
        ("username=[a~b", "username=.a~b in q: a range is .low~high"),
        ("username=[", "a range is .low~high"),
        ("username=[a~b~c]", "a range is .low~high"),
        ("username=[~]", "a range of username needs at least one limit"),
        ("username=[ ~ ]", "a range of username needs at least one limit"),
        ("username={a", "a list is {one two}"),
        ("username={", "a list is {one two}"),
        ("username={}", "a list of username needs at least one value"),
        ("username={'' \"\"}", "a list of username needs at least one value"),
        ("username=~", "selects everybody"),
        ("username=[~1]", "username=.~1. in q: 1 is a number or a time to Harbor"),
        ("comment={a %2B10}", "is a number or a time to Harbor"),
        ("email=[2024-01-02T3:00:00.5~]", "is a number or a time to Harbor"),
        ("user_id=~3", "only text fields can be searched for a part"),
        ("user_id=x", "user_id is compared with a whole number, not 'x'"),
        ("user_id=-3", "user_id is compared with a whole number, not '-3'"),
        ("user_id=%D9%A3", "user_id is compared with a whole number"),
        ("user_id=%2B", "user_id is compared with a whole number"),
        ("user_id='7'", "user_id is compared with a whole number"),
        ("user_id=" + "0" * 21, "user_id is compared with a whole number"),
        ("user_id=2147483648", "user_id must be in 0 to 2147483647, not 2147483648"),
        ("sysadmin_flag=True", "sysadmin_flag is compared with true or false, not 'True'"),
        ("creation_time=[noon~]", "creation_time is compared with 2006-01-02T15:04:05, not 'noon'"),
        (
            "creation_time=[2024-01-01T24:00:00~]",
            "creation_time is compared with 2006-01-02T15:04:05, not '2024-01-01T24:00:00'",
        ),
        ("username_or_email=~a", "username_or_email=~a in q: Harbor ignores all but an exact value"),
        ("username_or_email=[a~b]", "ignores all but an exact value"),
        ("username_or_email={a b}", "ignores all but an exact value"),
        ("username_or_email=(a b)", "ignores all but an exact value"),
        ("username=%ff", "not Unicode"),
    ],
)
def test_what_is_wrong_with_a_text_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Query.parse(text)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: Q.username == 3, TypeError, "username is compared with a str, not int"),
        (lambda: Q.username == None, TypeError, "not NoneType"),  # noqa: E711
        (lambda: Q.username.contains(1), TypeError, "a str, not int"),
        (lambda: Q.username.one_of(1), TypeError, "a str, not int"),
        (lambda: Q.username.one_of("a", b"b"), TypeError, "username is compared with a str, not bytes"),
        (lambda: Q.user_id == "3", TypeError, "an int, not str"),
        (lambda: Q.user_id == 3.0, TypeError, "an int, not float"),
        (lambda: Q.user_id.between("1", None), TypeError, "an int, not str"),
        (lambda: Q.sysadmin_flag == 1, TypeError, "a bool, not int"),
        (lambda: Q.sysadmin_flag == "true", TypeError, "a bool, not str"),
        (lambda: Q.creation_time == datetime(2024, 1, 1), TypeError, "use between"),
        (lambda: Q.creation_time >= "2024-01-01", TypeError, "a datetime, not str"),
        (lambda: (Q.username == "a") & "email=b", TypeError, "unsupported operand"),
        (lambda: (Q.username == "a") or (Q.email == "b"), TypeError, "join conditions with &"),
        (lambda: not (Q.username >= "a"), TypeError, "join conditions with &"),
        (lambda: Query.parse(3), TypeError, "q must be a str, not int"),  # type: ignore[arg-type]
        (lambda: Q.username == "a\ud800", ValueError, "not Unicode"),
        (lambda: Q.username.contains(""), ValueError, "selects everybody"),
        (lambda: Q.username.between(None, None), ValueError, "at least one limit"),
        (lambda: Q.username.between("", "b"), ValueError, "skips what is empty"),
        (lambda: Q.username.between("'a", None), ValueError, "trims quotation marks"),
        (lambda: Q.username.one_of(), ValueError, "at least one value"),
        (lambda: Q.username.one_of([]), ValueError, "at least one value"),
        (lambda: Q.user_id.one_of(1, 2**31), ValueError, "must be in 0 to"),
        (lambda: Q.username.contains("a") & Q.username.contains("b"), ValueError, "only the last"),
        (lambda: (Q.username >= "a") & (Q.username >= "b"), ValueError, "only the last"),  # the database's order
        (lambda: (Q.user_id == 3) & (Q.user_id == 4), ValueError, "only the last"),
        (lambda: Q.user_id.one_of(1, 5) & Q.user_id.between(5, None), ValueError, "only the last"),
        (lambda: (Q.sysadmin_flag == True) & (Q.sysadmin_flag == False), ValueError, "only the last"),  # noqa: E712
        (lambda: Q.username == "a,b", ValueError, "splits q at every comma"),
        (lambda: Q.username == "a\0", ValueError, "knows no NUL"),
        (lambda: Q.username.one_of("'a", "b"), ValueError, "trims quotation marks"),
        (lambda: Q.username.one_of('a"', "b"), ValueError, "trims quotation marks"),
        (lambda: Q.username.one_of("a'", "b"), ValueError, "trims quotation marks"),
        (lambda: Q.username.one_of('"a', "b"), ValueError, "trims quotation marks"),
        (lambda: Q.username.one_of("a b"), ValueError, "splits lists at spaces"),
        (lambda: Q.username.between("a~", None), ValueError, "splits ranges at ~"),
        (lambda: Q.username.contains("%"), ValueError, "escapes % twice"),
        (lambda: Q.user_id == -1, ValueError, "must be in 0 to"),
        (lambda: Q.user_id == 2**31, ValueError, "must be in 0 to"),
        (lambda: Q.user_id == True, TypeError, "an int, not bool"),  # noqa: E712
        (lambda: Q.username_or_email.one_of("a"), AttributeError, "no attribute 'one_of'"),
        (lambda: Q.username_or_email >= "a", TypeError, "not supported"),
        (lambda: Q.username_or_email.desc(), TypeError, "does not sort by username_or_email"),
        (lambda: bool(Q.username == "a"), TypeError, "join conditions with &"),
        (lambda: bool(Q.username), TypeError, "Q.username is a field, not a truth value"),
        (lambda: (Q.username == "a") & (Q.username == "b"), ValueError, "only the last of several"),
    ],
)
def test_what_does_not_fit_is_said(make: Callable[[], object], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        make()


def test_the_edges_of_what_fits() -> None:
    assert str(Q.user_id == 0) == "user_id=0"
    assert str(Q.user_id == 2**31 - 1) == "user_id=2147483647"
    assert Query.parse("user_id=" + "0" * 19 + "7").matches(user())
    for first in "+-0123456789":
        assert str(Q.username.one_of(f"{first}x", "a")).replace("%2B", "+") == f"username={{'{first}x' a}}"
    for first in "\\~[{(":
        assert str(Q.username == f"{first}x") == f"username=\\{first}x"


def test_reprs() -> None:
    assert repr(Q.username == "a") == "<Query username=a>"
    assert repr(Q.email.desc().then(Q.user_id.asc())) == "<Sort -email,user_id>"
    assert repr(Q) == "Q"
    assert Q.email.asc() != "email"
    assert {Q.email.asc(), Q.email.asc(), Q.email.desc()} == {Q.email.desc(), Q.email.asc()}
    assert hash(Q.email.asc()) == hash(Q.email.asc())


def test_ids_are_told_apart_from_the_rest() -> None:
    rest = Q.username.contains("a")
    assert rest.split_ids() == (rest, None)
    assert (rest & (Q.user_id == 3)).split_ids() == (rest, frozenset({3}))
    assert (Q.user_id.one_of(3, 5) & rest).split_ids() == (rest, frozenset({3, 5}))
    assert (rest & Q.user_id.between(3, 5)).split_ids() == (rest, (3, 5))
    assert (rest & (Q.user_id >= 3)).split_ids() == (rest, (3, 2**31 - 1))
    assert (Q.user_id <= 5).split_ids() == (Query(), (0, 5))
    assert Query.parse("user_id=[3~5],username=~a").split_ids() == (rest, (3, 5))
    assert Query.parse("user_id={3 5}").split_ids() == (Query(), frozenset({3, 5}))


def test_what_is_joined_and_what_equals_what() -> None:
    assert (Q.user_id >= 3) & (Q.user_id <= 9) & Q.user_id.between(4, None) == Q.user_id.between(4, 9)
    assert (Q.username >= "a") & (Q.username <= "b") == Q.username.between("a", "b")
    assert (Q.username == "a") & (Q.username == "a") == (Q.username == "a")
    later = NOON + timedelta(hours=1)
    assert (Q.creation_time >= NOON) & (Q.creation_time >= later) == (Q.creation_time >= later)
    assert (Q.username == "a") != (Q.email == "a")
    assert Q.user_id.between(3, 7).matches(user())
    assert not Q.user_id.between(3, 6).matches(user())
    zone = timezone(timedelta(hours=2))
    assert (Q.creation_time >= NOON.astimezone(zone)) == (Q.creation_time >= NOON.replace(tzinfo=None))
