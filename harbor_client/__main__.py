"""``python -m harbor_client``: the same as the command ``harbor-users``."""

from __future__ import annotations

import sys

from harbor_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
