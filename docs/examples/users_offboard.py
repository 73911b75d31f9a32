"""Delete the users whose names or e-mail addresses stand in a file, one a line.

    python users_offboard.py leavers.txt [--dry-run]

offboard.py, written with Users: names with any character in them, addresses in any case, a hundred names looked up at a
time, and lost responses do not leave open whether somebody is gone. Reads the HARBOR_* variables; exit status 1 when
one could not be deleted.
"""

from __future__ import annotations

import argparse
import sys

from harbor_client import ApiClient, ApiException, Configuration, UserRow, Users


def leaver(text: str) -> UserRow:
    """The row that removes a user."""
    return UserRow(email=text, state="absent") if "@" in text else UserRow(text, state="absent")


def main() -> int:
    parser = argparse.ArgumentParser(description="Delete the users whose names or addresses stand in a file.")
    parser.add_argument("file")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    arguments = parser.parse_args()
    with open(arguments.file, encoding="utf-8-sig") as file:
        leavers = [leaver(line.strip()) for line in file if line.strip()]
    with ApiClient(Configuration.from_env()) as client:
        run = Users(client).apply(leavers, on_error="continue", dry_run=arguments.dry_run)
        for change in run:
            print(change)
    return 1 if run.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ApiException, OSError, ValueError) as error:
        sys.exit(f"That did not work: {error}")
