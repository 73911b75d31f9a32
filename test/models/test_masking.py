"""One mark where a field is declared masks it wherever a model is shown, and nowhere else."""

import subprocess
import sys
from collections import OrderedDict, deque
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast

import pytest

from harbor_client import models
from harbor_client._privacy.names import is_secret, secret_names
from harbor_client.models import Errors, OIDCCliSecretReq, OIDCUserInfo, PasswordReq, UserCreationReq, UserResp
from harbor_client.models._schema.decode import decoder
from harbor_client.models._schema.mask import mask
from harbor_client.models._schema.model import Model, field

CANARY = "canary-Secret1"

SECRETS = {
    "UserCreationReq": {"password"},
    "PasswordReq": {"old_password", "new_password"},
    "OIDCCliSecretReq": {"secret"},
    "OIDCUserInfo": {"secret"},
    "RegistryCredential": {"access_secret"},
}


def test_secret_names_are_complete_before_any_model_is_loaded() -> None:
    script = "from harbor_client._privacy.names import secret_names; print(*secret_names())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == set().union(*SECRETS.values())


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_masked_and_real(name: str) -> None:
    cls = getattr(models, name)
    values = {field: f"{CANARY}-{field}" if field in SECRETS[name] else field for field in cls.swagger_types}
    instance = cls(**values)
    for shown in (repr(instance), str(instance), instance.to_str(), f"{instance}", f"{[instance]}", f"{(instance,)}"):
        assert CANARY not in shown
        for field_name in SECRETS[name]:
            assert f"'{field_name}': '***'" in shown
        for field_name in set(values) - SECRETS[name]:
            assert f"'{field_name}': '{field_name}'" in shown
    assert instance.to_dict() == values
    assert instance.to_json() == values
    assert CANARY in getattr(instance, next(iter(SECRETS[name])))


def test_none_is_shown() -> None:
    assert str(PasswordReq(None, "x")) == "{'new_password': '***', 'old_password': None}"
    assert str(OIDCCliSecretReq("")) == "{'secret': '***'}"


def test_models_in_models() -> None:
    user = UserResp(username="alice", oidc_user_meta=OIDCUserInfo(secret=CANARY, subiss="s"))
    assert CANARY not in repr(user)
    assert "'secret': '***'" in repr(user)
    assert "'subiss': 's'" in repr(user)
    assert CANARY in str(user.to_dict())


@pytest.mark.parametrize(
    "holder",
    [
        *({"password": CANARY}, {"Password": CANARY, "OLD_PASSWORD": CANARY}, {b"password": CANARY}),
        *([{"secret": CANARY}], ({"a": [({"new_password": CANARY},)]},), OrderedDict(password=CANARY)),
        *({"secret": {"deep": CANARY}}, {"secret": [CANARY]}, PasswordReq(CANARY, CANARY), [PasswordReq(CANARY)]),
        *({1: PasswordReq(CANARY)}, {"_password": CANARY}, MappingProxyType({"secret": CANARY})),
        deque([{"secret": CANARY}]),
    ],
)
def test_dictionaries_and_lists_in_models(holder: Any) -> None:
    errors = Errors(holder)
    assert CANARY not in repr(errors)
    assert "***" in repr(errors)
    assert CANARY not in str(mask(holder))


def test_mask_leaves_the_rest() -> None:
    value = {"user": "a", 3: [1, 2.5, None, ("x", b"y")], None: {"password": None}}
    assert mask(value) == value
    assert mask(UserResp) is UserResp
    marker = object()
    assert mask(marker) is marker
    assert not is_secret(5)


class Foreign:
    """A model of another generated package: its own repr shows all."""

    swagger_types = {"name": "str", "pw": "str"}
    attribute_map = {"name": "name", "pw": "password"}

    def __init__(self) -> None:
        self.name = "n"
        self.pw = CANARY

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "pw": self.pw}

    def __repr__(self) -> str:
        return str(self.to_dict())


