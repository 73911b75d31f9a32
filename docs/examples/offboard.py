"""Delete the users named in a file, one per line.

    python offboard.py leavers.txt [--dry-run]

Names that nobody has are skipped. Reads HARBOR_URL (https://harbor.example.com/api/v2.0), HARBOR_USERNAME,
HARBOR_PASSWORD and HARBOR_CA_CERT; the exit status is 1 if a user could not be deleted.
"""

from __future__ import annotations

import argparse
import os
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


def offboard(api: harbor_client.UserApi, username: str, dry_run: bool) -> str:
    """Delete one user, and return what happened."""
    # Harbor decodes q once more than the rest of the query: hence quote.
    users = [user for user in api.list_users(q="username=" + quote(username)) if user.username == username]
    if not users or users[0].user_id is None:
        return "is gone already"
    if dry_run:
        return f"would be deleted, id {users[0].user_id}"
    api.delete_user(users[0].user_id)
    return f"deleted, id {users[0].user_id}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Delete the users whose names stand in a file.")
    parser.add_argument("file")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    arguments = parser.parse_args()
    with open(arguments.file, encoding="utf-8") as file:
        usernames = [line.strip() for line in file if line.strip()]
    api = connect()
    failed = 0
    for username in usernames:
        try:
            print(f"{username}: {offboard(api, username, arguments.dry_run)}")
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
