"""Report who is an administrator, as CSV on standard output.

    python audit_admins.py > admins.csv

Reads HARBOR_URL (https://harbor.example.com/api/v2.0), HARBOR_USERNAME, HARBOR_PASSWORD and
HARBOR_CA_CERT.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator

import harbor_client
from harbor_client.rest import ApiException

PAGE_SIZE = 100


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


def all_users(api: harbor_client.UserApi) -> Iterator[harbor_client.UserResp]:
    yield api.get_user(1)  # the built-in administrator is never listed
    page = 1
    while True:
        users = api.list_users(page=page, page_size=PAGE_SIZE, sort="user_id")
        yield from users
        if len(users) < PAGE_SIZE:
            return
        page += 1


def main() -> int:
    argparse.ArgumentParser(description="Report who is an administrator, as CSV.").parse_args()
    api = connect()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["user_id", "username", "email", "realname", "changed"])
    try:
        for user in all_users(api):
            if user.sysadmin_flag:
                changed = user.update_time.strftime("%Y-%m-%d") if user.update_time else ""
                writer.writerow([user.user_id, user.username, user.email or "", user.realname or "", changed])
    except ApiException as e:
        print(f"Exception when calling UserApi: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as e:
        sys.exit(f"That did not work: {e}")
