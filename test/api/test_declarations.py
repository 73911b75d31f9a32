"""What follows from the declaration of an operation: its methods, their signatures and hints, and what they refuse."""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
import typing
from collections.abc import Callable
from typing import Any

import pytest

import harbor_client
from harbor_client import ApiClient, MemberApi, ProjectApi, RoleRequest, UserApi, models
from harbor_client.api._operation import Api, get
from harbor_client.api._parameters import Number, Text

CLASSES = (UserApi, ProjectApi, MemberApi)
METHODS = [
    getattr(cls, name) for cls in CLASSES for name, _ in inspect.getmembers(cls, inspect.isfunction) if name[0] != "_"
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__qualname__)
def test_every_method_can_be_inspected(method: Callable[..., Any]) -> None:
    hints = typing.get_type_hints(method)
    signature = inspect.signature(method)
    assert set(hints) == {*signature.parameters, "return"} - {"self"}
    if method.__name__.endswith("_with_http_info"):
        plain = method.__name__.removesuffix("_with_http_info")
        assert typing.get_args(hints["return"])[1] is int
        assert f":meth:`{plain}`" in (method.__doc__ or "")
    else:
        assert inspect.getdoc(method)
    assert pickle.loads(pickle.dumps(method)) is method


class Recorder(ApiClient):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def call_api(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append((args, kwargs))
        return None, 200, {}


class RobotApi(Api):
    @get("/robots/{robot_id}")
    def get_robot(self, robot_id: Number, kind: Text, *, page: Number = None, **options: Any) -> models.UserResp:
        """Get a robot."""


def test_a_new_operation_is_one_method() -> None:
    client = Recorder()
    robots: Any = RobotApi(client)
    robots.get_robot("3", kind="system", page=2, _request_timeout=5)
    ((args, kwargs),) = client.calls
    assert args[:4] == ("/robots/{robot_id}", "GET", {"robot_id": 3}, [("page", 2), ("kind", "system")])
    assert (kwargs["response_type"], kwargs["_request_timeout"]) == ("UserResp", 5)
    assert kwargs["_return_http_data_only"] is True


@pytest.mark.parametrize(
    ("arguments", "options"),
    [((), {}), ((1,), {}), ((1, "a", 2, 3), {}), ((1, "a"), {"colour": 1}), ((1, "a"), {"robot_id": 1})],
)
def test_wrong_arguments(arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    client = Recorder()
    robots: Any = RobotApi(client)
    for method in (robots.get_robot, robots.get_robot_with_http_info):
        with pytest.raises(TypeError, match="get_robot") as raised:
            method(*arguments, **options)
        assert ("multiple values" in str(raised.value)) == ("robot_id" in options)
    assert not client.calls


def test_a_method_calls_its_twin_where_scripts_replace_it() -> None:
    class Mine(UserApi):
        def get_user_with_http_info(self, user_id: Any, **options: Any) -> Any:
            return user_id, options

    assert Mine(Recorder()).get_user(user_id=3) == (3, {"_return_http_data_only": True})  # type: ignore[comparison-overlap]


def test_what_is_not_a_client_is_refused() -> None:
    with pytest.raises(TypeError, match="ApiClient.*Configuration"):
        UserApi(harbor_client.Configuration())  # type: ignore[arg-type]


@pytest.mark.parametrize("module", ["harbor_client", "harbor_client.api"])
@pytest.mark.parametrize("name", ["RobotApi", "robot_api"])
def test_a_class_that_does_not_exist_says_what_to_use(module: str, name: str) -> None:
    told = rf"has no {name}, only MemberApi, ProjectApi, UserApi: .*ApiClient\.call"
    with pytest.raises(ImportError, match=told):
        exec(f"from {module} import {name}")
    with pytest.raises(AttributeError, match=told):
        getattr(sys.modules[module], name)
    assert not hasattr(sys.modules[module], name)
    with pytest.raises(AttributeError, match="has no attribute 'Robot'"):
        _ = sys.modules[module].Robot
    with pytest.raises(ImportError, match="cannot import name 'Robot'"):
        exec(f"from {module} import Robot")


def test_an_operation_that_does_not_exist_says_what_to_use() -> None:
    api: Any = ProjectApi(Recorder())
    with pytest.raises(AttributeError, match=r"'ProjectApi' object has no attribute 'get_logs'; .*ApiClient\.pages"):
        api.get_logs("library")
    assert not hasattr(api, "get_logs")
    assert copy.copy(api).api_client is api.api_client


MISTAKES: list[Callable[[Any], Any]] = [
    lambda api: api.get_project_member("library", -1),
    lambda api: api.get_project_member("library", "-1"),
    lambda api: api.delete_project_member(-2, 3),
    lambda api: api.delete_project_member("-2", 3),
    lambda api: api.update_project_member("library", 2, role=RoleRequest(role_id=6)),
    lambda api: api.update_project_member("library", 2, role={"role_id": 0}),
    lambda api: api.update_project_member("library", 2, role={}),
    lambda api: api.create_project_member("library", project_member={"role_id": -1}),
    lambda api: api.create_project_member("", project_member={"role_id": 1}),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_can_only_be_a_mistake_is_refused(mistake: Callable[[Any], Any]) -> None:
    client = Recorder()
    with pytest.raises(ValueError, match="when calling `"):
        mistake(MemberApi(client))
    assert not client.calls


def test_checks_can_be_switched_off() -> None:
    client = Recorder()
    client.client_side_validation = False
    MemberApi(client).update_project_member("library", -2, role={"role_id": 99})
    assert client.calls[0][1]["body"] == {"role_id": 99}
