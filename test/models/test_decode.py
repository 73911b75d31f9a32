"""Parsed JSON becomes a model, or an error that says where it is not what the API promises."""

from __future__ import annotations

import json
import pickle
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from typing import Any

import pytest

from harbor_client import models
from harbor_client.api_client import ApiClient
from harbor_client.models import Error, Errors, OIDCUserInfo, Permission, UserResp
from harbor_client.models._schema.decode import DecodeError, decoder

ROW: dict[str, Any] = {
    "admin_role_in_auth": False,
    "comment": "from the directory",
    "creation_time": "2026-11-24T03:45:01.123Z",
    "email": "alice@example.com",
    "realname": "Alice",
    "sysadmin_flag": True,
    "update_time": "2026-11-25T03:45:01.000Z",
    "user_id": 3,
    "username": "alice",
}
OIDC = {"id": 1, "user_id": 3, "subiss": "abc", "secret": "Cli-Secret1", "creation_time": "2026-11-24T03:45:01.123Z"}


def wrong(kind: str | type, value: object) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        decoder(kind)(value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None, "a cause could quote the value"
    return caught.value


def test_a_row() -> None:
    user = decoder("UserResp")(ROW)
    assert type(user) is UserResp
    assert user.to_dict() == {
        **ROW,
        "oidc_user_meta": None,
        "creation_time": datetime(2026, 11, 24, 3, 45, 1, 123000, tzinfo=timezone.utc),
        "update_time": datetime(2026, 11, 25, 3, 45, 1, tzinfo=timezone.utc),
    }
    assert UserResp.from_json(ROW) == user
    assert decoder(UserResp)(ROW) == user


def test_lists_and_nested_models() -> None:
    users = decoder("list[UserResp]")([ROW, {}, {**ROW, "oidc_user_meta": OIDC}])
    assert [user.username for user in users] == ["alice", None, "alice"]
    assert type(users[2].oidc_user_meta) is OIDCUserInfo
    assert users[2].oidc_user_meta.secret == "Cli-Secret1"
    assert decoder("list[UserResp]")([]) == []
    errors = Errors.from_json({"errors": [{"code": "NOT_FOUND", "message": "user 3 not found"}, {}]})
    assert errors.errors == [Error("NOT_FOUND", "user 3 not found"), Error()]


def test_missing_null_and_unknown_fields() -> None:
    assert decoder("UserResp")({}) == UserResp()
    assert decoder("UserResp")(dict.fromkeys(ROW)) == UserResp()
    user = decoder("UserResp")({"username": "a", "new_in_harbor": {"x": [1]}, "": 1})
    assert user == UserResp(username="a")
    assert Errors.from_json({"errors": None}) == Errors()
    assert Errors.from_json({"errors": []}) == Errors([])


NOT_OBJECTS: list[tuple[object, str]] = [
    *((None, "null"), ([], "list"), ("x", "string"), (3, "integer"), (1.5, "number"), (True, "boolean")),
]


@pytest.mark.parametrize(("value", "found"), NOT_OBJECTS)
@pytest.mark.parametrize("name", [name for name in models.__all__ if name != "ResourceList"])
def test_no_object_for_a_model(name: str, value: object, found: str) -> None:
    error = wrong(name, value)
    assert (error.path, error.expected, error.found) == ("", "object", found)
    error = wrong(f"list[{name}]", [{}, value])
    assert (error.path, error.expected, error.found) == ("[1]", "object", found)
    if found != "list":
        error = wrong(f"list[{name}]", value)
        assert (error.path, error.expected, error.found) == ("", "list", found)


WRONG_FIELDS = {
    "username": [(1, "integer"), (1.5, "number"), (True, "boolean"), ([], "list"), ({}, "object")],
    "user_id": [("3", "string"), (3.0, "number"), (True, "boolean"), ([3], "list"), ({}, "object")],
    "sysadmin_flag": [(0, "integer"), (1, "integer"), ("true", "string"), (0.0, "number"), ([], "list")],
    "creation_time": [(0, "integer"), (1764000000.5, "number"), (True, "boolean"), ([], "list"), ({}, "object")],
    "oidc_user_meta": [(1, "integer"), ("", "string"), ([], "list"), (False, "boolean")],
}
EXPECTED = {
    "username": "string",
    "user_id": "integer",
    "sysadmin_flag": "boolean",
    "creation_time": "string",
    "oidc_user_meta": "object",
}


@pytest.mark.parametrize(
    ("name", "value", "found"), [(name, *case) for name, cases in WRONG_FIELDS.items() for case in cases]
)
def test_a_wrong_type_in_a_field(name: str, value: object, found: str) -> None:
    error = wrong("UserResp", {**ROW, name: value})
    assert (error.path, error.expected, error.found) == (name, EXPECTED[name], found)
    error = wrong("list[UserResp]", [ROW, ROW, ROW, {**ROW, name: value}])
    assert (error.path, error.expected, error.found) == (f"[3].{name}", EXPECTED[name], found)


def test_paths_into_nested_models() -> None:
    assert wrong("UserResp", {"oidc_user_meta": {**OIDC, "secret": 5}}).path == "oidc_user_meta.secret"
    assert wrong("Errors", {"errors": [{"code": 5}]}).path == "errors[0].code"
    assert wrong("Errors", {"errors": {}}).path == "errors"
    error = wrong("list[UserResp]", [{}, {"oidc_user_meta": {"update_time": "x"}}])
    assert error.path == "[1].oidc_user_meta.update_time"
    assert wrong("dict(str, list[Permission])", {"a": [{}], "b": [{}, {"action": 1}]}).path == "b[1].action"
    assert wrong("dict(str, int)", {"k" * 40: "x"}).path == "k" * 40
    assert wrong("dict(str, int)", {"k" * 41: "x"}).path == "…"  # not a part of what may be a secret


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 0])
def test_integers_of_64_bits(value: int) -> None:
    assert decoder("UserResp")({"user_id": value}).user_id == value
    assert decoder("int")(value) == value


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**4000])
def test_integers_beyond_64_bits(value: int) -> None:
    error = wrong("list[UserResp]", [{"user_id": value}])
    assert (error.path, error.expected, error.found) == ("[0].user_id", "integer", "integer beyond 64 bits")
    assert wrong("int", value).path == ""


