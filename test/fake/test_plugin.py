"""The pytest plugin, used as a project would use it; and `configuration()`, which it rests on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor
from support.environment import MEASURING

_ROOT = Path(__file__).parents[2]

_TESTS = """
import pytest
from harbor_client import Configuration, UserCreationReq
from harbor_client.exceptions import ConflictException
from harbor_client.testing import FakeHarbor

seen = []

def test_create(harbor, harbor_api):
    assert isinstance(harbor, FakeHarbor)
    seen.append(harbor.port)
    harbor_api.create_user(UserCreationReq(username="alice", email="a@b.co", realname="A", password="Passw0rd1"))
    assert harbor.usernames == ["alice"]
    assert harbor.requests[-1].user == "admin"

def test_fresh(harbor, harbor_api):
    assert harbor_api.list_users() == []
    harbor.add_user("alice")
    with pytest.raises(ConflictException):
        harbor_api.create_user(UserCreationReq(username="alice", email="a@b.co", realname="A", password="Passw0rd1"))

def test_users(harbor, harbor_users):
    assert harbor_users.create("alice", email="a@b.co", realname="A", password="Passw0rd1") == 3
    assert harbor.usernames == ["alice"]

def test_environment(harbor, harbor_env):
    import os
    from harbor_client import ApiClient, UserApi
    assert "HARBOR_TIMEOUT" not in os.environ and "HTTP_PROXY" not in os.environ
    assert harbor_env.items() <= os.environ.items()
    with ApiClient(Configuration.from_env()) as client:
        assert UserApi(client).get_current_user_info().username == "admin"
    assert harbor.requests[-1].user == "admin"

def test_environment_is_as_before():
    import os
    assert (os.environ["HARBOR_URL"], os.environ["HARBOR_TIMEOUT"]) == ("https://before", "7")

def test_stopped(harbor):
    import socket
    for port in seen:
        if port != harbor.port:
            with pytest.raises(OSError):
                socket.create_connection(("127.0.0.1", port), 5)
"""


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    environment |= {
        **MEASURING,
        "HARBOR_URL": "https://before",
        "HARBOR_TIMEOUT": "7",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    environment["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_one_line_switches_it_on(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = "harbor_client.testing.pytest_plugin"\n')
    (tmp_path / "test_it.py").write_text(_TESTS)
    result = _run(tmp_path, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")
    assert "6 passed" in result.stdout, result.stdout + result.stderr


def test_nothing_of_it_is_imported_unasked(tmp_path: Path) -> None:
    code = (
        "import sys, harbor_client; "
        "assert not [m for m in sys.modules if m.startswith(('harbor_client.testing', 'pytest', '_pytest'))]; "
        "import harbor_client.testing; "
        "assert not [m for m in sys.modules if m.startswith(('pytest', '_pytest', 'urllib3', 'harbor_client.api'))"
        " and m not in before]"
    ).replace("import harbor_client.testing; ", "before = set(sys.modules); import harbor_client.testing; ")
    result = _run(tmp_path, "-c", code)
    assert result.returncode == 0, result.stderr


def test_the_fake_does_not_use_the_client(tmp_path: Path) -> None:
    """Loaded without the package around it, it imports nothing of the client but what `configuration()` returns."""
    code = (
        "import sys, types; package = types.ModuleType('harbor_client'); "
        f"package.__path__ = [{str(_ROOT / 'harbor_client')!r}]; package.Configuration = object; "
        "sys.modules['harbor_client'] = package; "
        "from harbor_client.testing import FakeHarbor; FakeHarbor().start().stop(); "
        "print(sorted(m for m in sys.modules if m.startswith('harbor_client.') and 'testing' not in m))"
    )
    result = _run(tmp_path, "-c", code)
    assert result.stdout.strip() == "[]", result.stderr


def _username(configuration: harbor_client.Configuration) -> str:
    with harbor_client.ApiClient(configuration) as client:
        return str(harbor_client.UserApi(client).get_current_user_info().username)


def test_configurations() -> None:
    with FakeHarbor(lock_seconds=0) as harbor:
        harbor.add_user("alice")
        harbor.add_user("bob", password="Other0ne")
        robot = harbor.add_robot("ci")
        assert _username(harbor.configuration()) == "admin"
        assert _username(harbor.configuration("alice")) == "alice"
        assert _username(harbor.configuration(user="alice@example.com")) == "alice"
        assert _username(harbor.configuration("bob", "Other0ne")) == "bob"
        assert harbor.configuration(robot).username == robot
        nobody = harbor.configuration(None)
        assert nobody.username is None or nobody.username == ""
        with pytest.raises(harbor_client.exceptions.UnauthorizedException):
            _username(nobody)
        with pytest.raises(ValueError, match="the password of 'bob' is kept only as a hash"):
            harbor.configuration("bob")
        with pytest.raises(ValueError, match="there is no user or robot 'carol'"):
            harbor.configuration("carol")
    with FakeHarbor(admin_password="Other0ne") as harbor:
        assert _username(harbor.configuration(password="Other0ne")) == "admin"
        with pytest.raises(ValueError, match="'admin'"):
            harbor.configuration()


def test_a_configuration_for_https() -> None:
    with FakeHarbor(https=True) as harbor:
        configuration = harbor.configuration()
        assert configuration.ssl_ca_cert == harbor.ca_cert
        assert _username(configuration) == "admin"


def test_the_environment_for_a_subprocess() -> None:
    with FakeHarbor(https=True) as harbor:
        harbor.add_user("alice", password="Other0ne")
        assert harbor.environment("alice", "Other0ne") == {
            "HARBOR_URL": harbor.root_url,
            "HARBOR_USERNAME": "alice",
            "HARBOR_PASSWORD": "Other0ne",
            "HARBOR_CA_CERT": harbor.ca_cert,
        }
        with pytest.raises(ValueError, match="the password of 'alice' is kept only as a hash"):
            harbor.environment("alice")


def test_a_configuration_takes_no_proxy_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with FakeHarbor() as harbor:
        assert _username(harbor.configuration()) == "admin"
