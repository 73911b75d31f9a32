"""Writes ``harbor_client/api/user_api.pyi`` from ``user_api.py``, and so for every module of operations, ``*_api.py``.

What a call returns depends on its options (``async_req``, ``_preload_content``, ``_return_http_data_only`` of a twin),
which takes several overloads for each method. They follow from the declared signature. Run this file after adding or
changing an operation; a test compares.
"""

from __future__ import annotations

import ast
from pathlib import Path

SOURCES = sorted((Path(__file__).resolve().parents[2] / "harbor_client" / "api").glob("*_api.py"))

HEADER = """# Made from {name} by test/typing/make_stub.py.
from typing import Literal, overload

from urllib3 import HTTPHeaderDict

from harbor_client import models
from harbor_client._compat.async_calls import AsyncCall
from harbor_client.api._operation import Api
{parameters}
from harbor_client.api._types import HTTPResponse, Timeout
from harbor_client.api_client import ApiClient as ApiClient"""

REQUEST_ID = "x_request_id: str | None = ..."
NOT_ASYNC = "async_req: Literal[False] | None = ..."
ASYNC = "async_req: Literal[True]"
VALUE = "_preload_content: Literal[True] = ..."
RAW = "_preload_content: Literal[False] | None"
TRIPLE = "_return_http_data_only: Literal[False] | None = ..."
ALONE = "_return_http_data_only: Literal[True]"
EITHER = "_return_http_data_only: bool | None = ..."
TIMEOUT = "_request_timeout: Timeout = ..."

# The options of a call, and what it returns if the operation returns {value}.
PLAIN = [
    ((NOT_ASYNC, VALUE, EITHER), "{value}"),
    ((ASYNC, VALUE, EITHER), "AsyncCall[{value}]"),
    ((NOT_ASYNC, RAW, EITHER), "HTTPResponse"),
    ((ASYNC, RAW, EITHER), "AsyncCall[HTTPResponse]"),
]
TWIN = [
    ((NOT_ASYNC, VALUE, TRIPLE), "tuple[{value}, int, HTTPHeaderDict]"),
    ((ASYNC, VALUE, TRIPLE), "AsyncCall[tuple[{value}, int, HTTPHeaderDict]]"),
    ((NOT_ASYNC, RAW, TRIPLE), "tuple[HTTPResponse, int, HTTPHeaderDict]"),
    ((ASYNC, RAW, TRIPLE), "AsyncCall[tuple[HTTPResponse, int, HTTPHeaderDict]]"),
    ((NOT_ASYNC, VALUE, ALONE), "{value}"),
    ((ASYNC, VALUE, ALONE), "AsyncCall[{value}]"),
    ((NOT_ASYNC, RAW, ALONE), "HTTPResponse"),
    ((ASYNC, RAW, ALONE), "AsyncCall[HTTPResponse]"),
]


def stub(source: Path) -> str:
    """The stub for a module of operations."""
    module = ast.parse(source.read_text(encoding="utf-8"))
    (parameters,) = (
        ast.unparse(node)
        for node in module.body
        if isinstance(node, ast.ImportFrom) and node.module == "harbor_client.api._parameters"
    )
    lines = [HEADER.format(name=source.name, parameters=parameters)]
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            lines.append(f"\nclass {node.name}({', '.join(ast.unparse(base) for base in node.bases)}):")
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.decorator_list and method.returns:
                    value = ast.unparse(method.returns)
                    lines += _overloads(method, method.name, value, PLAIN)
                    lines += _overloads(method, f"{method.name}_with_http_info", value, TWIN)
                elif isinstance(method, ast.FunctionDef):
                    lines.append(f"    def {method.name}({_arguments(method)}) -> None: ...")
    return "\n".join(lines) + "\n"


def _overloads(method: ast.FunctionDef, name: str, value: str, calls: list[tuple[tuple[str, ...], str]]) -> list[str]:
    lines = []
    for options, gives in calls:
        star = [] if method.args.kwonlyargs else ["*"]
        keywords = ", ".join([*star, REQUEST_ID, *options, TIMEOUT])
        arguments = _arguments(method).replace("**options: Any", keywords)
        lines.append(f"    @overload\n    def {name}({arguments}) -> {gives.format(value=value)}: ...")
    return lines


def _arguments(method: ast.FunctionDef) -> str:
    return ast.unparse(method.args).replace("=None", " = ...")


def main() -> None:
    """Write the stubs."""
    for source in SOURCES:
        source.with_suffix(".pyi").write_text(stub(source), encoding="utf-8")


if __name__ == "__main__":
    main()
