"""The pages that describe the code say what the code says."""

from __future__ import annotations

import builtins
import inspect
import os
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

import harbor_client
from harbor_client import configuration, exceptions, passwords, query, testing, users
from harbor_client._transport.events import Event
from support import pages

CONFIGURATION = pages.ROOT / "docs/configuration.md"
USER_API = pages.ROOT / "docs/UserApi.md"

SETTINGS = [row for table in pages.tables(CONFIGURATION) for row in table if "setting" in row]


def code(cell: str) -> str:
    found = re.fullmatch(r"`(.+)`", cell)
    assert found, cell
    return found[1]


def declarations() -> Iterator[tuple[str, str, str]]:
    """Each setting as its declaration in the source has it: name, type, meaning."""
    source = inspect.getsource(configuration)
    for comment, name, annotation in re.findall(r"((?:    #: .*\n)*)    (\w+): (.+) = setting\(", source):
        meaning = " ".join(line.strip().removeprefix("#: ") for line in comment.splitlines())
        assert meaning, f"no meaning above {name}"
        yield name, annotation, meaning


#: How the page calls the types that have a name in the source.
TYPES = {"_Path | None": "path", "_Hooks": "dict of lists of functions", "dict[str, str]": "dict"}
#: The variables that count without `from_env`, in brackets on the page.
UNASKED = {
    "ssl_ca_cert": ["SSL_CERT_FILE", "SSL_CERT_DIR"],
    "proxy": ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"],
}


def row(name: str, annotation: str, meaning: str) -> str:
    """The line of the page for a setting."""
    declared = harbor_client.Configuration._declared[name]
    kind = TYPES.get(annotation, annotation.removesuffix(" | None").replace(" | ", " or "))
    kind = "function" if kind.startswith("Callable") else kind
    default = f"`{declared.default!r}`".replace("'", '"')
    if name == "connection_pool_maxsize":
        assert declared.default == 5 * (os.cpu_count() or 1)
        default = "`5 * cpus`"
    variables = [f"`{declared.variable}`"] if declared.variable else []
    if declared.variable and declared.secret:
        variables.append(f"`{declared.variable}_FILE`")
    variables += [f"(`{variable}`)" for variable in UNASKED.get(name, [])]
    return f"| `{name}` | {kind} | {default} | {', '.join(variables)} | {meaning} |".replace("|  |", "| |")


@pytest.mark.parametrize("declared", list(declarations()), ids=lambda declared: declared[0])
def test_the_page_has_each_setting_as_it_is_declared(declared: tuple[str, str, str]) -> None:
    assert row(*declared) in CONFIGURATION.read_text(encoding="utf-8").splitlines()


def test_the_page_has_no_other_settings() -> None:
    settings = [name for name, _, _ in declarations()]
    made = harbor_client.Configuration()
    public = {name for name in dir(made) if not name.startswith("_") and not inspect.isroutine(getattr(made, name))}
    assert set(settings) == set(made._declared)
    assert sorted(code(row["setting"]) for row in SETTINGS) == sorted(public | set(settings))


def test_the_page_has_every_variable_that_counts_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {variable for row in SETTINGS for variable in re.findall(r"\(`(\w+)`\)", row["environment"])}
    assert listed == {"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}


#: Each operation, by its class.
OPERATIONS = [
    (api, name)
    for api in (harbor_client.UserApi, harbor_client.ProjectApi, harbor_client.MemberApi)
    for name, _ in inspect.getmembers(api, inspect.isfunction)
    if not name.startswith("_") and not name.endswith("_with_http_info")
]
every_operation = pytest.mark.parametrize(("api", "method"), OPERATIONS, ids=[name for _, name in OPERATIONS])
OPTIONS = [code(row["option"]) for table in pages.tables(USER_API) for row in table if "option" in row]


def page_of(api: type) -> Path:
    return pages.ROOT / f"docs/{api.__name__}.md"


def section(api: type, method: str) -> str:
    text = page_of(api).read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^## {method}\n(.*?)(?=^## |\Z)", text)
    assert found, method
    return found[1]


def own_parameters(api: type, method: str) -> dict[str, inspect.Parameter]:
    """The parameters of an operation, without those that every method has."""
    parameters = inspect.signature(getattr(api, method)).parameters
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name != "self" and name not in OPTIONS and parameter.kind is not parameter.VAR_KEYWORD
    }


@pytest.mark.parametrize("api", [harbor_client.UserApi, harbor_client.ProjectApi, harbor_client.MemberApi])
def test_the_page_has_every_operation(api: type) -> None:
    overview = next(pages.tables(page_of(api)))
    listed = [re.fullmatch(r"\[\*\*(\w+)\*\*\]\(#\1\)", row["Method"]) for row in overview]
    assert sorted(match[1] for match in listed if match) == sorted(name for cls, name in OPERATIONS if cls is api)


