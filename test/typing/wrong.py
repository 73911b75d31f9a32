"""Calls that type checkers have to reject: every line marked `wrong`, and no other. Never run."""

from __future__ import annotations

from harbor_client import ApiClient, Configuration, UserApi, Users
from harbor_client.models import PasswordReq, UserCreationReq, UserProfile, UserResp, UserSysAdminFlag


def calls(api: UserApi) -> None:
    api.get_user()  # wrong
    api.get_user(None)  # wrong
    api.get_user(1.5)  # wrong
    api.get_user(3, 4)  # wrong
    api.get_user(3, x_request_id=7)  # wrong
    api.get_user(3, unknown=True)  # wrong
    api.get_user(3, _request_timeout="5")  # wrong
    api.get_users(3)  # wrong
    api.search_users()  # wrong
    api.search_users(3)  # wrong
    api.list_users(page=[1])  # wrong
    api.create_user("alice")  # wrong
    api.create_user(UserProfile(), UserProfile())  # wrong
    api.update_user_password(3)  # wrong
    api.update_user_password(3, "Secret12345")  # wrong
    api.set_user_sys_admin(3, True)  # wrong
    api.delete_user(user=3)  # wrong


def results(api: UserApi) -> None:
    api.create_user(UserCreationReq()).username  # wrong
    api.get_user(3).get()  # wrong
    api.get_user(3, async_req=True).username  # wrong
    api.get_user(3, _preload_content=False).username  # wrong
    api.get_user_with_http_info(3).username  # wrong
    api.list_users().username  # wrong
    a, b = api.get_user_with_http_info(3)  # wrong


def models() -> None:
    UserResp(user_id="3")  # wrong
    UserResp(user_id=3, name="alice")  # wrong
    UserCreationReq(username=3)  # wrong
    UserSysAdminFlag(sysadmin_flag="yes")  # wrong
    PasswordReq(password="Secret12345")  # wrong
    user = UserResp()
    user.username = 3  # wrong
    print(user.user_name)  # wrong
    print(user.username.upper())  # wrong


def settings() -> None:
    Configuration(host=3)  # wrong
    Configuration(timeout="60")  # wrong
    Configuration(hots="https://harbor.example.com")  # wrong
    ApiClient("https://harbor.example.com")  # wrong
    UserApi(Configuration())  # wrong
    Users(Configuration())  # wrong
