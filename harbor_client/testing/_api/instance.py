"""What one Harbor consists of."""

from __future__ import annotations

from dataclasses import dataclass

from .._clock import Clock
from .._database.store import Store
from .._versions import Version
from .settings import Settings


@dataclass
class Instance:
    """One Harbor: its version, its settings, its tables and the time it lives by."""

    version: Version
    settings: Settings
    store: Store
    clock: Clock
    #: How long the response to a wrong password is held back.
    lock_seconds: float
    #: Whether it serves HTTPS.
    secure: bool
