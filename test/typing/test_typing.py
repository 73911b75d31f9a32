"""mypy and pyright, as a user of the installed package runs them."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent

Complaints = dict[int, list[str]]


def run(*command: str, cwd: Path) -> str:
    """What the checker printed; it may end with 0 or, having something to complain about, with 1."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MYPYPATH", "PYTHONPATH")}
    # As in an activated environment: `pyright --verifytypes` looks for the package in the first Python of PATH.
    environment["PATH"] = str(Path(sys.executable).parent) + os.pathsep + environment.get("PATH", "")
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=300
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def mypy(file: Path) -> Complaints:
    (file.parent / "mypy.ini").write_text("[mypy]\nstrict = true\n")
    printed = run("mypy", "--output=json", "--python-executable", sys.executable, file.name, cwd=file.parent)
    rows = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return by_line((row["line"], row["message"]) for row in rows if row["severity"] == "error")


def pyright(file: Path) -> Complaints:
    settings = {"typeCheckingMode": "strict", "reportUnusedVariable": False, "reportUnusedExpression": False}
    (file.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    printed = run("pyright", "--outputjson", "--pythonpath", sys.executable, file.name, cwd=file.parent)
    rows = json.loads(printed)["generalDiagnostics"]
    return by_line((row["range"]["start"]["line"] + 1, row["message"]) for row in rows if row["severity"] == "error")


def by_line(rows: Iterator[tuple[int, str]]) -> Complaints:
    complaints: Complaints = {}
    for line, message in rows:
        complaints.setdefault(line, []).append(message)
    return complaints


def copied(name: str, folder: Path) -> Path:
    """The file, at a place from which the checkout cannot be seen."""
    copy = folder / name
    copy.write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    return copy


both = pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])


@both
def test_what_is_right_is_inferred(checker: Callable[[Path], Complaints], tmp_path: Path) -> None:
    assert checker(copied("right.py", tmp_path)) == {}


# Method, arguments, what it gives.
OPERATIONS = [
    ("api.create_user", "UserCreationReq()", "None"),
    ("api.delete_user", "3", "None"),
    ("api.get_current_user_info", "", "UserResp"),
    ("api.get_current_user_permissions", "", "list[Permission]"),
    ("api.get_user", "3", "UserResp"),
    ("api.list_users", "", "list[UserResp]"),
    ("api.search_users", "'alice'", "list[UserSearchRespItem]"),
    ("api.set_cli_secret", "3, OIDCCliSecretReq()", "None"),
    ("api.set_user_sys_admin", "3, UserSysAdminFlag()", "None"),
    ("api.update_user_password", "3, PasswordReq()", "None"),
    ("api.update_user_profile", "3, UserProfile()", "None"),
    ("projects.create_project", "ProjectReq()", "None"),
    ("projects.delete_project", "'library'", "None"),
    ("projects.get_project", "1", "Project"),
    ("projects.get_project_deletable", "1", "ProjectDeletable"),
    ("projects.get_project_summary", "1", "ProjectSummary"),
    ("projects.head_project", "'library'", "None"),
    ("projects.list_projects", "", "list[Project]"),
    ("projects.update_project", "1, {'metadata': {}}", "None"),
    ("members.create_project_member", "1, project_member=ProjectMember()", "None"),
    ("members.delete_project_member", "1, 2", "None"),
    ("members.get_project_member", "1, 2", "ProjectMemberEntity"),
    ("members.list_project_members", "1", "list[ProjectMemberEntity]"),
    ("members.update_project_member", "1, 2, role=RoleRequest()", "None"),
]

# Expression with the method m and its arguments a, what it gives where the operation gives r.
CALLS = [
    ("{m}({a})", "{r}"),
    ("{m}({a}, x_request_id='audit-7', _request_timeout=5)", "{r}"),
    ("{m}({a}, async_req=True).get()", "{r}"),
    ("{m}({a}, _preload_content=False)", "HTTPResponse"),
    ("{m}({a}, _preload_content=False, async_req=True).get(1)", "HTTPResponse"),
    ("{m}_with_http_info({a})", "tuple[{r}, int, HTTPHeaderDict]"),
    ("{m}_with_http_info({a}, async_req=True).get()", "tuple[{r}, int, HTTPHeaderDict]"),
    ("{m}_with_http_info({a}, _preload_content=False)", "tuple[HTTPResponse, int, HTTPHeaderDict]"),
    ("{m}_with_http_info({a}, _return_http_data_only=True)", "{r}"),
    ("{m}_with_http_info({a}, _return_http_data_only=True, async_req=True).get()", "{r}"),
]


@both
def test_every_option_of_every_method_is_inferred(checker: Callable[[Path], Complaints], tmp_path: Path) -> None:
    lines = [
        "from harbor_client import MemberApi, ProjectApi, UserApi",
        "from harbor_client import Project, ProjectDeletable, ProjectMember, ProjectMemberEntity, ProjectReq",
        "from harbor_client import ProjectSummary, RoleRequest",
        "from harbor_client.api._types import HTTPResponse",
        "from harbor_client.models import OIDCCliSecretReq, PasswordReq, Permission, UserCreationReq, UserProfile",
        "from harbor_client.models import UserResp, UserSearchRespItem, UserSysAdminFlag",
        "from typing_extensions import assert_type",
        "from urllib3 import HTTPHeaderDict",
        "def check(api: UserApi, projects: ProjectApi, members: MemberApi) -> None:",
    ]
    for method, arguments, result in OPERATIONS:
        for call, kind in CALLS:
            expression = call.format(m=method, a=arguments).replace("(, ", "(")
            lines.append(f"    assert_type({expression}, {kind.format(r=result)})")
    file = tmp_path / "every.py"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert {lines[number - 1].strip(): messages for number, messages in checker(file).items()} == {}


@both
def test_what_is_wrong_is_rejected(checker: Callable[[Path], Complaints], tmp_path: Path) -> None:
    file = copied("wrong.py", tmp_path)
    lines = file.read_text(encoding="utf-8").splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    complaints = checker(file)
    accepted = [lines[number - 1].strip() for number in sorted(wrong - set(complaints))]
    assert (accepted, {number: complaints[number] for number in set(complaints) - wrong}) == ([], {})


def test_the_stubs_follow_from_the_modules() -> None:
    """What `make_stub.py` writes is what is there: run it after a method was added or changed."""
    made = runpy.run_path(str(HERE / "make_stub.py"))
    sources: list[Path] = made["SOURCES"]
    assert "user_api.py" in [source.name for source in sources]
    for source in sources:
        assert source.with_suffix(".pyi").read_text(encoding="utf-8") == made["stub"](source)


@both
def test_the_examples_of_the_documentation(checker: Callable[[Path], Complaints], tmp_path: Path) -> None:
    """What people copy from the examples passes their own checkers."""
    examples = HERE.parents[1] / "docs/examples"
    copies = [tmp_path / example.name for example in sorted(examples.glob("*.py"))]
    assert copies
    for copy in copies:
        copy.write_text((examples / copy.name).read_text(encoding="utf-8"), encoding="utf-8")
    assert {copy.name: found for copy in copies if (found := checker(copy))} == {}
