"""The operations of Harbor's API, a class for each tag."""

import sys
from types import FrameType
from typing import TYPE_CHECKING

from harbor_client.api._operation import INSTEAD
from harbor_client.api.member_api import MemberApi
from harbor_client.api.project_api import ProjectApi
from harbor_client.api.user_api import UserApi

__all__ = ["MemberApi", "ProjectApi", "UserApi"]


def missing(module: str, name: str, caller: FrameType) -> Exception:
    """The error for a name that a module does not have. For a class of operations, it says what to use instead."""
    if not name.endswith(("Api", "_api")):
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    # "from harbor_client import RobotApi" hides the text of an AttributeError.
    kind = ImportError if caller.f_code.co_name == "_handle_fromlist" else AttributeError
    return kind(f"{module} has no {name}, only {', '.join(__all__)}: {INSTEAD}")


if not TYPE_CHECKING:  # a checker would take any name for granted

    def __getattr__(name: str) -> object:
        raise missing(__name__, name, sys._getframe(1))
