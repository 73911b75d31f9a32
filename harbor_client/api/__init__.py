"""The operations of Harbor's API, a class for each tag."""

from __future__ import annotations

from harbor_client.api.user_api import UserApi

__all__ = ["UserApi"]
