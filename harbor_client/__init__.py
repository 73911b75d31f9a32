"""A client of the Harbor container registry, for scripts that manage its users.

::

    import harbor_client

    configuration = harbor_client.Configuration(host="https://harbor.example/api/v2.0", username="admin", password="…")
    with harbor_client.ApiClient(configuration) as client:
        user = harbor_client.UserApi(client).get_user(3)

What a script does not use is not loaded: each part at its first use.
"""

import warnings
from typing import TYPE_CHECKING

with warnings.catch_warnings():
    import urllib3 as _urllib3  # noqa: F401  sets warning filters, which nobody asked for by importing this package

from harbor_client import configuration as configuration
from harbor_client import exceptions as exceptions
from harbor_client import models as models
from harbor_client.configuration import Configuration as Configuration
from harbor_client.exceptions import *  # noqa: F403

if TYPE_CHECKING:
    from harbor_client import api as api
    from harbor_client import api_client as api_client
    from harbor_client import passwords as passwords
    from harbor_client import query as query
    from harbor_client import rest as rest
    from harbor_client import users as users
    from harbor_client._version import __version__ as __version__
    from harbor_client.api import MemberApi as MemberApi
    from harbor_client.api import ProjectApi as ProjectApi
    from harbor_client.api import UserApi as UserApi
    from harbor_client.api_client import ApiClient as ApiClient
    from harbor_client.models import *  # noqa: F403
    from harbor_client.query import Q as Q
    from harbor_client.users import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        """Load a room at its first use. (Static packers look for import statements, not for names in strings.)"""
        if name == "api":
            import harbor_client.api as value
        elif name == "api_client":
            import harbor_client.api_client as value
        elif name == "passwords":
            import harbor_client.passwords as value
        elif name == "query":
            import harbor_client.query as value
        elif name == "rest":
            import harbor_client.rest as value
        elif name == "users":
            import harbor_client.users as value
        elif name == "ApiClient":
            from harbor_client.api_client import ApiClient as value
        elif name == "Q":
            from harbor_client.query import Q as value
        elif name == "__version__":
            from harbor_client._version import __version__ as value
        elif name == "__all__":
            return __dir__()
        elif name.startswith("_"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        elif name.endswith("Api"):
            import harbor_client.api as api

            if name not in api.__all__:
                raise AttributeError(
                    f"harbor_client has no {name}, only {', '.join(api.__all__)}: "
                    "for any other path, use ApiClient.call(method, path) or ApiClient.pages(path)"
                )
            value = getattr(api, name)
        elif name in models.__all__:
            value = getattr(models, name)
        else:
            import harbor_client.users as users

            if name not in users.__all__:
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
            value = getattr(users, name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        import harbor_client.api as api
        import harbor_client.users as users

        own = [
            name
            for name in globals()
            if not name.startswith("_") and name not in ("TYPE_CHECKING", "annotations", "warnings")
        ]
        rooms = ("api", "api_client", "passwords", "query", "rest", "users")
        return sorted({*own, *rooms, *api.__all__, *models.__all__, *users.__all__, "ApiClient", "Q", "__version__"})
