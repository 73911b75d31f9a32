"""The suite that can be played against a real Harbor: `tox -e live`.

With `--live` it calls the Harbor that HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD or HARBOR_PASSWORD_FILE (and
HARBOR_CA_CERT) name, as an administrator in the auth mode db_auth. It makes users whose names begin with `hc-live-`
only, removes them, and leaves everything else as it was. Without `--live` it calls a fake Harbor, so that the ordinary
tests keep it alive.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor
from support import environment

#: What the name of every user begins with that this suite makes.
PREFIX = "hc-live-"
#: The variables of which each line needs one.
NEEDED = (("HARBOR_URL",), ("HARBOR_USERNAME",), ("HARBOR_PASSWORD", "HARBOR_PASSWORD_FILE"))
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--live", action="store_true", help="play the suite against the Harbor that HARBOR_URL names")


def _is_live(config: pytest.Config) -> bool:
    return bool(config.getoption("--live", False))


def _variables(config: pytest.Config) -> dict[str, str]:
    """What the caller's environment says about Harbor."""
    given: dict[str, str] | None = getattr(config, "workerinput", {}).get("live_variables")
    if given is not None:
        return given
    return {name: value for name, value in environment.ORIGINAL.items() if name.startswith("HARBOR_")}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the variables to a worker of pytest-xdist, whose environment has lost them."""
    node.workerinput["live_variables"] = _variables(node.config)


def pytest_configure(config: pytest.Config) -> None:
    variables = _variables(config)
    missing = [" or ".join(names) for names in NEEDED if not any(map(variables.get, names))]
    if _is_live(config) and missing:
        raise pytest.UsageError(
            f"{', '.join(missing)} not set: the live suite calls a real Harbor as an administrator. Set HARBOR_URL, "
            "HARBOR_USERNAME and HARBOR_PASSWORD (or HARBOR_PASSWORD_FILE), and HARBOR_CA_CERT where a private "
            f"authority signed its certificate. It makes users whose names begin with {PREFIX} only, and removes them."
        )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "harbor_version" in metafunc.fixturenames:
        versions = [None] if _is_live(metafunc.config) else ["2.16.0"]
        metafunc.parametrize("harbor_version", versions, scope="session")


class Live:
    """A Harbor, and the users that a run of the suite makes there."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables
        self.prefix = f"{PREFIX}{secrets.token_hex(4)}-"
        self.client = harbor_client.ApiClient(self.configuration())
        self.api = harbor_client.UserApi(self.client)
        self.users = harbor_client.Users(self.client)

    def configuration(self, username: str | None = None, password: str | None = None) -> harbor_client.Configuration:
        """The settings of a client: the administrator's unless somebody else is named."""
        configuration = harbor_client.Configuration.from_env(self.variables)
        if username is not None:
            configuration.username, configuration.password = username, password
        return configuration

    def name(self) -> str:
        """A username that nobody has."""
        return f"{self.prefix}{secrets.token_hex(3)}"

    def create(self, **fields: str) -> tuple[int, str, str]:
        """Make a user; returns id, name and password."""
        username, password = self.name(), harbor_client.passwords.generate()
        fields = {"email": f"{username}@example.com", "realname": "Made by a test", **fields}
        request = harbor_client.UserCreationReq(username=username, password=password, **fields)
        headers = self.api.create_user_with_http_info(request)[2]
        return int(headers["Location"].rpartition("/")[2]), username, password

    def made(self) -> list[harbor_client.UserResp]:
        """The users that this run has made and not removed."""
        query = harbor_client.Q.username.contains(self.prefix)
        return [user for user in self.users.iterate(query) if (user.username or "").startswith(self.prefix)]

    def others(self) -> dict[int | None, dict[str, object]]:
        """Everybody else, as they are."""
        everybody = [*self.users.iterate(include_admin=True), self.api.get_current_user_info()]
        return {user.user_id: user.to_dict() for user in everybody if not (user.username or "").startswith(PREFIX)}

    def run(self, script: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run an example as people run it."""
        path = [str(Path(harbor_client.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        settings = self.client.configuration
        variables = {
            **self.variables,
            "HARBOR_URL": settings.host,  # with the path, which the older examples want
            "HARBOR_PASSWORD": str(settings.password),  # which they want, too
            "HARBOR_PASSWORD_FILE": "",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
        }
        command = [sys.executable, "-W", "error", str(script), *arguments]
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert variables["HARBOR_PASSWORD"] not in done.stdout + done.stderr
        return done


@pytest.fixture(scope="session")
def live(request: pytest.FixtureRequest, harbor_version: str | None) -> Iterator[Live]:
    """The Harbor of this run. At the end nobody whom the run has made is left, and nobody else has changed."""
    if harbor_version is None:
        yield from _visited(_variables(request.config))
        return
    with FakeHarbor(harbor_version, lock_seconds=0.05) as harbor:
        harbor.add_users(3, prefix="resident")
        harbor.add_user("root", sysadmin_flag=True, comment="do not delete")
        yield from _visited(harbor.environment())
        assert all(
            sent.json["username"].startswith(PREFIX)
            for sent in harbor.requests
            if (sent.method, sent.path) == ("POST", "/users") and sent.body.startswith(b"{")
        )


def _visited(variables: dict[str, str]) -> Iterator[Live]:
    live = Live(variables)
    before = live.others()
    try:
        yield live
    finally:
        for user in live.made():
            live.api.delete_user(user.user_id)
    assert live.made() == []
    assert live.others() == before
    live.client.close()
