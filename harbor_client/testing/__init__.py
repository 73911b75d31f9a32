"""A Harbor to test against: the users API in memory, over real HTTP, answering as the real server does.

::

    from harbor_client.testing import FakeHarbor

    with FakeHarbor() as harbor:
        harbor.add_user("alice")
        client = harbor_client.ApiClient(harbor.configuration())

`FakeHarbor` is built from what real Harbors answered and shares no code with the client, so that the two can disagree.
From a shell: ``python -m harbor_client.testing --port 8080``. For pytest: `harbor_client.testing.pytest_plugin`.
"""

from __future__ import annotations

from ._clock import Clock
from ._faults import Fault, UnhitFaultWarning
from ._harbor import FakeHarbor
from ._request_log import ReceivedRequest, RequestLog

__all__ = ["Clock", "FakeHarbor", "Fault", "ReceivedRequest", "RequestLog", "UnhitFaultWarning"]
