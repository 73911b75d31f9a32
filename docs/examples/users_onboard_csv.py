"""Bring the users of a CSV file into Harbor: create, change, promote, demote and remove, as the file says.

    python users_onboard_csv.py people.csv --plan
    python users_onboard_csv.py people.csv --passwords new-passwords.csv

onboard_csv.py, written with Users: it reads the same files (username, email, realname, password, comment, admin; and
state, for who has to go). Doing it again changes nothing more. With --passwords, new users whose row has no password
get one, which is written to that file. Reads HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD; exit status 1 when a row
failed.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys

from harbor_client import ApiClient, ApiException, Configuration, Users


def main() -> int:
    parser = argparse.ArgumentParser(description="Bring the users of a CSV file into Harbor.")
    parser.add_argument("file")
    parser.add_argument("--plan", action="store_true", help="only show what would be done")
    parser.add_argument("--passwords", metavar="FILE", help="make the passwords that are missing, and write them there")
    arguments = parser.parse_args()
    try:
        with ApiClient(Configuration.from_env()) as client:
            users = Users(client)
            if arguments.plan:
                print(users.plan(arguments.file, generate_passwords=True))
                return 0
            run = users.apply(arguments.file, on_error="continue", generate_passwords=bool(arguments.passwords))
            with open(
                arguments.passwords or os.devnull, "a", newline="", encoding="utf-8", opener=for_me_alone
            ) as kept:
                for change in run:
                    print(change)
                    if change.password:
                        csv.writer(kept).writerow([change.username, change.password])
                        kept.flush()
    except (ApiException, ValueError, OSError) as error:
        print(f"That did not work: {error}", file=sys.stderr)
        return 1
    return 1 if run.counts["failed"] else 0


def for_me_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


if __name__ == "__main__":
    sys.exit(main())
