"""A ``q`` text that is taken means to Harbor what it means here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings, strategies as st

from harbor_client import ApiClient, UserApi
from harbor_client.query import Query
from harbor_client.testing import FakeHarbor

FIELDS = ["username", "comment", "user_id", "sysadmin_flag", "creation_time", "username_or_email", "User", ""]
FORMS = ["{}", "~{}", "\\{}", "[{}~{}]", "[{}~]", "[~{}]", "{{{} {}}}", "({})", "[{}", "{{{}"]
PIECES = [
    *("a", "B", "1", "7", "-1", "2147483647", "true", "false", "2024-01-01T00:00:00", "2030-01-01 00:00:00", ".5"),
    *(
        " ",
        "+",
        "%",
        "%2B",
        "%25",
        "%2525",
        "\\",
        "~",
        "'",
        '"',
        "=",
        "[",
        "]",
        "{",
        "}",
        ",",
        "٣",
        "\x1c",
        "\xa0",
        "\0",
    ),
]
values = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
conditions = st.builds(
    lambda field, form, one, other: f"{field}={form.format(one, other)}",
    st.sampled_from(FIELDS),
    st.sampled_from(FORMS),
    values,
    values,
)


@pytest.fixture(scope="module", params=["2.12.4", "2.16.0"])
def api(request: pytest.FixtureRequest) -> Iterator[UserApi]:
    with FakeHarbor(version=request.param) as harbor, ApiClient(harbor.configuration()) as client:
        for number, name in enumerate(
            ("a", "A", "1", "a B", "=", "+", "\\a", "'a'", "[a~B]", "a\x1c", "%2B", "7%", "true")
        ):
            harbor.add_user(name, comment=name, sysadmin_flag=number % 2 == 0)
        yield UserApi(client)


@settings(max_examples=300)
@given(text=st.lists(conditions, min_size=1, max_size=2).map(",".join))
def test_what_is_taken_means_the_same_here_and_there(api: UserApi, text: str) -> None:
    try:
        query = Query.parse(text)
    except ValueError:
        return
    everybody = api.list_users(page_size=100)
    found = {user.username for user in api.list_users(q=text, page_size=100)}
    assert found == {user.username for user in api.list_users(q=query, page_size=100)}
    assert found == {user.username for user in everybody if query.matches(user)}
