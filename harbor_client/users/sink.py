"""Hands generated passwords over before Harbor gets them, and keeps them in a file."""

import csv
import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from harbor_client.exceptions import ApiException, UsernameTakenException
from harbor_client.passwords import generate

if sys.platform != "win32":
    import fcntl

#: Called with username and password before the request that sets the password. If it has a method ``settle``, as
#: :class:`PasswordFile` has, that is called afterwards with username, password and outcome.
OnPassword = Callable[[str, str], object]
Outcome = Literal["set", "not_set", "unknown"]


@contextmanager
def generated(on_password: OnPassword, username: str) -> Iterator[str]:
    """Generate a password, pass it to ``on_password`` before the ``with`` body sends it, and the outcome to ``settle``
    after.
    """
    password = generate()
    settle: Callable[[str, str, Outcome], object] = getattr(on_password, "settle", lambda *_: None)
    on_password(username, password)
    try:
        yield password
    except (ApiException, ValueError, TypeError) as error:
        # Of a request that was sent, only an error of Harbor's own says that it set no password; and a user who is
        # there already may come from this request, if a gateway has sent it twice.
        answered = getattr(error, "code", None) is not None and not isinstance(error, UsernameTakenException)
        not_set = answered or getattr(error, "outcome", "not_sent") == "not_sent"
        settle(username, password, "not_set" if not_set else "unknown")
        raise
    settle(username, password, "set")


class PasswordFile:
    """A CSV file for generated passwords, which only its owner can read: ``on_password=PasswordFile("new.csv")``.

    A password is on disk before it is sent, so a process that is killed at any point loses none. If Harbor refuses the
    password, it is removed again. While it is unknown whether a password was set, a third column, ``note``, says so. If
    the process was killed, the last password may not have been set either. An existing file is continued, and earlier
    passwords of the same user are removed. Several processes may share a file, except on Windows.

    Args:
        path: the file; it is created with the first password.

    Raises:
        OSError, ValueError: the file cannot be read, or is not a password file.
    """

    _HEADER = ("username", "password")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: str = os.path.realpath(os.path.expanduser(os.fsdecode(path)))
        folder = os.path.dirname(self.path)
        os.stat(os.path.join(folder, ""))  # raises if there is no such folder
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        if os.path.exists(self.path) and not os.path.isfile(self.path) and not os.path.isdir(self.path):
            raise ValueError(f"{self.path} is a device, not a file")  # reading it may never end
        self._rows()  # raises for what is no password file
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"PasswordFile({self.path!r})"

    def __call__(self, username: str, password: str) -> None:
        """Write a password to the disk."""
        with self._lock, _alone(self.path):
            self._write([*self._rows(), [username, password, ""]])

    def settle(self, username: str, password: str, outcome: Outcome) -> None:
        """Keep the password in place of earlier ones, remove it, or mark it."""
        with self._lock, _alone(self.path):
            before = self._rows()
            rows = [row for row in before if row[0] != username or (row[1] == password) == (outcome == "set")]
            if outcome == "unknown":
                rows.append([username, password, "outcome unknown: it may have been set"])
            if rows != before:
                self._write(rows)

    def _rows(self) -> list[list[str]]:
        try:
            with open(self.path, encoding="utf-8-sig", newline="") as file:
                header, *rows = list(csv.reader(file, strict=True)) or [[*self._HEADER]]
            if tuple(header) not in (self._HEADER, (*self._HEADER, "note")) or any(len(row) == 1 for row in rows):
                raise ValueError(f"its first line is not {','.join(self._HEADER)}, or another one has no password")
        except FileNotFoundError:
            return []
        except (csv.Error, ValueError) as error:
            raise ValueError(f"{self.path} is not a password file ({error}): choose another file") from None
        return [[*row, ""][:3] for row in rows if row]

    def _write(self, rows: list[list[str]]) -> None:
        """Replace the file as a whole, at once."""
        noted = any(row[2] for row in rows)
        folder, name = os.path.split(self.path)
        new = os.path.join(folder, f".{name}.new")
        with suppress(FileNotFoundError):
            os.remove(new)  # what a killed process has left, or a link that somebody else has put there
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as file:
            lines = ([*self._HEADER, "note"], *rows)
            csv.writer(file, lineterminator="\n").writerows(row[: 3 if noted else 2] for row in lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path)
        if hasattr(os, "O_DIRECTORY"):  # so that the new name is on the disk as well
            directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """Create a file if there is none, and let no other process write to it, as far as the file system has locks."""
    while True:
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb") as file:
            if sys.platform == "win32":  # where a file that is open, for its lock, cannot be replaced
                file.close()
            else:
                with suppress(OSError):
                    fcntl.flock(file, fcntl.LOCK_EX)
            if file.closed or os.path.samestat(os.fstat(file.fileno()), os.stat(path)):  # else it was just replaced
                yield
                return
