"""Pages of a list and the Link header that leads from one to the next."""

from collections.abc import Callable
from typing import TypeVar

from .._go.text import escape_query, split_query, unescape_query
from .._http.messages import Request, Response, json_response
from .calls import Call

_Row = TypeVar("_Row")


def listing(call: Call, rows: list[_Row], shown: Callable[[_Row], object], total: int | None = None) -> Response:
    """The page of a list that the call asks for, with its total (the number of rows unless given) and its links."""
    total = len(rows) if total is None else total
    page, page_size = call.number("page"), call.number("page_size")
    link = links(call.request, total, page, page_size)
    listed = [shown(row) for row in page_of(rows, page, page_size)]
    return json_response(listed, X_Total_Count=str(total), Link=link)


def _int64(number: int) -> int:
    """A product as Go computes it in 64 bits."""
    return (number + 2**63) % 2**64 - 2**63


def page_of(rows: list[_Row], page: int, page_size: int) -> list[_Row]:
    """One page; a page or a size that is not positive means "no offset" and "no limit"."""
    if page_size <= 0:
        return rows
    offset = max(_int64(page_size * (page - 1)), 0) if page > 0 else 0
    return rows[offset : offset + page_size]


def links(request: Request, total: int, page: int, page_size: int) -> str:
    """The Link header's value, ``""`` for none. Its queries are sorted by key and not escaped."""
    if page_size == 0:
        return ""
    found: list[str] = []
    query = request.query
    if page > 1 and _int64((page - 1) * page_size) < total:
        query = _with_page(query, page - 1, page_size)
        found.append(f'<{request.escaped_path}?{query}>; rel="prev"')
    if _int64(page_size * page) < total:
        # Harbor goes on from the query of the first link, which is no longer escaped.
        query = _with_page(query, _int64(page + 1), page_size)
        found.append(f'<{request.escaped_path}?{query}>; rel="next"')
    return " , ".join(found)


def _with_page(query: str, page: int, page_size: int) -> str:
    values: dict[str, list[str]] = {}
    for key, value in split_query(query)[0]:
        values.setdefault(key, []).append(value)
    values["page"] = [str(page)]
    values["page_size"] = [str(page_size)]
    pairs = [(key, value) for key in sorted(values) for value in values[key]]
    return unescape_query("&".join(f"{escape_query(key)}={escape_query(value)}" for key, value in pairs))