@every_operation
def test_the_page_has_every_parameter(api: type, method: str) -> None:
    found = section(api, method)
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| .*\| \[(required|optional)\] \|$", found, re.MULTILINE)
    expected = {
        name: "required" if parameter.default is parameter.empty else "optional"
        for name, parameter in own_parameters(api, method).items()
    }
    assert dict(rows) == expected
    assert [name for name, _ in rows] == list(expected)
    required = [name for name, kind in expected.items() if kind == "required"]
    given = [f"{name}={name}" for name, kind in expected.items() if kind == "optional"]
    assert f"`{method}({', '.join(required + given)})`" in found


@every_operation
def test_the_page_has_the_type_of_what_comes_back(api: type, method: str) -> None:
    found = re.search(r"### Return type\n\n\[?`?([\w\[\]]+?)`?(?:\]\(.*\))?\n", section(api, method))
    assert found
    annotation = inspect.signature(getattr(api, method)).return_annotation
    returned = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    assert returned.replace("models.", "") == found[1]


# Arguments that pass the checks of every method.
ARGUMENTS: dict[str, object] = {
    **dict.fromkeys(("user_id", "project_name_or_id", "mid"), 3),
    **dict.fromkeys(("username", "project_name"), "alice"),
    **{name: {} for name in ("user_req", "profile", "password", "secret", "sysadmin_flag", "project")},
}


@every_operation
def test_every_method_takes_the_options_of_the_page_and_no_others(api: type, method: str) -> None:
    nowhere = harbor_client.Configuration(host="http://127.0.0.1:1/api/v2.0", retries=0, trust_env=False)
    with harbor_client.ApiClient(nowhere) as client:
        call = getattr(api(client), method)
        required = [ARGUMENTS[name] for name, it in own_parameters(api, method).items() if it.default is it.empty]
        for option in OPTIONS:
            with pytest.raises(harbor_client.ConnectionException):
                call(*required, **{option: None})
        with pytest.raises(TypeError, match="async_request"):
            call(*required, async_request=True)


made = runpy.run_path(str(Path(__file__).with_name("make_reference.py")))
GENERATED: dict[Path, str] = {made["PAGE"]: made["page"](), **made["model_pages"]()}


@pytest.mark.parametrize("page", GENERATED, ids=pages.name)
def test_the_page_is_made_from_the_code(page: Path) -> None:
    assert GENERATED[page] == page.read_text(encoding="utf-8"), "run: python test/docs/make_reference.py"


def test_every_model_has_a_page() -> None:
    assert {page.stem for page in GENERATED} == {"reference", *harbor_client.models.__all__}


def test_everything_public_is_on_some_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages.PAGES)
    public = [
        name
        for name in harbor_client.__all__
        if not name.startswith("__") and not inspect.ismodule(getattr(harbor_client, name))
    ]
    assert [name for name in public if not re.search(rf"\b{name}\b", text)] == []


#: The tree of exceptions: the depth and the name of each.
TREE = [
    (len(line[1]) // 4, line[2])
    for line in re.finditer(r"(?m)^(\W*)(\w+)", next(pages.fences(pages.ROOT / "docs/exceptions.md")).text)
]


def test_the_tree_of_exceptions_is_that_of_the_code() -> None:
    branch: list[type] = []
    for depth, name in TREE:
        thing = getattr(users, name, None) or getattr(exceptions, name, None) or getattr(builtins, name)
        assert not depth or thing.__bases__ == (branch[depth - 1],)
        branch[depth:] = [thing]


def test_everything_public_has_a_heading_or_is_in_the_tree_of_exceptions() -> None:
    reference = (pages.ROOT / "docs/reference.md").read_text(encoding="utf-8")
    headings = {*re.findall(r"(?m)^### (\w+)", reference), *(name for _, name in TREE)}
    constants = {"CLEAR", "GENERATE", "Q", "UnhitFaultWarning"}  # described where they are used
    public = {name for module in (users, query, passwords, testing) for name in module.__all__}
    assert public - headings - constants == set()
    every = {
        name
        for name, thing in vars(exceptions).items()
        if isinstance(thing, type) and thing.__module__ == exceptions.__name__
    }
    assert {name for name in every if not name.startswith("_")} - headings == set()


def test_the_cookbook_has_every_field_of_a_log_record() -> None:
    tables = pages.tables(pages.ROOT / "docs/cookbook.md")
    listed = [
        name for table in tables for row in table if "field" in row for name in re.findall("`(.+?)`", row["field"])
    ]
    assert listed == [f"harbor_{name}" for name in Event.LOGGED]


def test_every_model_is_in_the_index() -> None:
    index = (pages.ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert set(harbor_client.models.__all__) <= set(re.findall(r"\[(\w+)\]\(\1\.md\)", index))
