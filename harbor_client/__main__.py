"""``python -m harbor_client``: the same as the command ``harbor-users``."""

from harbor_client.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