def test_models_of_other_packages_in_models() -> None:
    assert CANARY not in repr(Errors(cast("Any", [Foreign()])))
    assert mask(Foreign()) == {"name": "n", "pw": "***"}


@pytest.mark.parametrize("name", ["swagger_types", "attribute_map"])
def test_half_a_model_is_shown_as_it_is(name: str) -> None:
    half = SimpleNamespace(**{name: {}})
    assert mask(half) is half


def test_models_without_to_dict() -> None:
    class Plain:
        swagger_types = {"secret": "str", "name": "str"}
        attribute_map = {"secret": "secret", "name": "name"}
        secret = CANARY

    assert mask(Plain()) == {"secret": "***", "name": None}


class TestSubclasses:
    """A subclass of a script's own cannot unmask."""

    def test_plain(self) -> None:
        class Mine(PasswordReq):
            pass

        assert CANARY not in repr(Mine(CANARY, CANARY))

    def test_with_another_attribute_for_the_same_key(self) -> None:
        class Mine(UserResp):
            swagger_types = {**UserResp.swagger_types, "pw": "str"}
            attribute_map = {**UserResp.attribute_map, "pw": "password"}

        mine = Mine(username="a")
        mine.pw = CANARY  # type: ignore[attr-defined]
        assert "'pw': '***'" in repr(mine)
        assert mine.to_json() == {"username": "a", "password": CANARY}

    def test_with_a_secret_name_for_another_key(self) -> None:
        class Mine(UserCreationReq):
            attribute_map = {**UserCreationReq.attribute_map, "password": "pass"}

        assert CANARY not in repr(Mine(password=CANARY))
        assert Mine(password=CANARY).to_json() == {"pass": CANARY}

    def test_with_more_fields(self) -> None:
        class Mine(UserResp):
            swagger_types = {**UserResp.swagger_types, "new_password": "str", "tags": "object"}
            attribute_map = {**UserResp.attribute_map, "new_password": "np", "tags": "tags"}

        mine: Any = Mine()
        mine.new_password, mine.tags = CANARY, [{"secret": CANARY, "x": 1}]
        assert CANARY not in repr(mine)
        assert "'x': 1" in repr(mine)

    def test_with_its_own_to_dict(self) -> None:
        class Mine(PasswordReq):
            def to_dict(self) -> dict[str, Any]:
                return {**super().to_dict(), "more": [{"Secret": CANARY}], "note": "n"}

        assert CANARY not in repr(Mine(CANARY, CANARY))
        assert "'note': 'n'" in repr(Mine(CANARY))

    def test_with_a_default_or_property_over_the_field(self) -> None:
        class Mine(PasswordReq):
            old_password = CANARY

            @property
            def new_password(self) -> str:  # type: ignore[override]
                return CANARY

        assert repr(Mine()) == "{'new_password': '***', 'old_password': '***'}"


def test_extra_attributes_are_not_shown() -> None:
    user = UserResp(username="alice")
    user.password = CANARY  # type: ignore[attr-defined]
    assert CANARY not in repr(user)
    assert CANARY not in str(vars(UserResp()))


def test_a_mark_of_a_new_model_counts_everywhere() -> None:
    class Robot(Model):
        """A robot."""

        name: str | None = field()
        robot_key: str | None = field(secret=True, key="robotKey")

    assert Robot("r", CANARY).to_json() == {"name": "r", "robotKey": CANARY}
    assert repr(Robot("r", CANARY)) == "{'name': 'r', 'robot_key': '***'}"
    assert mask({"ROBOTKEY": CANARY, "robot_key": CANARY}) == {"ROBOTKEY": "***", "robot_key": "***"}
    assert decoder(Robot)({"robotKey": CANARY}).robot_key == CANARY
    assert {"robot_key", "robotkey"} <= secret_names()


def test_a_model_that_was_never_initialised_can_be_shown() -> None:
    assert repr(object.__new__(PasswordReq)) == "{'new_password': None, 'old_password': None}"