@pytest.mark.parametrize(
    "text",
    [
        *("2024-02-30T00:00:00.000Z", "2024-13-01T00:00:00.000Z", "2024-01-01T24:00:00.000Z"),
        *("2024-01-01T00:00:60.000Z", "0000-01-01T00:00:00.000Z", "2024-01-01910:00", "", "5", "never"),
    ],
)
def test_impossible_dates(text: str) -> None:
    error = wrong("list[UserResp]", [ROW, {**ROW, "update_time": text}])
    assert error.path == "[1].update_time"
    assert str(error) == "[1].update_time: expected date and time, found string that is not one"


def test_odd_dates_in_rows() -> None:
    texts = [
        "2026-11-24T10:00:00Z",
        "2026-11-24 10:00:00+00:00",
        "Tue, 24 Nov 2026 10:00:00 GMT",
        "2026-11-24T11:00+01",
    ]
    users = decoder("list[UserResp]")([{**ROW, "creation_time": text} for text in texts])
    assert {user.creation_time for user in users} == {datetime(2026, 11, 24, 10, tzinfo=timezone.utc)}
    assert {user.username for user in users} == {"alice"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("str", "x"),
        ("int", 3),
        ("long", 3),
        ("bool", False),
        ("float", 1.5),
        ("object", {"a": [None]}),
        ("object", None),
        ("list[str]", ["a", "b"]),
        ("list[list[int]]", [[1], []]),
        ("dict(str, int)", {"a": 1}),
        ("dict(str,int)", {"a": 1}),
        ("dict[str, int]", {"a": 1}),
        ("dict(str, dict(str, list[bool]))", {"a": {"b": [True]}}),
        ("list[object]", [None, 1, "x"]),
        (str, "x"),
        (int, 3),
        (bool, True),
        (float, 0.5),
        (object, [1]),
    ],
)
def test_other_types(kind: str | type, value: object) -> None:
    decoded = decoder(kind)(value)
    assert decoded == value
    assert type(decoded) is type(value)


def test_numbers() -> None:
    assert decoder("float")(3) == 3.0
    assert type(decoder("float")(3)) is float
    for value in (float("nan"), float("inf"), -float("inf"), 10**400):
        assert wrong("float", value).found == "number that is infinite or not a number"


def test_dates() -> None:
    day, moment = date(2026, 11, 24), datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
    kind: str | type
    for kind in ("datetime", datetime):
        assert decoder(kind)("2026-11-24T10:00:00.000Z") == moment
        assert wrong(kind, "x").expected == "date and time"
        assert wrong(kind, 5).expected == "string"
    for kind in ("date", date):
        assert decoder(kind)("2026-11-24") == decoder(kind)("2026-11-24T10:00:00Z") == day
        assert type(decoder(kind)("2026-11-24T10:00:00Z")) is date
        error = wrong(kind, "2026-11-31")
        assert (error.expected, error.found) == ("date", "string that is not one")


@pytest.mark.parametrize(
    ("kind", "value", "expected", "found"),
    [
        *(("str", 5, "string", "integer"), ("str", None, "string", "null"), ("int", "5", "integer", "string")),
        *(("int", 5.0, "integer", "number"), ("int", True, "integer", "boolean")),
        *(("bool", "no", "boolean", "string"), ("bool", 1, "boolean", "integer")),
        *(("float", True, "number", "boolean"), ("float", "1", "number", "string")),
        *(("list[int]", {}, "list", "object"), ("dict(str, int)", [], "object", "list")),
        *(("dict(str, int)", None, "object", "null"), ("int", b"x", "integer", "bytes")),
    ],
)
def test_wrong_values_for_other_types(kind: str, value: object, expected: str, found: str) -> None:
    error = wrong(kind, value)
    assert (error.path, error.expected, error.found) == ("", expected, found)
    assert str(error) == f"expected {expected}, found {found}"


