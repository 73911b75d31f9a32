"""Rows and files that pandas and openpyxl write."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import openpyxl
import pandas
import pytest

from harbor_client import ApiClient, Users
from harbor_client.testing import FakeHarbor

COLUMNS = ["User Name", "E-Mail", "Realname", "Comment", "Admin"]
ROWS: list[list[Any]] = [
    ["müller ", "mueller@example.com", "Jörg Müller", "Ärzte", True],
    ["user00003", None, None, None, None],
    [None, None, None, None, None],
    ["user00004", None, "Other", None, False],
]
FRAME = pandas.DataFrame(ROWS, columns=COLUMNS)
EXPECTED = {"created": 1, "unchanged": 1, "changed": 1}


@pytest.fixture
def users() -> Iterator[Users]:
    with FakeHarbor() as harbor, ApiClient(harbor.configuration()) as client:
        harbor.add_users(3)
        yield Users(client)


@pytest.mark.parametrize(
    ("delimiter", "encoding", "named"),
    [
        (",", "utf-8", {}),
        (";", "utf-8-sig", {}),
        ("\t", "utf-16", {}),
        (";", "cp1252", {"encoding": "cp1252"}),
        ("|", "utf-8", {"delimiter": "|"}),
    ],
)
def test_files_of_pandas(users: Users, tmp_path: Path, delimiter: str, encoding: str, named: dict[str, str]) -> None:
    path = tmp_path / "people.csv"
    FRAME.to_csv(path, sep=delimiter, encoding=encoding, index=False)
    assert users.plan(path, generate_passwords=True, **named).counts == EXPECTED  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda path: FRAME,
        lambda path: FRAME.to_dict("records"),
        lambda path: FRAME.convert_dtypes().to_dict("records"),
        lambda path: pandas.read_excel(path, dtype=str).to_dict("records"),
        lambda path: pandas.read_excel(path),
        lambda path: openpyxl.load_workbook(path).active.values,
        lambda path: openpyxl.load_workbook(path).active.iter_rows(),
        lambda path: list(openpyxl.load_workbook(path, read_only=True).active.rows),
    ],
)
def test_rows_of_pandas_and_openpyxl(users: Users, tmp_path: Path, make: Callable[[Path], Any]) -> None:
    path = tmp_path / "people.xlsx"
    FRAME.to_excel(path, index=False)
    assert users.plan(make(path), generate_passwords=True).counts == EXPECTED


def test_a_workbook_is_no_text(users: Users, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    FRAME.to_excel(path, index=False)
    with pytest.raises(ValueError, match="save it as CSV UTF-8"):
        users.plan(path)


def test_numbers_of_numpy(users: Users) -> None:
    assert users.get(numpy.int64(3)).username == "user00003"  # type: ignore[arg-type]
    plan = users.plan([{"username": "user00003", "admin": numpy.bool_(True), "comment": numpy.nan}])
    assert plan.changes[0].fields == {"sysadmin_flag": (False, True)}
    (change,) = users.plan(pandas.DataFrame({"username": [12345]})).changes
    assert "must be text, not int (12345)" in str(change)
