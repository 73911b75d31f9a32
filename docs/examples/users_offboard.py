"""Delete the users whose names (or, with --by email, addresses) stand in a file, one a line.

    python users_offboard.py leavers.txt [--by email] [--dry-run]

offboard.py as one line: the command `harbor-users remove`. Names may hold any character, addresses match in any case, a
hundred names are looked up at a time, and lost responses do not leave open whether somebody is gone.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["remove", "--file", *sys.argv[1:]]))
