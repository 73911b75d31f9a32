"""A client of the Harbor container registry, for scripts that manage its users.

::

    import harbor_client

    configuration = harbor_client.Configuration(host="https://harbor.example/api/v2.0", username="admin", password="…")
    with harbor_client.ApiClient(configuration) as client:
        user = harbor_client.UserApi(client).get_user(3)

What a script does not use is not loaded: each part at its first use.
"""

import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING

with warnings.catch_warnings():
    # It sets warning filters, which nobody asked for by importing this package.
    from harbor_client._transport import genuine as _genuine  # noqa: F401

from harbor_client import configuration as configuration, exceptions as exceptions
from harbor_client._version import __version__ as __version__
from harbor_client.configuration import Configuration as Configuration
from harbor_client.exceptions import *  # noqa: F403

if TYPE_CHECKING:
    from harbor_client import (
        api as api,
        api_client as api_client,
        models as models,
        passwords as passwords,
        query as query,
        rest as rest,
        users as users,
    )
    from harbor_client.api import MemberApi as MemberApi, ProjectApi as ProjectApi, UserApi as UserApi
    from harbor_client.api_client import ApiClient as ApiClient
    from harbor_client.models import *  # noqa: F403
    from harbor_client.users import *  # noqa: F403
else:
    _ROOMS = ("api", "api_client", "models", "passwords", "query", "rest", "users")

    def __getattr__(name: str) -> object:
        """Load a room at its first use."""
        if name in _ROOMS:
            return import_module(f"{__name__}.{name}")
        if name == "__all__":
            return __dir__()
        if name.startswith("_"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        for room in ("models", "api_client", "api", "users"):  # each loads those before it anyway
            module = import_module(f"{__name__}.{room}")
            if name in module.__all__:
                value = globals()[name] = getattr(module, name)
                return value
        raise import_module(f"{__name__}.api").missing(__name__, name, sys._getframe(1))

    def __dir__() -> list[str]:
        # Static packers look for import statements, not for names in strings.
        from harbor_client import api, api_client, models, passwords, query, rest, users  # noqa: F401

        parts = (exceptions, models, api_client, api, users)
        names = {*_ROOMS, "__version__", "configuration", "exceptions"}
        return sorted(names.union(*[part.__all__ for part in parts]))
