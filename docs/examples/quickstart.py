"""The life of a Harbor user, from creation to deletion, step by step.

    python quickstart.py

If HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD are set (to an administrator), it runs on that Harbor, otherwise
on a fake one. Whatever happens, it deletes the user again. The exit status is 1 on an error.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import signal
import sys

from harbor_client import ApiClient, ApiException, Configuration, Q, UserApi, Users, passwords
from harbor_client.testing import FakeHarbor


def main() -> None:
    argparse.ArgumentParser(description="The life of a Harbor user, from creation to deletion.").parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up first, as after Ctrl-C
    with contextlib.ExitStack() as stack:
        if os.environ.get("HARBOR_URL"):
            configuration = Configuration.from_env()
            print(f"Working on the Harbor at {configuration.host}.")
        else:
            configuration = stack.enter_context(FakeHarbor()).configuration()
            print(f"HARBOR_URL is not set: working on a fake Harbor at {configuration.host}.")
        client = stack.enter_context(ApiClient(configuration))
        username = f"quickstart-{secrets.token_hex(4)}"
        may_exist = True
        try:
            live(client, username)
        except ApiException as error:
            may_exist = error.method != "POST" or error.outcome == "unknown"  # a refused creation leaves nothing
            raise
        finally:
            if may_exist:
                clean_up(Users(client), username)
    print("Done.")


def live(client: ApiClient, username: str) -> None:
    users = Users(client)
    user_id = users.create(
        username, email=f"{username}@example.com", realname="Quick Start", password=passwords.generate()
    )
    print(f"Created the user {username}: id {user_id}.")

    user = users.get(username)
    print(f"Found it: {user.realname}, {user.email}, id {user.user_id}, made at {user.creation_time}.")

    print(users.patch(user_id, realname="Quick S. Start", comment="made by quickstart.py"))
    print(users.change_password(user_id, passwords.generate()))
    print(users.ensure(username, sysadmin_flag=True))
    print(users.ensure(username, sysadmin_flag=False))

    found = [user.username for user in users.iterate(Q.username.contains("quickstart-"))]
    print(f"Listed {len(found)} of {users.count()} users: {', '.join(map(str, found))}.")

    me = UserApi(client).get_current_user_info()
    permissions = UserApi(client).get_current_user_permissions(scope="/system")
    print(f"Read what {me.username} may do in the whole system: {len(permissions)} things.")


def clean_up(users: Users, username: str) -> None:
    try:
        print(users.ensure_absent(username))
    except BaseException:
        print(f"The user {username} may still be there.", file=sys.stderr)
        raise


if __name__ == "__main__":
    try:
        main()
    except ApiException as error:
        sys.exit(f"That did not work: {str(error).splitlines()[0]}\n{error.hint or ''}".rstrip())
    except (ValueError, OSError) as error:
        sys.exit(f"That did not work: {error}")
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
