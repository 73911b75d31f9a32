"""Sentences of the documentation that were wrong once: each is quoted, and shown to be true."""

from __future__ import annotations

import csv
import pathlib
from collections.abc import Callable, Iterator

import pytest

import harbor_client
from harbor_client import ForbiddenException, NotFoundException, PreconditionFailedException
from harbor_client.testing import FakeHarbor
from support import pages


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor() as running:
        yield running


@pytest.fixture
def api(harbor: FakeHarbor) -> Iterator[harbor_client.UserApi]:
    with harbor_client.ApiClient(harbor.configuration()) as client:
        yield harbor_client.UserApi(client)


def says(page: str, sentence: str) -> None:
    assert sentence in (pages.ROOT / page).read_text(encoding="utf-8")


def test_a_plain_method_always_returns_the_data_alone(api: harbor_client.UserApi) -> None:
    says("docs/UserApi.md", "return the data alone, as a plain method always does")
    assert api.get_current_user_info(_return_http_data_only=False).username == "admin"
    assert api.get_current_user_info_with_http_info(_return_http_data_only=True).username == "admin"


def test_a_page_size_over_100_is_refused_before_it_is_sent(api: harbor_client.UserApi, harbor: FakeHarbor) -> None:
    says("docs/troubleshooting.md", "The client refuses such values before sending")
    with pytest.raises(ValueError, match="page_size"):
        api.list_users(page_size=101)
    assert len(harbor.requests) == 0


def test_cli_secrets(api: harbor_client.UserApi, harbor: FakeHarbor) -> None:
    says("docs/UserApi.md", "(404) for users who do not exist, and for those who are not OIDC users, such as `admin`")
    secret = harbor_client.OIDCCliSecretReq(secret="An0therOne")
    with pytest.raises(PreconditionFailedException):
        api.set_cli_secret(1, secret)
    harbor.settings.auth_mode = "oidc_auth"
    for user_id in (1, 4711):
        with pytest.raises(NotFoundException):
            api.set_cli_secret(user_id, secret)


def test_urllib3_must_be_2_8(harbor: FakeHarbor) -> None:
    says("README.md", "`urllib3` 2.8 or newer, the first version without known vulnerabilities")
    assert "urllib3>=2.8,<3" in (pages.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()


PROFILE = {"email": "bob@example.com", "realname": "Bob"}
#: What a system robot account with all permissions on users may do, by the first version of Harbor that allows it.
ROBOT_CALLS: dict[str, list[Callable[[harbor_client.UserApi], object]]] = {
    "2.3.0": [lambda api: api.search_users("ali")],
    "2.10.0": [
        lambda api: api.list_users(),
        lambda api: api.create_user({**PROFILE, "username": "bob", "password": "Passw0rd1"}),
        lambda api: api.set_user_sys_admin(3, {"sysadmin_flag": True}),
    ],
    "2.15.0": [
        lambda api: api.get_user(3),
        lambda api: api.update_user_profile(3, {**PROFILE, "email": "alice@example.org"}),
        lambda api: api.update_user_password(3, {"new_password": "Passw0rd2"}),
        lambda api: api.delete_user(3),
    ],
}


@pytest.mark.parametrize("version", ["2.9.0", "2.10.0", "2.14.0", "2.15.0", "2.16.0"])
def test_what_robot_accounts_may_do(version: str) -> None:
    for row in (
        "| before 2.10 | search",
        "| 2.10 to 2.14 | also list and create",
        "| 2.15 and later | also read, update",
    ):
        says("docs/configuration.md", row)
    with FakeHarbor(version) as harbor:
        harbor.add_user("alice")
        actions = ("create", "list", "read", "update", "delete")
        robot = harbor.add_robot("onboarding", permissions=[("user", action) for action in actions])
        with harbor_client.ApiClient(harbor.configuration(robot)) as client:
            api = harbor_client.UserApi(client)
            with pytest.raises(PreconditionFailedException):
                api.get_current_user_info()
            for since, calls in ROBOT_CALLS.items():
                for call in calls:
                    if int(since.split(".")[1]) <= int(version.split(".")[1]):
                        call(api)
                    else:
                        with pytest.raises(ForbiddenException):
                            call(api)


def test_lockout(api: harbor_client.UserApi, harbor: FakeHarbor) -> None:
    says("docs/guide-users.md", "Another administrator may demote user 1.")
    says("docs/cli.md", "built-in administrator (user 1) is never removed, but another administrator can demote it.")
    harbor.add_user("root", sysadmin_flag=True)
    with harbor_client.ApiClient(harbor.configuration("root")) as client:
        users = harbor_client.Users(client)
        for mistake in (
            lambda: users.ensure_absent("root"),
            lambda: users.ensure("root", sysadmin_flag=False),
            lambda: users.ensure_absent("admin"),
        ):
            with pytest.raises(ValueError, match="cannot be"):
                mistake()
        assert {request.method for request in harbor.requests} == {"GET"}
        assert users.ensure("admin", sysadmin_flag=False).action == "changed"
    assert api.get_user(1).sysadmin_flag is False


def test_the_mail_merge_leaves_out_who_is_not_in_the_sheet(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (merge,) = (fence for fence in pages.fences(pages.ROOT / "docs/cookbook.md") if "EmailMessage" in fence.text)
    monkeypatch.chdir(tmp_path)
    pathlib.Path("joiners.csv").write_text(
        "Kennung;E-Mail;Name\nanna ;anna@example.com;Anna\nbob;bob@example.com;Bob\n", "cp1252"
    )
    with open("passwords.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["username", "password", "note"], ["anna", "Secret1", ""], ["bob", "Secret2", "unknown"], ["zoe", "S", ""]]
        )
    exec(merge.text, {"pathlib": pathlib})
    assert [path.name for path in tmp_path.glob("*.eml")] == ["anna.eml"]
    assert "Secret1" in pathlib.Path("anna.eml").read_text(encoding="ascii")
    assert capsys.readouterr().out == "no mail for bob: unknown\nno mail for zoe: not in the sheet\n"


@pytest.mark.parametrize("killed_after_the_change", [True, False])
def test_the_rotation_survives_a_killed_run(
    harbor: FakeHarbor, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, killed_after_the_change: bool
) -> None:
    (rotate,) = (fence for fence in pages.fences(pages.ROOT / "docs/cookbook.md") if "pending = " in fence.text)
    current, pending = tmp_path / "admin", tmp_path / "admin.pending"
    current.write_text("Old-Passw0rd" if killed_after_the_change else "Harbor12345")
    pending.write_text("Harbor12345" if killed_after_the_change else "N3w-Password")
    for name, value in {**harbor.environment(), "HARBOR_PASSWORD_FILE": str(current)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HARBOR_PASSWORD")
    exec(rotate.text, {})
    assert not pending.exists()
    with harbor_client.ApiClient(harbor.configuration(password=current.read_text())) as client:
        assert harbor_client.UserApi(client).get_current_user_info().username == "admin"
