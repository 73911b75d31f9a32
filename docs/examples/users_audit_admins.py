"""Report who is an administrator, as CSV on standard output.

    python users_audit_admins.py > admins.csv

audit_admins.py, written with Users: Harbor selects the administrators, nobody is missed while others are created or
deleted, and the built-in administrator is included. Reads the HARBOR_* variables.
"""

from __future__ import annotations

import argparse
import csv
import sys

from harbor_client import ApiClient, ApiException, Configuration, Q, Users


def main() -> None:
    argparse.ArgumentParser(description="Report who is an administrator, as CSV.").parse_args()
    with ApiClient(Configuration.from_env()) as client:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["user_id", "username", "email", "realname", "changed"])
        for user in Users(client).iterate(Q.sysadmin_flag == True, include_admin=True):  # noqa: E712 - a query
            changed = user.update_time.strftime("%Y-%m-%d") if user.update_time else ""
            writer.writerow([user.user_id, user.username, user.email or "", user.realname or "", changed])


if __name__ == "__main__":
    try:
        main()
    except (ApiException, ValueError) as error:
        sys.exit(f"That did not work: {error}")
