"""Every model. A new one is a module and a line here."""

from __future__ import annotations

from harbor_client.models.error import Error as Error
from harbor_client.models.errors import Errors as Errors
from harbor_client.models.oidc_cli_secret_req import OIDCCliSecretReq as OIDCCliSecretReq
from harbor_client.models.oidc_user_info import OIDCUserInfo as OIDCUserInfo
from harbor_client.models.password_req import PasswordReq as PasswordReq
from harbor_client.models.permission import Permission as Permission
from harbor_client.models.user_creation_req import UserCreationReq as UserCreationReq
from harbor_client.models.user_profile import UserProfile as UserProfile
from harbor_client.models.user_resp import UserResp as UserResp
from harbor_client.models.user_search_resp_item import UserSearchRespItem as UserSearchRespItem
from harbor_client.models.user_sys_admin_flag import UserSysAdminFlag as UserSysAdminFlag
