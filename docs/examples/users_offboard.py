"""Delete the users whose names stand in a file, one a line.

    python users_offboard.py leavers.txt [--dry-run]

offboard.py, written with Users: names with any character in them, a hundred looked up at a time, and a lost answer does
not leave open whether somebody is gone. Reads HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD; exit status 1 when one
could not be deleted.
"""

from __future__ import annotations

import argparse
import sys

from harbor_client import ApiClient, Configuration, Users
from harbor_client.users import UserRow


def main() -> int:
    parser = argparse.ArgumentParser(description="Delete the users whose names stand in a file.")
    parser.add_argument("file")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    arguments = parser.parse_args()
    with open(arguments.file, encoding="utf-8") as file, ApiClient(Configuration.from_env()) as client:
        leavers = (UserRow(line.rstrip("\n"), state="absent") for line in file if line.strip())
        run = Users(client).apply(leavers, on_error="continue", dry_run=arguments.dry_run)
        for change in run:
            print(change)
    return 1 if run.counts["failed"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"That did not work: {error}")
