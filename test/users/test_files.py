"""Files as spreadsheets save them, and rows as their readers give them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harbor_client import CLEAR, ApplyError, PasswordFile, RowError
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users

#: Header and rows: umlauts, blanks, a no-break space, a quoted cell, empty trailing cells, an empty line.
LINES = [
    ["User Name", "E-Mail", "REALNAME", "Comment", "", ""],
    ["  müller ", "mueller@example.com", "Jörg\xa0Müller\xa0", 'a "b"', "", ""],
    ["", "", "", "", "", ""],
    ["straße", "s@example.com", " Straße ", "", "", ""],
]


def text(delimiter: str, end: str = "\r\n", columns: int = 6) -> str:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end)
    writer.writerows(line[:columns] for line in LINES)
    return file.getvalue()


FILES: dict[str, tuple[bytes, dict[str, str]]] = {
    "Excel, CSV UTF-8, German": (text(";").encode("utf-8-sig"), {}),
    "Excel, CSV, German": (text(";").encode("cp1252"), {"encoding": "cp1252"}),
    "Excel, CSV UTF-8, English": (text(",").encode("utf-8-sig"), {}),
    "Excel, Unicode text": (text("\t").encode("utf-16"), {}),
    "Excel, Macintosh": (text(";", "\r").encode("mac-roman"), {"encoding": "mac-roman"}),
    "sep=": (f"sep=;\r\n{text(';')}".encode("utf-8-sig"), {}),
    "sep= in quotes": (f'"sep=|";;\r\n{text("|")}'.encode(), {}),
    "LibreOffice": (text(",", "\n", 4).encode(), {}),
    "LibreOffice, UTF-16 big-endian": (b"\xfe\xff" + text(";", "\n").encode("utf-16-be"), {}),
    "UTF-16 without a mark": (text(";").encode("utf-16-le"), {"encoding": "utf-16-le"}),
    "Google Sheets": (text(",", "\r\n", 4).removesuffix("\r\n").encode(), {}),
    "Google Sheets, TSV": (text("\t", "\r\n", 4).encode(), {}),
    "UTF-16 without a mark, unnamed": (text(";").encode("utf-16-le"), {}),
    "UTF-16 big-endian without a mark": (text(";").encode("utf-16-be"), {}),
    "a mark that another encoding contradicts": (text(";").encode("utf-16"), {"encoding": "cp1252"}),
    "blanks before quotation marks": (text(";").replace(';"', '; "').encode(), {}),
    "another delimiter": (text("|").encode(), {"delimiter": "|"}),
    "an encoding that has a mark": (text(";").encode("utf-8-sig"), {"encoding": "utf-8"}),
    "blank lines first": (f"\r\n\r\n{text(';')}".encode(), {}),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("source", ["path", "binary file", "pipe", "text file"])
def test_files_as_spreadsheets_save_them(
    harbor: FakeHarbor, users: Users, tmp_path: Path, name: str, source: str
) -> None:
    content, options = FILES[name]
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    if source == "text file":
        options = dict(options)
        starts = {b"\xef\xbb": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
        starts |= {b"U\0": "utf-16-le", b"\0U": "utf-16-be"}
        encoding = starts.get(content[:2], options.pop("encoding", "utf-8"))
        with open(path, encoding=encoding, newline="") as file:
            plan = users.plan(file, generate_passwords=True, **options)  # type: ignore[arg-type]
    elif source == "path":
        plan = users.plan(path, generate_passwords=True, **options)  # type: ignore[arg-type]
    else:

        class Pipe(io.BytesIO):
            def seekable(self) -> bool:
                return source != "pipe"

        plan = users.plan(Pipe(content), generate_passwords=True, **options)  # type: ignore[arg-type]
    assert [(change.action, change.username, change.row) for change in plan] == [
        ("created", "müller", 1),
        ("created", "straße", 2),
    ]
    assert plan.changes[0].fields["realname"] == (None, "Jörg\xa0Müller")
    assert plan.changes[0].fields["comment"] == (None, 'a "b"')
    assert plan.changes[1].fields["realname"] == (None, "Straße")


def test_a_colleagues_spreadsheet_in_five_lines(harbor: FakeHarbor, users: Users, tmp_path: Path) -> None:
    people, kept = tmp_path / "Leute.csv", tmp_path / "kept.csv"
    lines = "".join(f"user{n:02}; u{n:02}@example.com;Jörg Müller {n};x;;\r\n" for n in range(50))
    people.write_bytes(f"Kennung;E-Mail;Realname;Abteilung;;\r\n{lines};;;;;\r\n".encode("cp1252"))
    columns = {"kennung": "username", "ABTEILUNG": None}
    options: dict[str, Any] = {"encoding": "cp1252", "columns": columns, "generate_passwords": True}
    assert users.plan(people, **options).counts == {"created": 50}
    users.apply(people, **options, on_password=PasswordFile(kept)).finish()
    assert len(harbor.usernames) == 50
    rows = list(csv.DictReader(kept.read_text("utf-8").splitlines()))
    assert [row["username"] for row in rows] == [f"user{n:02}" for n in range(50)]
    assert harbor.configuration("user07", rows[7]["password"]).username == "user07"


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (
            text(";").encode("cp1252"),
            {},
            r"people\.csv: line 2 holds the byte 0xfc, .*name its encoding \(cp1252 if .*CSV UTF-8",
        ),
        (text(";").encode("utf-16-le")[:-1], {}, r"people\.csv: line 4 holds the byte 0x0a, which is not UTF-16-LE"),
        (b"username\n" + b"a\n" * 70_000 + b"\xff\n", {}, "line 70002 holds the byte 0xff"),
        *(
            (text(";").encode(), {"encoding": encoding}, r"people\.csv: the file is UTF-8, .*: leave the encoding out")
            for encoding in ("utf-16", "utf-16-be", "cp1252", "mac-roman", "ascii", "idna", "undefined")
        ),
        (text(";").encode("cp1252"), {"encoding": "utf-16"}, r"people\.csv: .* is not UTF-16.*CSV UTF-8"),
        (text(";").encode("cp1252"), {"encoding": "shift_jis"}, "line 2 holds the byte 0xfc, which is not SHIFT_JIS: "),
        (text(";").encode("cp1252"), {"encoding": "klingon"}, "unknown encoding: klingon.: name its encoding"),
        (text(";").encode("cp1252"), {"encoding": "base64"}, "'base64' is not a text encoding"),
        (b"PK\x03\x04 and so on", {}, "spreadsheet, not text.*: save it as CSV UTF-8.*openpyxl.*pandas"),
        (b"\xd0\xcf\x11\xe0 and so on", {}, "spreadsheet, not text"),
        (b"%PDF-1.7\n%\xe2\xe3\n", {"encoding": "cp1252"}, "not text .or a PDF"),
        (
            b"<!DOCTYPE html>\n<table>",
            {},
            r"people\.csv: the first line must name .*not '<!DOCTYPE html>' \(split at ','",
        ),
        (b"", {}, r"people\.csv: the first line must name the columns \(username, .*, not be empty"),
        (b"username|email\r\na|b\r\n", {}, r"the first line must name .*, not 'username\|email' \(split at ','"),
        (text(";").encode(), {"delimiter": ","}, r"not 'User Name;E-Mail;.* \(split at ','"),
        (b"sep=,\n" + text(";").encode(), {}, r"not 'User Name;E-Mail;.* \(split at ','"),
        (b"sep=\n" + text(";").encode(), {}, "delimiter must be one character, not ''"),
        (b"username\n", {"delimiter": "\n"}, "delimiter must be one character"),
        (b'username;"email\nx;x@example.com\n', {}, r"people\.csv: line 1: the file cannot be read .*quotation mark"),
        (b"username;mail;Dep\r\n", {}, r"people\.csv.*unknown column 'mail', 'Dep' .known: username, email"),
        (b"email;comment;Comment\r\n", {}, "names the column comment twice: columns=.header: None. .* ignores one"),
        (b"username;Passw0rd1\r\n", {}, "unknown column (?!.*Passw0rd1)"),
        (b"username;admin;sysadmin_flag\r\n", {}, "twice"),
        (b"kennung2\r\n", {"columns": {"Kennung": "username"}}, "the first line must name the columns"),
        (b"username\r\n", {"columns": {"username": "Kennung"}}, "'Kennung' is not a column; .* maps headers to these"),
    ],
)
def test_files_that_cannot_be_read(
    harbor: FakeHarbor, users: Users, tmp_path: Path, content: bytes, options: dict[str, Any], words: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    for call in (users.apply, users.plan):
        with pytest.raises(ValueError, match=words) as caught:
            call(path, **options)  # type: ignore[operator]
        assert caught.value.__cause__ is None
    assert not harbor.requests


def test_files_that_are_not_there(users: Users, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError) as caught:
        users.plan("~/people.csv")
    assert caught.value.filename == str(tmp_path / "people.csv")
    (tmp_path / "people.csv").write_text("username\n")
    assert users.plan("~/people.csv").counts == {}


@pytest.mark.parametrize("kind", ["rb", "r"])
def test_an_open_file_that_was_read_before(users: Users, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text("username\nx\ny\n")
    with open(path, kind) as file:
        file.read()
        with pytest.raises(ValueError, match="the first line must name the columns .*, not be empty"):
            users.plan(file)
        for _ in range(2):
            file.seek(0)
            assert users.plan(file).counts == {"failed": 2}


def test_a_file_that_is_written_while_it_is_applied(harbor: FakeHarbor, users: Users, tmp_path: Path) -> None:
    """It was read at once, because what follows may begin in the middle of a line, and be another user."""
    path = tmp_path / "people.csv"
    path.write_text("username,state\n" + "".join(f"user{n:05},absent\n" for n in range(2_000)))
    run = users.apply(path)
    path.write_text("username,state\n" + "bob,present\nalice,present\n" * 1_000)
    assert run.finish().counts == {"not_found": 2_000}


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ("x;x@example.com;maybe;;", "Admin ", "sysadmin_flag is 'maybe'; yes and no are accepted"),
        ("x;x@example.com;yes;gone;", "State", "state is 'gone'; present and absent are accepted"),
        ("x;x@example.com;;;012345678901234567890123456789X", "Bemerkung", "31 bytes; at most 30"),
        ("x\u200b;x@example.com;;;", "Kennung", r"U\+200B: remove it"),
        ("x\u00ady;x@example.com;;;", "Kennung", r"U\+00AD"),
        ("x;x\x07@example.com;;;", "E-Mail", r"U\+0007"),
        ("x;x@example.com;;;;more", None, "more cells than columns"),
        ("x;;;;", None, "needs an email"),
        ("x;bob;;;", "E-Mail", "email is 'bob'; an address such as name@example.com is accepted"),
        ("a,b;x@example.com;;;", "Kennung", "username is 'a,b'; it must not hold any of , "),
        ("=B1;;;;", "Kennung", "username is a formula, '=B1': load the workbook with data_only=True"),
        (";;;;x", None, "username is missing"),
    ],
)
def test_an_error_names_file_line_column_and_value(
    harbor: FakeHarbor, users: Users, tmp_path: Path, cells: str, column: str | None, words: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f'Kennung;E-Mail;Admin ;State;Bemerkung\n\nok;ok@example.com;;;"two\nlines"\n\n{cells}\n', "utf-8")
    with pytest.raises(ApplyError) as caught:
        users.apply(
            path,
            columns={"Kennung": "username", "bemerkung": "comment"},
            generate_passwords=True,
            on_error="continue",
            on_password=lambda *_: None,
        ).finish()
    first, error = (change.error for change in caught.value.failed)
    assert isinstance(first, RowError)
    assert (first.line, first.column) == (3, "Bemerkung")
    assert "comment holds a line break, U+000A: remove it" in str(first)
    assert isinstance(error, RowError)
    assert (error.row, error.line, error.file, error.column) == (2, 6, str(path), column)
    with pytest.raises(RowError, match=words):
        raise error
    assert f"{path}, line 6" in str(error)
    assert (f"column {column!r}" in str(error)) is (column is not None)


def test_words_in_files(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("a", comment="old")
    content = "username,email,comment,password\na,,CLEAR,\nnew,new@example.com,CLEAR,GENERATE\n"
    told: list[str] = []
    users.apply(io.StringIO(content), on_password=lambda *both: told.append(both[0])).finish()
    assert told == ["new"]
    assert [user.comment for user in users.iterate()] == [None, None]
    for wrong in ("CLEAR", CLEAR):
        for name in ("email", "realname"):
            (change,) = users.plan([{"username": "a", name: wrong}])
            assert f"{name} cannot be erased; only the comment can" in str(change)


def test_letters_that_need_joiners(harbor: FakeHarbor, users: Users) -> None:
    row = {"username": "nm", "email": "nm@example.com", "realname": "علی\u200cرضا", "password": "Passw0rd1"}
    assert users.apply([row]).finish().counts == {"created": 1}


class NAType:
    """As pandas'."""

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


