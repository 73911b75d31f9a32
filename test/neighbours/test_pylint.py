"""pylint finds no errors in programs that use the package correctly, and the errors of those that do not."""

import subprocess
import sys
from pathlib import Path

import harbor_client

ROOT = Path(__file__).resolve().parents[2]
PLACE = Path(harbor_client.__file__).resolve().parents[1]

RIGHT = """
import harbor_client
from harbor_client import models
from harbor_client.testing import FakeHarbor

configuration = harbor_client.Configuration(host="https://harbor.example.com/api/v2.0", username="admin")
print(configuration.host.upper(), configuration.username.upper(), configuration.api_key.get("x"))
print(configuration.timeout + 1, configuration.ssl_ca_cert)

with FakeHarbor() as harbor, harbor_client.ApiClient(harbor.configuration()) as client:
    api = harbor_client.UserApi(client)
    user = api.get_user(1)
    print(user.username.upper(), user.creation_time.year, user.user_id + 1)
    print(api.get_user_with_http_info(1)[1], api.get_user(1, async_req=True).get().username)
    for other in api.list_users(page_size=10):
        print(other.email.lower())
    request = models.UserCreationReq(username="alice", email="a@example.com", realname="A", password="Passw0rd1")
    print(request.username.upper(), harbor_client.UserResp.swagger_types["username"])
    users = harbor_client.Users(client)
    for user in users.iterate(harbor_client.Q.username.contains("a")):
        print(user.username.upper())
    change = users.ensure("bob", email="bob@example.com", password="Passw0rd1", comment="new")
    print(change.action.upper(), change.fields.items(), change.to_dict())
    plan = users.plan([{"username": "bob", "state": "absent"}])
    print(plan.counts["removed"], [planned.username for planned in plan.changes], plan.to_dict())
    for row in plan.apply():
        print(row.username.upper())
    try:
        api.get_user(4711)
    except harbor_client.NotFoundException as error:
        print(error.status, error.message.upper(), error.outcome)
"""


def errors(*arguments: str | Path) -> str:
    hook = f"import sys; sys.path.insert(0, {str(PLACE)!r})"
    command = [sys.executable, "-m", "pylint", "-E", "--init-hook", hook, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert not done.stderr, done.stderr
    return done.stdout


def test_a_program_that_is_right(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(RIGHT, encoding="utf-8")
    assert errors(program) == ""


def test_a_program_that_is_wrong(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    # pylint follows neither names that are loaded at their first use, nor classes that explain a missing operation.
    program.write_text("from harbor_client.users import Users\n\nUsers().fnd('alice')\n", encoding="utf-8")
    assert "E1101: Instance of 'Users' has no 'fnd' member" in errors(program)


def test_the_examples() -> None:
    assert errors(*sorted((ROOT / "docs/examples").glob("*.py"))) == ""
