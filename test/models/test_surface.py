"""What scripts written for the generated client see of the models. The facts were observed on that client."""

import ast
import inspect
import itertools
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone
from typing import Any, cast
from unittest import mock

import pytest

from harbor_client import models
from harbor_client.configuration import Configuration
from harbor_client.models import Error, Errors, OIDCUserInfo, PasswordReq, UserCreationReq, UserProfile, UserResp
from harbor_client.models._schema.model import Model, field

#: What the drop-in check compares with the generated client: the types of the fields, in order.
FIELDS = {name: getattr(models, name).swagger_types for name in models.__all__}

every_model = pytest.mark.parametrize("name", FIELDS)


@every_model
def test_constructor_takes_the_fields_by_place_and_by_name(name: str) -> None:
    cls = getattr(models, name)
    values = [f"value {number}" for number in range(len(FIELDS[name]))]
    expected = dict(zip(FIELDS[name], values, strict=True))
    assert cls(*values).to_dict() == expected
    assert cls(**expected).to_dict() == expected
    configuration = Configuration()
    assert cls(*values, configuration)._configuration is configuration
    assert cls(_configuration=configuration)._configuration is configuration
    with pytest.raises(TypeError, match="unexpected keyword argument 'bogus'"):
        cls(bogus=1)
    with pytest.raises(TypeError, match="positional arguments"):
        cls(*values, configuration, 1)


@every_model
def test_signature(name: str) -> None:
    cls = getattr(models, name)
    names = [*FIELDS[name], "_configuration"]
    signature = inspect.signature(cls)
    assert list(signature.parameters) == names
    assert all(parameter.default is None for parameter in signature.parameters.values())
    assert all(signature.parameters[name].annotation is not inspect.Parameter.empty for name in cls.swagger_types)
    assert list(inspect.signature(cls.__init__).parameters) == ["self", *names]
    assert cls.__init__.__qualname__ == f"{name}.__init__"


@every_model
def test_a_docstring_below_each_field_says_in_editors_what_it_means(name: str) -> None:
    source = ast.parse(inspect.getsource(getattr(models, name)))
    (body,) = (node.body for node in source.body if isinstance(node, ast.ClassDef))
    described = []
    for declared, below in itertools.pairwise(body):
        if isinstance(declared, ast.AnnAssign):
            assert isinstance(below, ast.Expr), ast.unparse(declared)
            assert ast.literal_eval(below.value).endswith(".")
            described.append(ast.unparse(declared.target))
    assert described == list(FIELDS[name])


@every_model
def test_attributes_are_none_and_can_be_set(name: str) -> None:
    cls = getattr(models, name)
    instance = cls()
    assert instance.to_dict() == dict.fromkeys(FIELDS[name])
    assert instance.discriminator is None
    for attribute in FIELDS[name]:
        setattr(instance, attribute, "x")
        assert getattr(instance, attribute) == "x"
    instance.unknown = 5
    assert instance.unknown == 5
    assert "unknown" not in instance.to_dict()
    assert "unknown" not in instance.to_json()


@every_model
def test_where_a_model_lives(name: str) -> None:
    cls = getattr(models, name)
    module = sys.modules[cls.__module__]
    assert getattr(models, cls.__module__.removeprefix("harbor_client.models.")) is module
    assert getattr(module, name) is cls
    assert cls.__doc__
    assert set(FIELDS[name]) <= set(dir(cls)), "mocks with a spec look there"
    assert mock.Mock(spec=cls).to_dict


def test_constructor_annotations_can_be_resolved() -> None:
    import typing

    hints = typing.get_type_hints(UserResp)
    assert hints["user_id"] == int | None
    assert hints["creation_time"] == datetime | None
    assert typing.get_type_hints(UserResp.__init__)["user_id"] == int | None


def test_the_package_knows_its_models() -> None:
    assert {*FIELDS, "user_resp"} <= set(dir(models))
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = models.Nothing  # type: ignore[attr-defined]


def test_threads_that_make_the_first_instance_at_once() -> None:
    class Fresh(Model):
        name: str | None = field()

    waiting = vars(Fresh)["__init__"]
    assert Fresh("a") == Fresh("a")
    standing = Fresh.__init__
    late = waiting.__get__(None, Fresh)
    assert Fresh.__init__ is standing
    twin = object.__new__(Fresh)
    late(twin, "a")
    assert twin == Fresh("a")


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_star_import_brings_all_models() -> None:
    out = run("from harbor_client.models import *\nprint(UserResp.__name__, Errors.__name__)")
    assert out == "UserResp Errors"


def test_models_are_loaded_when_asked_for() -> None:
    loaded = (
        "print('harbor_client.models.user_resp' in sys.modules, 'harbor_client.models._schema.dates' in sys.modules)"
    )
    assert run(f"import sys, harbor_client; harbor_client.Configuration(); {loaded}") == "False False"
    assert run(f"import sys, harbor_client; harbor_client.Permission(); {loaded}") == "True False"


