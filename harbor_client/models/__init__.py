"""The models: what is sent to Harbor and what it returns, one schema a module.

They are loaded together when the first of them is needed. ``_all`` lists them.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harbor_client.models._all import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        import harbor_client.models._all as _all

        if name == "__all__":
            return sorted(name for name in vars(_all) if name[0].isupper())
        try:
            value = globals()[name] = getattr(_all, name)
        except AttributeError:
            if name in globals():  # the module of a model, which loading it has put there
                return globals()[name]
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})
