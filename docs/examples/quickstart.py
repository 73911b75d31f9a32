"""The life of a Harbor user, from creation to deletion, step by step.

    python quickstart.py

If HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD are set (to an administrator), it runs on that Harbor, otherwise
on a fake one. Whatever happens, it deletes the user again. The exit status is 1 on an error.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys

import harbor_client
from harbor_client import passwords
from harbor_client.testing import FakeHarbor


def main(arguments: list[str]) -> int:
    if arguments:
        asked = arguments in (["-h"], ["--help"])
        print((__doc__ or "It takes no arguments.").strip(), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up first, as after Ctrl-C
    try:
        with contextlib.ExitStack() as stack:
            if os.environ.get("HARBOR_URL"):
                configuration = harbor_client.Configuration.from_env()
                print(f"Working on the Harbor at {configuration.host}.")
            else:
                configuration = stack.enter_context(FakeHarbor()).configuration()
                print(f"HARBOR_URL is not set: working on a fake Harbor at {configuration.host}.")
            client = stack.enter_context(harbor_client.ApiClient(configuration))
            tour(harbor_client.UserApi(client))
    except harbor_client.ApiException as error:
        print(f"That did not work: {in_words(error)}", file=sys.stderr)
        return 1
    except (ValueError, TypeError, LookupError, OSError) as error:
        print(f"That did not work: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 1
    print("Done.")
    return 0


def tour(api: harbor_client.UserApi) -> None:
    username = f"quickstart-{secrets.token_hex(4)}"
    try:
        live(api, username)
    except BaseException as error:
        if may_exist(error):
            clean_up(api, username)
        raise


def may_exist(error: BaseException) -> bool:
    """Whether the user may exist: not if Harbor refused to create it, but if the response was lost."""
    if isinstance(error, harbor_client.ApiException) and error.method == "POST":
        return error.outcome == "unknown"
    return True


def live(api: harbor_client.UserApi, username: str) -> None:
    request = harbor_client.UserCreationReq(
        username=username,
        email=f"{username}@example.com",
        realname="Quick Start",
        password=passwords.generate(),
    )
    _, _, headers = api.create_user_with_http_info(request)
    if "Location" not in headers:
        raise LookupError("the response does not say which id the new user has (it lacks a Location)")
    user_id = int(headers["Location"].rpartition("/")[2])
    print(f"Created the user {username}: id {user_id}.")

    found = [item.user_id for item in api.search_users(username) if item.username == username]
    print(f"Searched for the name: found id {', '.join(map(str, found))}.")

    user = api.get_user(user_id)
    print(f"Read the user: {user.realname}, {user.email}, made at {user.creation_time}.")

    profile = harbor_client.UserProfile(email=user.email, realname="Quick S. Start", comment="made by quickstart.py")
    api.update_user_profile(user_id, profile)
    user = api.get_user(user_id)
    print(f"Changed the profile: {user.realname}, {user.comment!r}.")

    api.update_user_password(user_id, harbor_client.PasswordReq(new_password=passwords.generate()))
    print("Changed the password.")

    api.set_user_sys_admin(user_id, harbor_client.UserSysAdminFlag(sysadmin_flag=True))
    print(f"Made {username} an administrator: {'yes' if api.get_user(user_id).sysadmin_flag else 'no'}.")
    api.set_user_sys_admin(user_id, harbor_client.UserSysAdminFlag(sysadmin_flag=False))
    print(f"And a regular user again: {'no' if api.get_user(user_id).sysadmin_flag else 'yes'}.")

    users, _, headers = api.list_users_with_http_info(page=1, page_size=5, sort="-user_id")
    names = ", ".join(str(user.username) for user in users)
    print(f"Listed the newest of {headers['X-Total-Count']} users: {names}.")

    me = api.get_current_user_info()
    permissions = api.get_current_user_permissions(scope="/system")
    print(f"Read what {me.username} may do in the whole system: {len(permissions)} things.")

    api.delete_user(user_id)
    print(f"Deleted {username}.")


def clean_up(api: harbor_client.UserApi, username: str) -> None:
    """Delete the user after a failure, if it exists; say so if that fails, too."""
    try:
        for user in api.list_users(q=f"username={username}"):
            if user.username == username and user.user_id is not None:
                api.delete_user(user.user_id)
                print(f"Deleted {username}.")
    except harbor_client.ApiException as error:
        print(f"The user {username} may still be there: {in_words(error)}", file=sys.stderr)
    except ValueError:
        raise  # a wrong setting, with which no call ever left
    except BaseException:
        print(f"The user {username} may still be there.", file=sys.stderr)
        raise


def in_words(error: harbor_client.ApiException) -> str:
    text = f"{error.method} {error.url}: {error.status or 'no response'}, {error.message or error.reason}"
    return f"{text}\n{error.hint}" if error.hint else text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
