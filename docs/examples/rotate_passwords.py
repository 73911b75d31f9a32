"""Give users new passwords, and write them to a CSV file that only you can read.

    python rotate_passwords.py new-passwords.csv alice bob ...

A password is in the file before it is sent to Harbor, so none is lost. Reads HARBOR_URL
(https://harbor.example.com/api/v2.0), HARBOR_USERNAME, HARBOR_PASSWORD and HARBOR_CA_CERT; the exit status is 1 if a
password was not changed.
"""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import sys
from urllib.parse import quote

import harbor_client
from harbor_client.rest import ApiException


def connect() -> harbor_client.UserApi:
    configuration = harbor_client.Configuration()
    try:
        configuration.host = os.environ["HARBOR_URL"]
        configuration.username = os.environ["HARBOR_USERNAME"]
        configuration.password = os.environ["HARBOR_PASSWORD"]
        configuration.ssl_ca_cert = os.environ.get("HARBOR_CA_CERT") or None
    except KeyError as e:
        raise ValueError(f"{e.args[0]} is not set") from e
    return harbor_client.UserApi(harbor_client.ApiClient(configuration))


def new_password() -> str:
    # Harbor requires an uppercase letter, a lowercase letter and a digit.
    return "Aa1" + secrets.token_urlsafe(18)


def find(api: harbor_client.UserApi, username: str) -> harbor_client.UserResp | None:
    # Harbor decodes q once more than the rest of the query: hence quote.
    for user in api.list_users(q="username=" + quote(username)):
        if user.username == username:
            return user
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description="Give users new passwords.")
    parser.add_argument("file", help="a new file, for the passwords")
    parser.add_argument("usernames", nargs="+", metavar="username")
    arguments = parser.parse_args()
    api = connect()
    failed = 0
    handle = os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["username", "password"])
        for username in arguments.usernames:
            try:
                user = find(api, username)
                if user is None or user.user_id is None:
                    failed += 1
                    print(f"{username}: there is no such user", file=sys.stderr)
                    continue
                password = new_password()
                writer.writerow([username, password])
                file.flush()
                api.update_user_password(user.user_id, harbor_client.PasswordReq(new_password=password))
                print(f"{username}: changed")
            except ApiException as e:
                if e.status == 401:  # each wrong login locks the account
                    raise
                failed += 1
                what = "may have been done" if getattr(e, "outcome", "") == "unknown" else "failed"
                print(f"{username}: {what}: {e.status} {e.reason} {e.body or ''}".rstrip(), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, ApiException) as e:
        sys.exit(f"That did not work: {e}")
