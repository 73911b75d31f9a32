"""Reads a list of users: names or addresses, one a line, or in a column."""

from __future__ import annotations

import os
from collections.abc import Iterable

from harbor_client.users.files import Table
from harbor_client.users.rows import Columns

#: Occurs in no name, so that each line is one cell.
_NOWHERE = "\x1f"


def read_names(path: str | os.PathLike[str], column: str = "username", encoding: str | None = None) -> list[str]:
    """Read names (or addresses) from a file: one per line, or from a column if the first line names columns.

    Args:
        path: a text or CSV file.
        column: ``"username"`` or ``"email"``.
        encoding: the encoding of a file that is neither UTF-8 nor UTF-16, such as ``"cp1252"``.

    Raises:
        ValueError: the file cannot be decoded, or has no such column.
    """
    columns = Columns(None)
    table = Table(path, encoding, None, columns.known)
    try:
        headers = [columns.name(cell) if columns.known([cell]) else None for cell in table.header]
        if column in headers:
            place = headers.index(column)
            return _stripped(cells[place] for _, cells in table if place < len(cells))
        if "username" in headers or "email" in headers:
            raise ValueError(f"{path}: the first line names columns, but not {column}")
    finally:
        table.close()
    table = Table(path, encoding, _NOWHERE, columns.known)
    try:
        return _stripped([*table.header, *(cells[0] for _, cells in table)])
    finally:
        table.close()


def _stripped(cells: Iterable[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]
