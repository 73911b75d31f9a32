"""Bring the users of a CSV file into Harbor: create, change, promote, demote and remove, as the file says.

    python users_onboard_csv.py people.csv --plan
    python users_onboard_csv.py people.csv --passwords new-passwords.csv

onboard_csv.py, written with Users: it reads what Excel, LibreOffice and Google Sheets save, with the columns username,
email, realname, password, comment, admin, and state for those who leave. Doing it again changes nothing more. With
--passwords, new users whose row has no password get one, which is written to that file. Reads the HARBOR_* variables;
exit status 1 when a row failed.
"""

from __future__ import annotations

import argparse
import sys

from harbor_client import ApiClient, ApiException, Configuration, PasswordFile, Users


def main() -> int:
    parser = argparse.ArgumentParser(description="Bring the users of a CSV file into Harbor.")
    parser.add_argument("file")
    parser.add_argument("--plan", action="store_true", help="only show what would be done")
    parser.add_argument("--passwords", metavar="FILE", help="make the passwords that are missing, and write them there")
    arguments = parser.parse_args()
    with ApiClient(Configuration.from_env()) as client:
        users = Users(client)
        if arguments.plan:
            plan = users.plan(arguments.file, generate_passwords=True)
            print(plan)
            return 1 if plan.counts["failed"] else 0
        kept = PasswordFile(arguments.passwords) if arguments.passwords else None
        run = users.apply(arguments.file, on_error="continue", generate_passwords=bool(kept), on_password=kept)
        for change in run:
            print(change)
    return 1 if run.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ApiException, OSError, ValueError) as error:
        sys.exit(f"That did not work: {error}")
