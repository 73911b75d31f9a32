"""Sentences of the documentation that were wrong once: each is quoted, and shown to be true."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import harbor_client
from harbor_client import NotFoundException, PreconditionFailedException
from harbor_client.testing import FakeHarbor
from support import pages


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor() as running:
        yield running


@pytest.fixture
def api(harbor: FakeHarbor) -> Iterator[harbor_client.UserApi]:
    with harbor_client.ApiClient(harbor.configuration()) as client:
        yield harbor_client.UserApi(client)


def says(page: str, sentence: str) -> None:
    assert sentence in (pages.ROOT / page).read_text(encoding="utf-8")


def test_a_plain_method_always_returns_the_data_alone(api: harbor_client.UserApi) -> None:
    says("docs/UserApi.md", "return the data alone, as a plain method always does")
    assert api.get_current_user_info(_return_http_data_only=False).username == "admin"
    assert api.get_current_user_info_with_http_info(_return_http_data_only=True).username == "admin"


def test_a_page_size_over_100_is_refused_before_it_is_sent(api: harbor_client.UserApi, harbor: FakeHarbor) -> None:
    says("docs/troubleshooting.md", "The client refuses such values before sending")
    with pytest.raises(ValueError, match="page_size"):
        api.list_users(page_size=101)
    assert len(harbor.requests) == 0


def test_cli_secrets(api: harbor_client.UserApi, harbor: FakeHarbor) -> None:
    says("docs/UserApi.md", "(404) for users who do not exist, and for those whom OIDC does not know, such as `admin`")
    secret = harbor_client.OIDCCliSecretReq(secret="An0therOne")
    with pytest.raises(PreconditionFailedException):
        api.set_cli_secret(1, secret)
    harbor.settings.auth_mode = "oidc_auth"
    for user_id in (1, 4711):
        with pytest.raises(NotFoundException):
            api.set_cli_secret(user_id, secret)


def test_urllib3_must_be_2_8(harbor: FakeHarbor) -> None:
    says("README.md", "urllib3 must be 2.8 or newer")
    assert "urllib3>=2.8,<3" in (pages.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
