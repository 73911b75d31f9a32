"""What is sent: what was set, in JSON's own terms."""

from __future__ import annotations

import enum
import json
import traceback
from collections import OrderedDict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple, cast
from uuid import UUID

import pytest

from harbor_client.api_client import ApiClient
from harbor_client.models import (
    Error,
    Errors,
    OIDCUserInfo,
    PasswordReq,
    UserCreationReq,
    UserProfile,
    UserResp,
    UserSysAdminFlag,
)
from harbor_client.models._schema.encode import encode

SECRET = "canary-Passw0rd"


class Colour(enum.Enum):
    RED = 1


class Name(str, enum.Enum):
    ALICE = "alice"


class Pair(NamedTuple):
    first: Any
    second: Any


class Foreign:
    """A model of another generated package."""

    swagger_types = {"name": "str", "made": "datetime", "empty": "str"}
    attribute_map = {"name": "Name", "made": "madeAt", "empty": "empty"}

    def __init__(self, name: Any) -> None:
        self.name = name
        self.made = date(2026, 11, 24)
        self.empty = None


def test_only_what_was_set() -> None:
    assert UserCreationReq().to_json() == {}
    assert UserProfile(email="a@b.co", comment="").to_json() == {"email": "a@b.co", "comment": ""}
    assert UserSysAdminFlag(False).to_json() == {"sysadmin_flag": False}
    assert UserResp(user_id=0).to_json() == {"user_id": 0}
    profile = UserProfile(email="a", realname="b", comment="c")
    profile.comment = None
    assert profile.to_json() == {"email": "a", "realname": "b"}
    assert list(UserCreationReq("a", "b", "c", "d", "e").to_json()) == list(UserCreationReq.swagger_types)


@pytest.mark.parametrize("value", [None, True, False, 0, -5, 10**30, 1.5, "", "x", "é\u0000"])
def test_plain_values_are_as_they_are(value: object) -> None:
    assert encode(value) is value
    assert encode([value]) == [value]
    assert encode({"k": value}) == {"k": value}


def test_containers() -> None:
    assert encode([1, [2, (3, [4])]]) == [1, [2, (3, [4])]]
    assert encode((1, date(2026, 1, 2))) == (1, "2026-01-02")
    assert encode(Pair(1, UserProfile("a"))) == (1, {"email": "a"})
    assert encode(OrderedDict(b=1, a=None)) == {"b": 1, "a": None}
    assert encode({}) == {}
    assert encode([]) == []


def test_a_dictionary_keeps_its_none_and_a_model_drops_it() -> None:
    assert encode({"comment": None, "profile": UserProfile("a")}) == {"comment": None, "profile": {"email": "a"}}
    assert encode([None, UserProfile()]) == [None, {}]


def test_dates() -> None:
    moment = datetime(2026, 11, 24, 10, 0, 0, 123000)
    assert encode(moment) == "2026-11-24T10:00:00.123000"
    assert encode(moment.replace(tzinfo=timezone.utc)) == "2026-11-24T10:00:00.123000+00:00"
    assert encode(moment.replace(tzinfo=timezone(timedelta(hours=-5)))) == "2026-11-24T10:00:00.123000-05:00"
    assert encode(date(2026, 11, 24)) == "2026-11-24"
    assert UserResp(creation_time=moment).to_json() == {"creation_time": "2026-11-24T10:00:00.123000"}


def test_models_in_models() -> None:
    user = UserResp(username="a", oidc_user_meta=OIDCUserInfo(id=1, secret=SECRET))
    assert user.to_json() == {"username": "a", "oidc_user_meta": {"id": 1, "secret": SECRET}}
    assert Errors([Error("A"), Error()]).to_json() == {"errors": [{"code": "A"}, {}]}
    assert encode({"users": (user,)})["users"][0]["username"] == "a"


