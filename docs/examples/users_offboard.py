"""Delete the users whose names (or, with --by email, addresses) are in a file, one per line.

    python users_offboard.py leavers.txt [--by email] [--dry-run]

offboard.py in one line: the command `harbor-users remove`. Names may contain any character, addresses match in any
case, 100 names are looked up with one request, and after a lost response it checks whether the user was deleted.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["remove", "--file", *sys.argv[1:]]))
