"""The operations of Harbor's API, a class for each tag."""

from harbor_client.api.member_api import MemberApi
from harbor_client.api.project_api import ProjectApi
from harbor_client.api.user_api import UserApi

__all__ = ["MemberApi", "ProjectApi", "UserApi"]