def test_models_of_other_packages() -> None:
    expected = {"Name": "n", "madeAt": "2026-11-24"}
    assert encode(Foreign("n")) == expected
    assert encode([Foreign("n")]) == [expected]
    assert Errors(cast("Any", [Foreign("n")])).to_json() == {"errors": [expected]}
    assert UserResp(oidc_user_meta=cast("Any", Foreign(Error("A")))).to_json() == {
        "oidc_user_meta": {"Name": {"code": "A"}, "madeAt": "2026-11-24"}
    }


def test_a_foreign_model_that_lacks_something() -> None:
    class Sparse:
        swagger_types = {"a": "str", "b": "str"}
        attribute_map = {"b": "B"}
        a = 1

    assert encode(Sparse()) == {"a": 1}


def test_text_as_bytes() -> None:
    assert PasswordReq(cast("Any", b"old"), cast("Any", "né".encode())).to_json() == {
        "old_password": "old",
        "new_password": "né",
    }
    assert encode(b"x") == "x"


def test_subclasses_of_plain_types() -> None:
    class Number(float):
        pass

    assert json.dumps(encode([Name.ALICE, Number(1.5), True])) == '["alice", 1.5, true]'


@pytest.mark.parametrize(
    "value", [{1}, object(), Decimal(1), UUID(int=1), Colour.RED, bytearray(b"x"), 1j, len, Foreign]
)
def test_what_cannot_be_sent(value: object) -> None:
    kind = type(value).__name__
    for holder, place in (
        (value, "the value"),
        ({"a": [1, value]}, r"a\[1\]"),
        ([{"b": value}], r"\[0\].b"),
        ((value,), r"\[0\]"),
        (UserProfile(comment=cast("Any", value)), "comment"),
        (Errors(cast("Any", [Error(), {"x": value}])), r"errors\[1\].x"),
    ):
        with pytest.raises(TypeError, match=f"^{place} is of type {kind}, which cannot be sent as JSON$"):
            encode(holder)


def test_keys_are_json_s_to_write() -> None:
    with pytest.raises(TypeError, match="cannot be sent as JSON"), ApiClient() as client:
        client.call("POST", "/users", body={"a": {(1, 2): 3}})
    assert json.dumps(encode({1: 1, None: 2, 1.5: 3, False: 4})) == '{"1": 1, "null": 2, "1.5": 3, "false": 4}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_cannot_say(value: float) -> None:
    with pytest.raises(ValueError, match="^user_id is (nan|-?inf), which is not a number in JSON$"):
        UserResp(user_id=cast("Any", value)).to_json()
    with pytest.raises(ValueError, match="^the value is"):
        encode(value)


def test_bytes_that_are_not_utf_8() -> None:
    with pytest.raises(ValueError, match="^new_password contains bytes that are not UTF-8$") as caught:
        PasswordReq(new_password=cast("Any", b"canary-\xff")).to_json()
    assert caught.value.__context__ is None


def test_what_contains_itself() -> None:
    circle: list[Any] = []
    circle.append(circle)
    errors = Errors()
    errors.errors = cast("Any", [errors])
    for value in (circle, errors, {"a": circle}):
        with pytest.raises(ValueError, match="contains itself") as caught:
            encode(value)
        assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "value",
    [
        {"password": SECRET, "other": {1}},
        [SECRET, object()],
        PasswordReq(SECRET, cast("Any", {1})),
        UserResp(oidc_user_meta=OIDCUserInfo(secret=SECRET, subiss=cast("Any", object()))),
        {"password": SECRET, "number": float("nan")},
    ],
)
def test_no_secret_in_the_error(value: object) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        ApiClient().sanitize_for_serialization(value)
    shown = repr(caught.value) + repr(caught.value.__context__) + repr(caught.value.__cause__)
    for frame, _ in traceback.walk_tb(caught.value.__traceback__):
        if "harbor_client" in frame.f_globals["__name__"]:
            shown += repr(frame.f_locals)
    assert SECRET not in shown
