"""Settings of the whole suite; pytest's own are in tox.ini."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

from support import environment

environment.make_plain()

# A shell lets what it runs in the background ignore this signal; some tests send it to programs that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No test decides by the clock: a loaded machine is slow, not wrong.
settings.register_profile("harbor_client", deadline=None)
settings.load_profile("harbor_client")


@pytest.fixture(autouse=True, scope="session")
def coverage_of_this_process() -> None:
    environment.measure_this_process_only()
