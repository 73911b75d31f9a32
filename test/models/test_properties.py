"""Decoders and encoders over all of JSON: a value or a DecodeError, and what is written is read again."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from harbor_client import models
from harbor_client.models import UserResp
from harbor_client.models._schema.decode import DecodeError, _strict, decoder
from harbor_client.models._schema.encode import encode
from harbor_client.models._schema.model import Model

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**63) - 1, 2**63)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-24T10:00:00.000Z", "2024-02-30T10:00:00.000Z", "24 Nov 2026", "T" * 11])
)
DECLARED = [name for name in models.__all__ if name != "ResourceList"]  # which has no fields: it may be anything
KEYS = sorted({key for name in models.__all__ for key in getattr(models, name).attribute_map})
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=12,
)
KINDS = [
    *(*DECLARED, "list[UserResp]", "list[Permission]", "dict(str, UserResp)", "datetime", "date", "int", "float"),
    "str",
]

TEXT = st.text(max_size=10)
MOMENTS = st.datetimes(timezones=st.just(timezone.utc))
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "str": TEXT,
    "int": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "datetime": MOMENTS,
    "ResourceList": st.dictionaries(TEXT, st.integers(), max_size=3),
}


def instances(name: str) -> st.SearchStrategy[Any]:
    cls = getattr(models, name)
    fields = {}
    for field, kind in cls.swagger_types.items():
        if kind.startswith("list["):
            inner = kind[5:-1]
            values = st.lists(BY_TYPE[inner] if inner in BY_TYPE else instances(inner), max_size=3)
        else:
            values = BY_TYPE[kind] if kind in BY_TYPE else instances(kind)
        fields[field] = st.none() | values
    return st.fixed_dictionaries(fields).map(lambda given: cls(**given))


@given(st.sampled_from(DECLARED).flatmap(instances))
def test_what_is_written_is_read(original: Model) -> None:
    name = type(original).__name__
    written = json.loads(json.dumps(original.to_json(), allow_nan=False))
    again = decoder(name)(written)
    assert again == original
    assert again.to_json() == original.to_json()
    assert decoder(f"list[{name}]")([written, {}]) == [original, type(original)()]
    assert pickle.loads(pickle.dumps(original)) == copy.deepcopy(original) == original
    assert None not in written.values()


@given(st.sampled_from(KINDS), anything)
@example("Errors", {"errors": [{"code": "x"}, None]})
@example("list[UserResp]", [{"creation_time": "0" * 11}, {"user_id": 1e400}])
def test_all_of_json_is_a_value_or_an_error(kind: str, value: Any) -> None:
    try:
        decoded = decoder(kind)(value)
    except DecodeError as error:
        with pytest.raises(DecodeError) as strict:
            _strict(kind, value, "")
        assert error.args == strict.value.args
    else:
        assert decoded == _strict(kind, value, ""), "the quick way and the strict one agree"
        if kind == "UserResp":
            assert_typed(decoded)


@lru_cache(maxsize=1)
def nested() -> Any:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["oidc_user_meta", "errors", "username", "user_id", "creation_time"])
def test_deep_nesting_is_an_error(kind: str, key: str) -> None:
    deep = nested()
    refused = 0
    for value in (deep, [deep], {key: deep}, [{key: deep}], {"x": {key: deep}}):
        try:
            decoder(kind)(value)
        except DecodeError:
            refused += 1
    assert refused >= 2


def assert_typed(user: UserResp) -> None:
    types = {"str": str, "int": int, "bool": bool, "datetime": datetime, "OIDCUserInfo": models.OIDCUserInfo}
    for name, kind in UserResp.swagger_types.items():
        value = getattr(user, name)
        assert value is None or type(value) is types[kind]


rows = st.fixed_dictionaries(
    {},
    optional={
        key: st.none()
        | (MOMENTS.map(lambda m: m.isoformat()) if kind == "datetime" else BY_TYPE.get(kind, st.none()))
        | leaves
        for key, kind in UserResp.swagger_types.items()
    },
)


@given(st.lists(rows, max_size=4))
def test_rows_that_are_nearly_right(values: list[dict[str, Any]]) -> None:
    try:
        users = decoder("list[UserResp]")(values)
    except DecodeError as error:
        assert error.path.startswith("[")
        with pytest.raises(DecodeError) as strict:
            _strict("list[UserResp]", values, "")
        assert error.args == strict.value.args
    else:
        assert users == _strict("list[UserResp]", values, "")
        for user in users:
            assert_typed(user)


@given(anything)
def test_encoding_keeps_plain_json(value: Any) -> None:
    try:
        encoded = encode(value)
    except ValueError:
        with pytest.raises(ValueError):
            json.dumps(value, allow_nan=False)
    else:
        assert encoded == value
        json.dumps(encoded, allow_nan=False)
