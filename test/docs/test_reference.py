"""The pages that describe the code say what the code says."""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Iterator, Mapping

import pytest

import harbor_client
from support import pages

CONFIGURATION = pages.ROOT / "docs/configuration.md"
USER_API = pages.ROOT / "docs/UserApi.md"

SETTINGS = [row for table in pages.tables(CONFIGURATION) for row in table]


def code(cell: str) -> str:
    found = re.fullmatch(r"`(.+)`", cell)
    assert found, cell
    return found[1]


def test_the_page_has_every_setting_once() -> None:
    configuration = harbor_client.Configuration()
    properties = {
        name for name, _ in inspect.getmembers(type(configuration), lambda member: isinstance(member, property))
    }
    settings = {name for name in configuration.__dict__ if not name.startswith("_")} | properties
    listed = [code(row["setting"]) for row in SETTINGS]
    assert sorted(listed) == sorted(settings)


def test_every_keyword_of_the_constructor_is_a_setting() -> None:
    keywords = set(inspect.signature(harbor_client.Configuration).parameters)
    assert keywords <= {code(row["setting"]) for row in SETTINGS}


@pytest.mark.parametrize("row", [row for row in SETTINGS if row["default"]], ids=lambda row: row["setting"])
def test_the_page_has_the_defaults(row: dict[str, str]) -> None:
    expression = code(row["default"]).replace("cpus", str(os.cpu_count()))
    value = 5 * int(expression[4:]) if expression.startswith("5 * ") else ast.literal_eval(expression)
    assert getattr(harbor_client.Configuration(), code(row["setting"])) == value


class Watched(Mapping[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self, **variables: str) -> None:
        self.variables = variables
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)


def variables(row: dict[str, str]) -> list[str]:
    """The variables that `from_env` reads for a setting."""
    return re.findall(r"(?<!\()`(\w+)`", row["environment"])


def test_the_page_has_every_variable_of_from_env() -> None:
    environment = Watched()
    harbor_client.Configuration.from_env(environment)
    assert environment.asked == {variable for row in SETTINGS for variable in variables(row)}


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("HARBOR_URL", "https://harbor.example.com", "https://harbor.example.com/api/v2.0"),
        ("HARBOR_USERNAME", "robot$backup", "robot$backup"),
        ("HARBOR_PASSWORD", "geheim", "geheim"),
        ("HARBOR_CA_CERT", __file__, __file__),
        ("HARBOR_VERIFY_SSL", "false", False),
        ("HARBOR_TIMEOUT", "2.5", 2.5),
    ],
)
def test_each_variable_sets_the_setting_of_its_row(variable: str, text: str, value: object) -> None:
    (row,) = (row for row in SETTINGS if variable in variables(row))
    configuration = harbor_client.Configuration.from_env({variable: text})
    assert getattr(configuration, code(row["setting"])) == value


def test_the_page_has_every_variable_that_counts_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {variable for row in SETTINGS for variable in re.findall(r"\(`(\w+)`\)", row["environment"])}
    assert listed == {"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}


METHODS = {
    name: method
    for name, method in inspect.getmembers(harbor_client.UserApi, inspect.isfunction)
    if not name.startswith("_") and not name.endswith("_with_http_info")
}


def section(method: str) -> str:
    found = re.search(rf"(?ms)^## {method}\n(.*?)(?=^## )", USER_API.read_text(encoding="utf-8"))
    assert found, method
    return found[1]


def own_parameters(method: str) -> dict[str, inspect.Parameter]:
    """The parameters of an operation, without those that every method has."""
    parameters = inspect.signature(METHODS[method]).parameters
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name != "self" and name not in OPTIONS and parameter.kind is not parameter.VAR_KEYWORD
    }


OPTIONS = [code(row["option"]) for table in pages.tables(USER_API) for row in table if "option" in row]


def test_the_page_has_every_operation() -> None:
    overview = next(pages.tables(USER_API))
    listed = [re.fullmatch(r"\[\*\*(\w+)\*\*\]\(#\1\)", row["Method"]) for row in overview]
    assert sorted(match[1] for match in listed if match) == sorted(METHODS)
    assert len(METHODS) == 11


@pytest.mark.parametrize("method", METHODS)
def test_the_page_has_every_parameter(method: str) -> None:
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| .*\| \[(required|optional)\] \|$", section(method), re.MULTILINE)
    expected = {
        name: "required" if parameter.default is parameter.empty else "optional"
        for name, parameter in own_parameters(method).items()
    }
    assert dict(rows) == expected
    assert [name for name, _ in rows] == list(expected)


@pytest.mark.parametrize("method", METHODS)
def test_the_page_has_the_type_of_what_comes_back(method: str) -> None:
    found = re.search(r"### Return type\n\n\[?`?([\w\[\]]+?)`?(?:\]\(.*\))?\n", section(method))
    assert found
    assert inspect.signature(METHODS[method]).return_annotation == found[1]


# Arguments that pass the checks of every method.
ARGUMENTS: dict[str, object] = {
    "user_id": 3,
    "username": "alice",
    **{name: {} for name in ("user_req", "profile", "password", "secret", "sysadmin_flag")},
}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_takes_the_options_of_the_page_and_no_others(method: str) -> None:
    nowhere = harbor_client.Configuration(host="http://127.0.0.1:1/api/v2.0", retries=0, trust_env=False)
    with harbor_client.ApiClient(nowhere) as client:
        call = getattr(harbor_client.UserApi(client), method)
        required = [ARGUMENTS[name] for name, it in own_parameters(method).items() if it.default is it.empty]
        for option in OPTIONS:
            with pytest.raises(harbor_client.ConnectionException):
                call(*required, **{option: None})
        with pytest.raises(TypeError, match="async_request"):
            call(*required, async_request=True)
