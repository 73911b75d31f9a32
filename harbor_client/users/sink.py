"""Hands generated passwords over before Harbor gets them, and keeps them in a file."""

from __future__ import annotations

import csv
import errno
import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from harbor_client.exceptions import ApiException

#: Called with user name and password before the request that sets it. If it has a method ``settle``, as
#: :class:`PasswordFile` has, that is called with both and the outcome afterwards.
OnPassword = Callable[[str, str], object]
Outcome = Literal["set", "not_set", "unknown"]


@contextmanager
def announced(on_password: OnPassword | None, username: str, password: str | None) -> Iterator[None]:
    """Hand a password over before the body sets it, and tell the outcome afterwards."""
    if on_password is None or password is None:
        yield
        return
    settle: Callable[[str, str, Outcome], object] = getattr(on_password, "settle", lambda *_: None)
    on_password(username, password)
    try:
        yield
    except (ApiException, ValueError, TypeError) as error:
        unknown = isinstance(error, ApiException) and error.outcome == "unknown"
        settle(username, password, "unknown" if unknown else "not_set")
        raise
    settle(username, password, "set")


class PasswordFile:
    """A CSV file for generated passwords, which only its owner can read: ``on_password=PasswordFile("new.csv")``.

    A password is on disk before it is sent, so a process that is killed at any point loses none. If Harbor refuses the
    password, it is removed again. While it is unknown whether a password was set, a third column, ``note``, says so. If
    the process was killed, the last password may not have been set either. An existing file is continued, and earlier
    passwords of the same user are removed.

    Args:
        path: the file; it is created with the first password.

    Raises:
        OSError, ValueError: the file cannot be read, or is not a password file.
    """

    _HEADER = ("username", "password")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: str = os.path.realpath(path)
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), folder)
        self._rows()  # raises for what is no password file
        self._columns = 2  # of the file, as written last
        self._names: set[str] | None = None  # those in the file, once it was looked at
        self._again: set[str] = set()  # those with an earlier password in the file
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"PasswordFile({self.path!r})"

    def __call__(self, username: str, password: str) -> None:
        """Write a password to the disk."""
        with self._lock:
            if self._names is None:
                rows = self._rows()
                self._write(rows)  # with our permissions, and without a line that was cut off
                self._names = {row[0] for row in rows}
            (self._again if username in self._names else self._names).add(username)
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND)
            with open(handle, "a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow([username, password, ""][: self._columns])
                file.flush()
                os.fsync(file.fileno())

    def settle(self, username: str, password: str, outcome: Outcome) -> None:
        """Keep the password, remove it, or mark it."""
        with self._lock:
            if outcome == "set" and username not in self._again:
                return
            rows = [row for row in self._rows() if row[0] != username or (outcome != "set" and row[1] != password)]
            if outcome != "not_set":
                rows.append([username, password, "" if outcome == "set" else "outcome unknown: it may have been set"])
            self._write(rows)

    def _rows(self) -> list[list[str]]:
        try:
            with open(self.path, encoding="utf-8", newline="") as file:
                text = file.read()
        except FileNotFoundError:
            return []
        whole = text[: text.rfind("\n") + 1] or text  # the request for a line that was cut off was never sent
        header, *rows = csv.reader(io.StringIO(whole, newline="")) if whole else [self._HEADER]
        if tuple(header) not in (self._HEADER, (*self._HEADER, "note")):
            raise ValueError(f"{self.path} is not a password file: its first line is not {','.join(self._HEADER)}")
        return [[*row, ""][:3] for row in rows if len(row) > 1]

    def _write(self, rows: list[Any]) -> None:
        """Replace the file as a whole, at once."""
        self._columns = 3 if any(note for _, _, note in rows) else 2
        folder, name = os.path.split(self.path)
        new = os.path.join(folder, f".{name}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as file:
            os.chmod(new, 0o600)
            table = [(*self._HEADER, "note"), *rows]
            csv.writer(file, lineterminator="\n").writerows(row[: self._columns] for row in table)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path)
        if hasattr(os, "O_DIRECTORY"):  # so that the new name is on the disk as well
            directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
