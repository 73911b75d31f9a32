"""Reads files of separated values as spreadsheets save them."""

import codecs
import csv
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import IO, Any, TypeAlias

#: A file's path, or an open file.
Source: TypeAlias = str | os.PathLike[str] | IO[str] | IO[bytes]
#: How the workbooks of Excel (new and old) and LibreOffice begin, which are not text.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ",;\t"
#: The line that tells Excel the delimiter.
_SEP_LINE = re.compile(r'"?sep=([^"])"?[,;\t]*', re.IGNORECASE)


class Table:
    """A file of separated values: iterating yields the line number and the cells of each record.

    Args:
        source: the file's path, or an open text or binary file.
        encoding: of a path or a binary file; by default, what the byte order mark says, or UTF-8 without one.
        delimiter: between cells; by default, whichever of comma, semicolon and tab gives the first line the most
            known columns.
        known: counts the cells of a first line that are known columns.

    Raises:
        ValueError: the file cannot be read in this way; the message says where and what to do.
    """

    _reader: Any = None

    def __init__(
        self, source: Source, encoding: str | None, delimiter: str | None, known: Callable[[Sequence[str]], int]
    ) -> None:
        self._own: IO[bytes] | None = None
        self._skipped = 0
        name: Any = getattr(source, "name", None)
        opened: Any = source
        if isinstance(source, (str, os.PathLike)):
            name = os.fspath(source)
            opened = self._own = open(source, "rb")  # noqa: SIM115 - closed by close()
        self.name: str | None = name if isinstance(name, str) else None
        try:
            self._text: IO[str] = _decoded(opened, encoding) if isinstance(opened.read(0), bytes) else opened
            self._open(delimiter, known)
            self.header: Sequence[str] = next(self._reader, ())
        except BaseException as error:
            self.close()
            if isinstance(error, (csv.Error, ValueError)):
                raise ValueError(self.unreadable(error)) from None
            raise

    def _open(self, delimiter: str | None, known: Callable[[Sequence[str]], int]) -> None:
        """Make a reader that begins with the first line of cells, and count the lines before that."""
        if delimiter is not None and len(delimiter) != 1:
            raise ValueError(f"delimiter must be one character, not {delimiter!r}")
        first = ""
        for line in self._text:
            first = line.lstrip("\ufeff")
            told = _SEP_LINE.fullmatch(first.rstrip("\r\n"))
            if told:
                delimiter = delimiter or told[1]
            elif first.strip(" \r\n"):
                break
            first = ""
            self._skipped += 1
        if delimiter is None:
            delimiter = max(_DELIMITERS, key=lambda choice: known(next(csv.reader([first], delimiter=choice), ())))
        self._reader = csv.reader(chain([first], self._text), delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[tuple[int, Sequence[str]]]:
        before = self._reader.line_num
        for cells in self._reader:
            yield before + 1 + self._skipped, cells
            before = self._reader.line_num

    def unreadable(self, error: Exception) -> str:
        """Where and why reading failed, without what is in the file."""
        place = f"{self.name}: " if self.name else ""
        if isinstance(error, UnicodeDecodeError):
            return f"{place}the file is not {error.encoding.upper()}: open it with the right encoding"
        if isinstance(error, csv.Error):
            line = self._skipped + (self._reader.line_num if self._reader else 1)
            return f"{place}line {line}: the file cannot be read: {error}"
        return f"{place}{error}"

    def close(self) -> None:
        """Close the file if it was opened here."""
        if self._own is not None:
            self._own.close()


def _decoded(raw: IO[bytes], encoding: str | None) -> IO[str]:
    """The text of a binary file, after checking that all of it can be decoded."""
    if not raw.seekable():
        raw = io.BytesIO(raw.read())
    start = raw.tell()
    head = raw.read(4)
    raw.seek(start)
    if head.startswith(_WORKBOOKS):
        raise ValueError(
            "this is a spreadsheet, not text: save it as CSV UTF-8, or give its rows: "
            "openpyxl.load_workbook(path).active.values, or pandas.read_excel(path, dtype=str)"
        )
    if encoding is None or encoding.lower() in ("utf-8", "utf8"):
        encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    if encoding == "utf-8" and b"\0" in head:
        raise ValueError("line 1 holds NUL: is it UTF-16? Pass encoding='utf-16-le' or 'utf-16-be'")
    try:
        text = io.TextIOWrapper(raw, encoding, newline="")
    except LookupError as error:
        raise ValueError(f"encoding: {error}") from None
    whole = 0
    try:
        for _ in text:
            whole += 1
    except UnicodeDecodeError as error:
        line = whole + len((error.object[: error.start] + b".").splitlines())
        wrong = f"line {line} holds the byte 0x{error.object[error.start]:02x}, which is not {encoding.upper()}"
        remedy = "pass encoding='cp1252' if Excel on Windows has saved it, or save it as CSV UTF-8"
        raise ValueError(f"{wrong}: {remedy}") from None
    finally:
        text.detach()
    raw.seek(start)
    return io.TextIOWrapper(raw, encoding, newline="")
