"""Create the users of a CSV file.

    python onboard_csv.py people.csv

The file has the columns username, email, realname and password, and optionally comment and admin (yes or no). Existing
users are left unchanged. Reads HARBOR_URL (https://harbor.example.com/api/v2.0), HARBOR_USERNAME,
HARBOR_PASSWORD and HARBOR_CA_CERT; the exit status is 1 if a row failed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys

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


def onboard(api: harbor_client.UserApi, row: dict[str, str], x_request_id: str) -> str:
    """Create the user of one row, and return what happened."""
    user_req = harbor_client.UserCreationReq(
        username=row["username"],
        email=row["email"],
        realname=row["realname"],
        comment=row.get("comment"),
        password=row["password"],
    )
    try:
        _, _, headers = api.create_user_with_http_info(user_req=user_req, x_request_id=x_request_id)
    except ApiException as e:
        if e.status == 409:
            return "exists already"
        raise
    user_id = int(headers["Location"].split("/")[-1])
    if (row.get("admin") or "").lower() in ("yes", "true", "1"):
        sysadmin_flag = harbor_client.UserSysAdminFlag(sysadmin_flag=True)
        api.set_user_sys_admin(user_id=user_id, sysadmin_flag=sysadmin_flag)
        return f"created as administrator, id {user_id}"
    return f"created, id {user_id}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Create the users of a CSV file.")
    parser.add_argument("file", help="with the columns username, email, realname, password, and comment, admin")
    arguments = parser.parse_args()
    api = connect()
    failed = 0
    with open(arguments.file, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        missing = {"username", "email", "realname", "password"}.difference(rows.fieldnames or ())
        if missing:
            raise ValueError(f"columns are missing: {', '.join(sorted(missing))}")
        for row in rows:
            try:
                print(f"{row['username']}: {onboard(api, row, x_request_id=f'onboard-line-{rows.line_num}')}")
            except ApiException as e:
                if e.status == 401:  # each wrong login locks the account
                    raise
                failed += 1
                what = "may have been done" if getattr(e, "outcome", "") == "unknown" else "failed"
                print(f"{row['username']}: {what}: {e.status} {e.reason} {e.body or ''}".rstrip(), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, ApiException) as e:
        sys.exit(f"That did not work: {e}")