def test_a_module_of_a_model_can_be_imported_first() -> None:
    assert run("from harbor_client.models.user_resp import UserResp; print(UserResp.__name__)") == "UserResp"
    assert run("from harbor_client.models import user_resp; print(user_resp.UserResp.__name__)") == "UserResp"


def test_a_model_gives_its_fields_as_a_dictionary() -> None:
    info = OIDCUserInfo(id=1)
    user = UserResp(user_id=3, oidc_user_meta=info)
    assert dict(user) == {**user} == {**dict.fromkeys(FIELDS["UserResp"]), "user_id": 3, "oidc_user_meta": info}
    assert dict(user)["oidc_user_meta"] is info
    assert user["user_id"] == 3
    with pytest.raises(KeyError):
        _ = user["to_dict"]


def test_a_model_is_shown_by_its_repr_alone() -> None:
    """Whatever looks into mappings and sequences must not look into a model: its secrets are not masked there."""
    user = UserResp(user_id=3)
    assert bool(UserProfile())
    assert not isinstance(user, (Iterable, Mapping))
    assert "keys" not in user.to_dict()


def test_a_script_can_put_models_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine(UserProfile):
        pass

    monkeypatch.setattr(models, "Mine", Mine, raising=False)
    assert vars(models)["Mine"] is Mine
    assert "Mine" in dir(models)


def test_to_dict_is_recursive_and_real() -> None:
    info = OIDCUserInfo(id=1, secret="cli-Secret1")
    expected = {
        "id": 1,
        "user_id": None,
        "subiss": None,
        "secret": "cli-Secret1",
        "creation_time": None,
        "update_time": None,
    }
    assert UserResp(oidc_user_meta=info).to_dict()["oidc_user_meta"] == expected
    errors = Errors([Error("A", "b"), {"code": "C"}])  # type: ignore[list-item]
    assert errors.to_dict() == {"errors": [{"code": "A", "message": "b"}, {"code": "C"}]}
    nested = Errors(cast("Any", {"x": Error("A"), "y": [Error("B")], "z": 1}))
    none = {"message": None}
    assert nested.to_dict()["errors"] == {"x": {"code": "A", **none}, "y": [{"code": "B", **none}], "z": 1}


def test_to_str_is_pprint() -> None:
    permission = models.Permission("/project/1/repository", "pull")
    assert permission.to_str() == "{'action': 'pull', 'resource': '/project/1/repository'}"
    assert repr(permission) == str(permission) == permission.to_str()
    assert str(UserResp(user_id=3)).startswith("{'admin_role_in_auth': None,\n 'comment': None,\n 'creation_time'")


def test_equality_is_by_class_and_fields() -> None:
    assert UserProfile("a", "b") == UserProfile("a", "b")
    assert UserProfile("a", "b") != UserProfile("a", "c")
    assert not UserProfile("a", "b") != UserProfile("a", "b")  # noqa: SIM202
    assert UserProfile() != UserResp()
    assert UserProfile() != UserProfile().to_dict()
    assert UserProfile() != None  # noqa: E711
    assert models.Permission() != Error()
    one, other = PasswordReq("a", "b"), PasswordReq("a", "b")
    one.__dict__["extra"] = 1
    assert one == other, "only fields count"
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_values_are_taken_as_they_are() -> None:
    anything: Any = 5
    assert UserCreationReq(comment=anything).to_dict()["comment"] == 5
    anything = "3"
    assert UserResp(user_id=anything).to_dict()["user_id"] == "3"
    day = date(2026, 11, 24)
    anything = day
    assert UserResp(creation_time=anything).creation_time is day


def test_configuration_of_a_model() -> None:
    profile = UserProfile()
    assert isinstance(profile._configuration, Configuration)
    assert profile._configuration is profile._configuration


def test_no_model_waits_for_the_configuration_of_another() -> None:
    # Cached properties of Python 3.11 and earlier hold one lock for all models, which a fork may leave locked.
    found: list[Any] = []

    class Slow:
        def __copy__(self) -> None:
            Configuration.set_default(None)
            other = threading.Thread(target=lambda: found.append(UserProfile()._configuration), daemon=True)
            other.start()
            other.join(30)

    default = Configuration()
    default._slow = Slow()  # type: ignore[attr-defined]
    Configuration.set_default(default)
    try:
        assert UserProfile()._configuration is not None
    finally:
        Configuration.set_default(None)
    assert found


def test_dates_from_json_are_aware() -> None:
    user = UserResp.from_json({"creation_time": "2026-11-24T10:00:00.123Z"})
    assert isinstance(user, UserResp)
    assert user.creation_time == datetime(2026, 11, 24, 10, 0, 0, 123000, tzinfo=timezone.utc)
