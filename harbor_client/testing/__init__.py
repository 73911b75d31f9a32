"""A Harbor to test against: users, projects and members in memory, over real HTTP, behaving like the real server.

::

    from harbor_client.testing import FakeHarbor

    with FakeHarbor() as harbor:
        harbor.add_user("alice")
        client = harbor_client.ApiClient(harbor.configuration())

`FakeHarbor` is compared with recordings of real Harbors and shares no code with the client, so that a mistake in one
shows up against the other.
From a shell: ``python -m harbor_client.testing --port 8080``. For pytest: `harbor_client.testing.pytest_plugin`.
"""

from ._clock import Clock
from ._faults import Fault, UnhitFaultWarning
from ._harbor import FakeHarbor
from ._request_log import ReceivedRequest, RequestLog

__all__ = ["Clock", "FakeHarbor", "Fault", "ReceivedRequest", "RequestLog", "UnhitFaultWarning"]
