"""Settings of the whole suite; pytest's own are in tox.ini."""

from __future__ import annotations

from hypothesis import settings

from support import environment

environment.make_plain()

# No test decides by the clock: a loaded machine is slow, not wrong.
settings.register_profile("harbor_client", deadline=None)
settings.load_profile("harbor_client")
