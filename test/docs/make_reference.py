"""Writes docs/reference.md and the pages of the models from the code: python test/docs/make_reference.py"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import harbor_client
from harbor_client import models, passwords, query, testing, users
from harbor_client.models._schema.model import Model

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "reference.md"

#: The chapters: title, introduction, and the classes and functions in it.
CHAPTERS: list[tuple[str, str, list[Any]]] = [
    (
        "Users",
        "The [guide](guide-users.md) explains these by examples.",
        [
            *(
                harbor_client.Users,
                users.Change,
                users.Plan,
                users.Run,
                users.UserRow,
                users.Membership,
                users.Finding,
                users.PasswordFile,
                users.Generate,
                users.Clear,
                users.read_names,
                users.describe,
            ),
        ],
    ),
    (
        "Queries",
        "`Q` has the fields by which Harbor filters and sorts users; comparing a field makes a `Query`. The\n"
        "[guide](guide-users.md#queries) explains them by examples.\n\n"
        "| field | class |\n|---|---|\n"
        + "\n".join(
            f"| `Q.{name}` | `{type(field).__name__}` |"
            for name, field in vars(type(query.Q)).items()
            if not name.startswith("_")
        ),
        [
            *(query.Query, query.Sort),
            *(query.TextField, query.LoginField, query.IdField, query.FlagField, query.TimeField),
        ],
    ),
    ("Passwords", "In `harbor_client.passwords`.", [passwords.check, passwords.require, passwords.generate]),
    (
        "Clients",
        "Elsewhere: [the operations of `UserApi`](UserApi.md), [the settings of `Configuration`](configuration.md).",
        [harbor_client.ApiClient, harbor_client.Configuration],
    ),
    (
        "Errors",
        "[Exceptions](exceptions.md) shows all classes and explains them.",
        [harbor_client.ApiException, users.ApplyError, users.RowError],
    ),
    (
        "The fake Harbor",
        "In `harbor_client.testing`; [the guide](guide-testing.md) explains it by examples.",
        [testing.FakeHarbor, testing.Fault, testing.ReceivedRequest, testing.RequestLog, testing.Clock],
    ),
]

#: Public in their module, but not meant for callers.
_INTERNAL = {"Query.exact", "Query.split_ids", "Change.with_details", "Run.step", "ApiClient.pool", "Clock.stop"}
_MODULES = (harbor_client, users, query, passwords, testing)
_SECTIONS = ("Args", "Raises", "Returns", "Yields", "Attributes")


def page() -> str:
    """The whole page."""
    lines = [
        "# Reference",
        "",
        "Everything public that has no page of its own. A class whose heading names no module is in `harbor_client`.",
        "",
        *(f"- [{title}](#{title.lower().replace(' ', '-')})" for title, _, _ in CHAPTERS),
    ]
    for title, introduction, things in CHAPTERS:
        lines += ["", f"## {title}", "", introduction]
        for thing in things:
            lines += ["", *_thing(thing)]
    return "\n".join(lines) + "\n"


def _thing(thing: Any) -> Iterator[str]:
    name = thing.__name__
    place = next(module.__name__ for module in _MODULES if getattr(module, name, None) is thing)
    yield f"### {name}" + (f" (`{place}`)" if inspect.isclass(thing) and place != "harbor_client" else "")
    yield ""
    if not inspect.isclass(thing) or "Args:" in (thing.__doc__ or ""):
        yield f"`{_signature(name, thing)}`"
        yield ""
    yield from _text(inspect.getdoc(thing) or "")
    if inspect.isclass(thing):
        for attribute, member in _members(thing).items():
            if attribute.startswith("_") or f"{name}.{attribute}" in _INTERNAL:
                continue
            if isinstance(member, property):
                function, heading = member.fget, f"{name}.{attribute}"
            else:
                function = getattr(member, "__func__", member)
                if not inspect.isroutine(inspect.unwrap(function)):
                    continue
                heading = f"{name}.{_signature(attribute, function)}"
            if doc := inspect.getdoc(function):
                yield ""
                yield f"#### `{heading}`"
                yield ""
                yield from _text(doc)


def _members(cls: type) -> dict[str, Any]:
    """A class's own members, and those of its bases that have no section of their own."""
    documented = [thing for _, _, things in CHAPTERS for thing in things]
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base is cls or (base.__module__.startswith("harbor_client.") and base not in documented):
            found |= vars(base)
    return found


