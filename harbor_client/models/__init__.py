"""The models: what is sent to Harbor and what it returns, one schema a module.

A new one is a module and a line here.
"""

from typing import TYPE_CHECKING

from harbor_client.models.cve_allowlist import CVEAllowlist as CVEAllowlist
from harbor_client.models.cve_allowlist_item import CVEAllowlistItem as CVEAllowlistItem
from harbor_client.models.error import Error as Error
from harbor_client.models.errors import Errors as Errors
from harbor_client.models.oidc_cli_secret_req import OIDCCliSecretReq as OIDCCliSecretReq
from harbor_client.models.oidc_user_info import OIDCUserInfo as OIDCUserInfo
from harbor_client.models.password_req import PasswordReq as PasswordReq
from harbor_client.models.permission import Permission as Permission
from harbor_client.models.project import Project as Project
from harbor_client.models.project_deletable import ProjectDeletable as ProjectDeletable
from harbor_client.models.project_member import ProjectMember as ProjectMember
from harbor_client.models.project_member_entity import ProjectMemberEntity as ProjectMemberEntity
from harbor_client.models.project_metadata import ProjectMetadata as ProjectMetadata
from harbor_client.models.project_req import ProjectReq as ProjectReq
from harbor_client.models.project_summary import ProjectSummary as ProjectSummary
from harbor_client.models.project_summary_quota import ProjectSummaryQuota as ProjectSummaryQuota
from harbor_client.models.registry import Registry as Registry
from harbor_client.models.registry_credential import RegistryCredential as RegistryCredential
from harbor_client.models.resource_list import ResourceList as ResourceList
from harbor_client.models.role_request import RoleRequest as RoleRequest
from harbor_client.models.user_creation_req import UserCreationReq as UserCreationReq
from harbor_client.models.user_entity import UserEntity as UserEntity
from harbor_client.models.user_group import UserGroup as UserGroup
from harbor_client.models.user_profile import UserProfile as UserProfile
from harbor_client.models.user_resp import UserResp as UserResp
from harbor_client.models.user_search_resp_item import UserSearchRespItem as UserSearchRespItem
from harbor_client.models.user_sys_admin_flag import UserSysAdminFlag as UserSysAdminFlag

if not TYPE_CHECKING:  # checkers see the imports
    __all__ = [name for name in globals() if name[0].isupper() and name != "TYPE_CHECKING"]