class Cell:
    """As openpyxl's."""

    coordinate = "A1"

    def __init__(self, value: object) -> None:
        self.value = value


class EmptyCell:
    """As openpyxl's in a sheet that is only read."""

    value = None


RECORDS: list[dict[str, Any]] = [
    {"username": "alice ", "email": "a@example.com", "admin": True, "comment": "hi", "Unnamed: 4": float("nan")},
    {"username": "bob", "email": "b@example.com", "admin": 0, "comment": float("nan"), "Unnamed: 4": None},
    {"username": float("nan"), "email": NAType(), "admin": None, "comment": "", "Unnamed: 4": NAType()},
    {"username": "carol", "email": "c@example.com", "admin": "1.0", "comment": NAType(), "Unnamed: 4": " "},
]
SHEET = [["Username", "E-Mail", "Admin", "Comment", None], *(list(record.values()) for record in RECORDS)]


class Frame:
    """As much of a pandas.DataFrame as counts."""

    def __init__(self, *columns: str) -> None:
        self.columns = columns or tuple(RECORDS[0])

    def to_dict(self, orient: str) -> list[dict[str, Any]]:
        assert orient == "records"
        return RECORDS

    def __iter__(self) -> Any:
        return iter(self.columns)


class OtherFrame(Frame):
    """As much of a polars.DataFrame as counts."""

    def to_dicts(self) -> list[dict[str, Any]]:
        return RECORDS


