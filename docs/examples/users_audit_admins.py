"""Report who is an administrator, as CSV on standard output.

    python users_audit_admins.py > admins.csv

audit_admins.py in one line: the command `harbor-users list`. Harbor selects the administrators, nobody is missed while
others are created or deleted, and the built-in administrator is included.
"""

from __future__ import annotations

import sys

from harbor_client.cli import main

sys.exit(main(["list", "--query", "sysadmin_flag=true", "--format", "csv", *sys.argv[1:]]))
