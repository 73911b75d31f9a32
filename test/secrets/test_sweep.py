"""What exceptions of the standard library hold on to is gone once they have passed a public method."""

from __future__ import annotations

import json
import shutil
from collections import ChainMap
from collections.abc import Callable

import pytest

from harbor_client import models
from harbor_client._privacy.guard import sweep
from support.canaries import caught
from support.clients import users
from support.recorder import Hunt, mark


class Holder:
    """Something whose repr shows what it holds."""

    def __init__(self, held: str) -> None:
        self.held = held

    def __repr__(self) -> str:
        return self.held


@pytest.mark.parametrize(
    "fail",
    [
        lambda secret: json.loads(b'"\xff' + secret.encode()),  # UnicodeDecodeError.object
        lambda secret: json.loads(f'"{secret}'),  # JSONDecodeError.doc
        lambda secret: ChainMap({})[secret, "x"],  # KeyError.args
        lambda secret: shutil.copyfileobj(Holder(secret), None),  # type: ignore[arg-type]  # AttributeError.obj
    ],
    ids=["bytes", "text", "key", "object"],
)
def test_nothing_is_carried_away(fail: Callable[[str], object]) -> None:
    secret = mark("carried")
    error = caught(fail, secret)
    assert error is not None
    error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next  # whose frames are this test's own
    sweep(error)
    shown = [
        repr(error),
        *map(repr, error.args),
        *(repr(getattr(error, name, "")) for name in ("object", "doc", "obj")),
    ]
    assert secret not in "".join(shown)


def test_a_secret_as_request_id() -> None:
    secret = mark("password")
    hunt = Hunt({"password": secret})
    with users("http://127.0.0.1:1/api/v2.0", password=secret, retries=0) as api:
        error = caught(api.get_user, 3, x_request_id=f"id-{secret}")
    hunt.error("the error", error)
    hunt.assert_nothing()


def test_each_model_marks_its_own_secrets() -> None:
    """Names are masked wherever they occur; but no model relies on another's mark."""
    marks = {
        name: {declared.name for declared in getattr(models, name)._fields.values() if declared.secret}
        for name in models.MODULES
    }
    assert {name: found for name, found in marks.items() if found} == {
        "OIDCCliSecretReq": {"secret"},
        "OIDCUserInfo": {"secret"},
        "PasswordReq": {"old_password", "new_password"},
        "UserCreationReq": {"password"},
    }
