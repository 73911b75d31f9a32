# The plugin's types, known also where pytest is not installed.
from collections.abc import Iterator

from harbor_client import UserApi
from harbor_client.testing import FakeHarbor

__all__ = ["harbor", "harbor_api"]

def harbor() -> Iterator[FakeHarbor]: ...
def harbor_api(harbor: FakeHarbor) -> Iterator[UserApi]: ...