@pytest.mark.parametrize("kind", ["Nothing", "", "list[Nothing]", "dict(str, Nothing)", "list[]", "tuple[int]"])
def test_unknown_names(kind: str) -> None:
    with pytest.raises(ValueError, match="there is no type"):
        decoder(kind)


@pytest.mark.parametrize("kind", [list, dict, Callable, "__doc__", 5, None])
def test_what_is_no_model(kind: Any) -> None:
    with pytest.raises(TypeError, match="is not a model"):
        decoder(kind)


def test_decoders_are_made_once() -> None:
    for kind in ("UserResp", "list[UserResp]", UserResp, "int", "dict(str, UserResp)", "datetime"):
        assert decoder(kind) is decoder(kind)


def test_subclasses_of_json_types() -> None:
    class Text(str):
        pass

    class Number(int):
        pass

    user = decoder("UserResp")(OrderedDict(username=Text("a"), user_id=Number(3)))
    assert (user.username, user.user_id) == ("a", 3)
    assert decoder("list[int]")([Number(3)]) == [3]


def test_error_pickles_and_speaks() -> None:
    error = DecodeError("[3].user_id", "integer", "string")
    assert isinstance(error, ValueError)
    assert str(error) == "[3].user_id: expected integer, found string"
    twin = pickle.loads(pickle.dumps(error))
    assert (twin.path, twin.expected, twin.found, str(twin)) == (error.path, error.expected, error.found, str(error))


SECRET = "canary-Cli-Secret1"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("UserResp", {"oidc_user_meta": {"secret": SECRET, "id": "x"}}),
        ("UserResp", {"oidc_user_meta": {"secret": [SECRET]}}),
        ("list[UserResp]", [{"oidc_user_meta": {"secret": SECRET, "update_time": SECRET}}]),
        ("list[UserResp]", {SECRET: SECRET}),
        ("OIDCUserInfo", {"secret": SECRET, "creation_time": "2024-02-30T00:00:00.000Z"}),
        ("datetime", SECRET),
        ("dict(str, int)", {"secret": SECRET}),
        ("int", SECRET),
    ],
)
def test_no_value_in_the_error(kind: str, value: object) -> None:
    with pytest.raises(DecodeError) as caught:
        ApiClient()._ApiClient__deserialize(value, kind)  # type: ignore[attr-defined]
    error = caught.value
    assert SECRET not in repr(error) + str(error) + repr(vars(error))
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if "harbor_client" in frame.f_globals["__name__"]:
            assert SECRET not in repr(frame.f_locals)


# Models that scripts have changed or brought along


class Bag:
    """A model of another generated package."""

    swagger_types: dict[str, Any] = {"name": "str", "user": "UserResp", "sizes": "list[int]", "made": datetime}
    attribute_map = {"name": "Name", "user": "user", "sizes": "sizes", "made": "made"}

    def __init__(self, **given: Any) -> None:
        self.given = given


class AnyValue:
    swagger_types: dict[str, str] = {}
    attribute_map: dict[str, str] = {}


@pytest.fixture
def own_models() -> Iterator[Any]:
    for cls in (Bag, AnyValue):
        setattr(models, cls.__name__, cls)
    yield models
    for cls in (Bag, AnyValue):
        delattr(models, cls.__name__)


def test_models_of_other_packages(own_models: Any) -> None:
    bag = decoder("list[Bag]")([{"Name": "n", "user": ROW, "sizes": [1], "made": None, "more": 1}])[0]
    assert bag.given == {"name": "n", "user": UserResp.from_json(ROW), "sizes": [1], "made": None}
    assert decoder(Bag)({}).given == {}
    assert wrong("list[Bag]", [{}, {"user": {"user_id": "x"}}]).path == "[1].user.user_id"
    assert wrong("Bag", {"Name": 1}).path == "Name"
    assert wrong("Bag", None).expected == "object"
    assert decoder("AnyValue")([1]) == [1]
    assert decoder("Bag") is decoder("Bag")


def test_a_name_is_looked_up_at_each_call(own_models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine(UserResp):
        pass

    assert type(decoder("list[UserResp]")([ROW])[0]) is UserResp
    monkeypatch.setattr(models, "UserResp", Mine)
    assert type(decoder("list[UserResp]")([ROW])[0]) is Mine
    assert type(decoder("UserResp")(ROW)) is Mine
    assert type(decoder("Bag")({"user": ROW}).given["user"]) is Mine
    monkeypatch.undo()
    assert type(decoder("list[UserResp]")([ROW])[0]) is UserResp


def test_nested_names_are_looked_up_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine(OIDCUserInfo):
        pass

    decode = decoder("list[UserResp]")
    monkeypatch.setattr(models, "OIDCUserInfo", Mine)
    assert type(decode([{"oidc_user_meta": {}}])[0].oidc_user_meta) is Mine


def test_real_json() -> None:
    text = json.dumps({"errors": [{"code": "X", "message": "\u00e9\u20ac \U0001f600 <b>"}]})
    assert Errors.from_json(json.loads(text)).errors == [Error("X", "é€ 😀 <b>")]
    assert decoder("list[Permission]")([{"resource": ".", "action": "pull"}]) == [Permission(".", "pull")]