@pytest.mark.parametrize(
    "make",
    [
        lambda: RECORDS,
        lambda: iter(RECORDS),
        lambda: Frame(),
        lambda: OtherFrame(),
        lambda: SHEET,
        lambda: (tuple(line) for line in SHEET),
        lambda: [tuple(map(Cell, line)) for line in SHEET],
        lambda: [tuple(EmptyCell() if cell in (None, "") else Cell(cell) for cell in line) for line in SHEET],
    ],
    ids=["records", "iterator", "data frame", "data frame of polars", "lists", "values", "cells", "read-only cells"],
)
def test_rows_of_pandas_and_openpyxl(harbor: FakeHarbor, users: Users, make: Callable[[], Any]) -> None:
    users.apply(make(), generate_passwords=True, on_password=lambda *_: None).finish()
    found = {user.username: (user.sysadmin_flag, user.comment) for user in users.iterate()}
    assert found == {"alice": (True, "hi"), "bob": (False, None), "carol": (True, None)}
    for user_id in (3, 4):
        users.patch(user_id, comment="kept")
    assert users.plan(make()).counts == {"unchanged": 2, "changed": 1}


def test_rows_of_a_dict_reader_filtered_or_not(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", comment="old")
    content = "Username;E-Mail;Comment\nalice;;\n"
    for rows in (
        csv.DictReader(io.StringIO(content), delimiter=";"),
        [row for row in csv.DictReader(io.StringIO(content), delimiter=";") if row],
    ):
        assert users.plan(rows).counts == {"unchanged": 1}
    assert users.plan(csv.DictReader(["username,comment", "alice,,,"])).counts == {"unchanged": 1}
    for header in ("", "username,emial", "username;email", "username,email,password,email"):
        with pytest.raises(ValueError, match="the first line"):
            users.plan(csv.DictReader([header, "x,y"]))
    (failed,) = users.plan(csv.DictReader(io.StringIO('username,"Canary1\n'), strict=True))
    assert "cannot be read" in str(failed)
    assert "Canary1" not in str(failed)


@pytest.mark.parametrize("wrong", [1234567, 12345.0, True, Decimal(5), ["x"], datetime(2024, 3, 1)])
def test_cells_that_are_no_text_are_called_so(users: Users, wrong: Any) -> None:
    quoted = wrong if isinstance(wrong, (int, float)) else "***"
    for name in ("username", "email", "realname", "comment"):
        (change,) = users.apply([{"username": "x", name: wrong}])
        kind = type(wrong).__name__
        assert f"{name} must be text, not {kind} ({quoted}): read the column as text" in str(change)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["username", "email", "email"], "names the column email twice"),  # of which to_dict() drops one
        (["username", "Abteilung"], "unknown column 'Abteilung'"),
        ([object()], "must name the columns"),
    ],
)
def test_the_columns_of_a_data_frame_are_checked_at_once(
    harbor: FakeHarbor, users: Users, columns: list[Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        users.apply(Frame(*columns))
    assert not harbor.requests


@pytest.mark.parametrize(
    ("cells", "column"), [(["a,b", "x@e.de", None], "User Name"), (["a", None, "x" * 31], "Comment")]
)
def test_errors_in_sheets_name_the_column(users: Users, cells: list[str | None], column: str) -> None:
    (change,) = users.plan([["User Name", "E-Mail", "Comment"], cells], generate_passwords=True)
    assert isinstance(change.error, RowError)
    assert change.error.column == column


def test_columns_are_a_mapping(users: Users) -> None:
    with pytest.raises(TypeError, match="columns must be a mapping such as {'Kennung': 'username'}, not list"):
        users.plan([], columns=["username", "email"])  # type: ignore[arg-type]


def test_cells_without_a_header_can_be_ignored(harbor: FakeHarbor, users: Users) -> None:
    """As pandas writes its index."""
    content = ",username,email\n0,x,x@example.com\n"
    (failed,) = users.plan(io.StringIO(content), generate_passwords=True)
    assert "more cells than columns with names; columns={'': None} ignores those" in str(failed)
    assert users.plan(io.StringIO(content), generate_passwords=True, columns={"": None}).counts == {"created": 1}


def test_blanks_make_no_second_user(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("zed")
    rows = io.StringIO("username,state\n zed\u00a0,ABSENT\n")
    assert users.apply(rows).finish().counts == {"removed": 1}


def test_names_in_code_are_taken_as_they_are(harbor: FakeHarbor, users: Users) -> None:
    """Else a walk over all users could hit ``bob`` in the place of ``bob ``."""
    for name in ("bob", "bob "):
        harbor.add_user(name, email=f"{len(name)}@example.com")
    (other,) = [user for user in users.iterate() if user.username == "bob "]
    assert users.apply([other]).finish().counts == {"unchanged": 1}
    from harbor_client import UserRow

    assert users.apply([UserRow(other.username or "", state="absent")]).finish().counts == {"removed": 1}
    assert harbor.usernames == ["bob"]