def _signature(name: str, thing: Any) -> str:
    signature = inspect.signature(thing)
    parameters = [
        parameter.replace(annotation=parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    plain = signature.replace(parameters=parameters, return_annotation=signature.empty)
    returns = signature.return_annotation
    if not isinstance(returns, str):  # the module does not postpone its annotations
        returns = re.sub(r"\b(?:\w+\.)+(?=[A-Z])", "", inspect.formatannotation(returns))
    arrow = "" if inspect.isclass(thing) or returns in ("inspect._empty", "None") else f" -> {returns}"
    return f"{name}{plain}{arrow}"


def _text(doc: str) -> Iterator[str]:
    """A docstring as Markdown."""
    section = ""
    lines = iter(_roles(doc).splitlines())
    for line in lines:
        head = re.fullmatch(rf"({'|'.join(_SECTIONS)}):", line)
        if head:
            section = head[1]
            yield f"*{'Arguments' if section == 'Args' else section}*"
            yield ""
        elif section and line.startswith("    "):
            entry = re.fullmatch(r"    ([*\w][\w, ]*):(?: (.*))?", line)
            yield f"- `{entry[1]}`: {entry[2] or ''}".rstrip() if entry else f"  {line.strip()}"
        elif line.endswith("::"):
            yield line[:-1] if line != "::" else ""
            yield ""
            yield from _literal(lines)
        elif line.startswith(">>> "):
            yield "```text"
            yield line
            while line := next(lines, ""):
                yield line
            yield "```"
            yield ""
        else:
            yield line


def _literal(lines: Iterator[str]) -> Iterator[str]:
    block: list[str] = []
    rest: list[str] = []
    for line in lines:
        if line and not line.startswith("    "):
            rest.append(line)
            break
        block.append(line)
    yield "```text"
    yield textwrap.dedent("\n".join(block)).strip()
    yield "```"
    yield ""
    yield from _text("\n".join([*rest, *lines]))


def _roles(doc: str) -> str:
    """Sphinx's markup as Markdown's."""
    doc = re.sub(r":(?:meth|func):`~?(?:[\w.]+\.)?(\w+)`", r"`\1()`", doc)
    doc = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", doc)
    return re.sub(r"``(.+?)``", r"`\1`", doc, flags=re.DOTALL)


def model_page(cls: type[Model]) -> str:
    """The page of a model: its fields, and where it is used."""
    lines = [f"# {cls.__name__}", "", *_text(inspect.getdoc(cls) or ""), "", *_uses(cls)]
    (body,) = (node.body for node in ast.walk(ast.parse(inspect.getsource(cls))) if isinstance(node, ast.ClassDef))
    below = [ast.literal_eval(node.value) for node in body[1:] if isinstance(node, ast.Expr)]
    meanings = dict(zip(cls.swagger_types, below, strict=True))
    calls = [node.value for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call)]
    options = [{option.arg: ast.literal_eval(option.value) for option in call.keywords} for call in calls]
    declared = dict(zip(cls.swagger_types, options, strict=True))
    if cls.swagger_types:
        lines += ["", "## Properties", "", "| Name | Type | Description | Notes |", "|---|---|---|---|"]
    for name, kind in cls.swagger_types.items():
        model = re.sub(r"list\[(\w+)\]", r"\1", kind)
        shown = f"[**{kind}**]({model}.md)" if hasattr(models, model) else f"**{kind}**"
        notes = ["[optional]"]
        notes += [f"[at most {declared[name]['max_length']} characters]"] if "max_length" in declared[name] else []
        notes += ["[secret: shown as `***`]"] if "secret" in declared[name] else []
        meaning = " ".join(_roles(meanings[name]).split())
        lines.append(f"| **{name}** | {shown} | {meaning} | {' '.join(notes)} |")
    if cls.swagger_types:
        lines += ["", "All properties are arguments of the constructor, in this order or by name."]
    return "\n".join([*lines, "", "[All models](index.md#models)"]) + "\n"


def _uses(cls: type[Model]) -> Iterator[str]:
    """Links to the operations that take or return a model, and to the models that it is part of."""
    if cls in (models.Error, models.Errors):
        yield "The attribute `errors` of an [exception](exceptions.md) lists the errors in a response."
        return
    name = re.compile(rf"\b{cls.__name__}\b")
    operations = []
    for api in (harbor_client.UserApi, harbor_client.ProjectApi, harbor_client.MemberApi):
        for operation, method in inspect.getmembers(api, inspect.isfunction):
            public = not operation.startswith("_") and not operation.endswith("_with_http_info")
            if public and name.search(str(inspect.signature(method))):
                operations.append(f"[{operation}]({api.__name__}.md#{operation})")
    if operations:
        yield f"Used by {_and(operations)}."
    wholes = [other for other in map(models.__dict__.get, models.__all__) if name.search(str(_types(other)))]
    if wholes:
        yield f"Part of {_and([f'[{whole.__name__}]({whole.__name__}.md)' for whole in wholes])}."


def _types(model: Any) -> list[str]:
    return list(getattr(model, "swagger_types", {}).values())


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def model_pages() -> dict[Path, str]:
    """The pages of all models, by path."""
    found = [getattr(models, name) for name in models.__all__]
    return {
        DOCS / f"{cls.__name__}.md": model_page(cls)
        for cls in found
        if inspect.isclass(cls) and issubclass(cls, Model) and cls is not Model
    }


if __name__ == "__main__":
    for path, text in {PAGE: page(), **model_pages()}.items():
        path.write_text(text, encoding="utf-8")
