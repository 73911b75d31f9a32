"""URLs are taken apart and put together as Go's net/url does it."""

import pytest

from harbor_client.testing._go.text import (
    BadEscape,
    escape_path,
    escape_query,
    quote,
    split_query,
    to_bytes,
    to_text,
    unescape_path,
    unescape_query,
)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("abc", '"abc"'),
        ('a"b\\c', r'"a\"b\\c"'),
        ("\a\b\t\n\v\f\r", r'"\a\b\t\n\v\f\r"'),
        ("\x00\x1f\x7f", r'"\x00\x1f\x7f"'),
        ("é名\U0001f600", '"é名\U0001f600"'),
        ("\u0085\u200b\ufeff", r'"\u0085\u200b\ufeff"'),
        ("\U000e0001", r'"\U000e0001"'),
        (to_text(b"a\xff\x80"), r'"a\xff\x80"'),
    ],
)
def test_quote(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@pytest.mark.parametrize(
    ("text", "in_query", "in_path"),
    [
        ("a+b", "a b", "a+b"),
        ("a%2Bb%2fc+d", "a+b/c d", "a+b/c+d"),
        ("%C3%A9é", "éé", "éé"),
        ("%41%61", "Aa", "Aa"),
    ],
)
def test_unescape(text: str, in_query: str, in_path: str) -> None:
    assert unescape_query(text) == in_query
    assert unescape_path(text) == in_path


def test_bytes_that_are_not_utf8_survive() -> None:
    assert to_bytes(unescape_query("%ff%c3")) == b"\xff\xc3"


@pytest.mark.parametrize(("text", "shown"), [("%zz", "%zz"), ("a%2", "%2"), ("%", "%"), ("%g1b", "%g1"), ("%1", "%1")])
def test_bad_escapes(text: str, shown: str) -> None:
    with pytest.raises(BadEscape, match=f'^invalid URL escape "{shown}"$'):
        unescape_query(text)


def test_escape_query() -> None:
    assert escape_query("aZ09-_.~ é/?&=+%,") == "aZ09-_.~+%C3%A9%2F%3F%26%3D%2B%25%2C"


@pytest.mark.parametrize(
    ("path", "as_sent", "written"),
    [
        ("/users/1", "/users/1", "/users/1"),
        ("/a b", "/a%20b", "/a%20b"),
        ("/a!'()*[]b", "/a!'()*[]b", "/a!'()*[]b"),
        ("/é", "/é", "/%C3%A9"),
        ("/a/b", "/a//b", "/a/b"),
        ('/a"b', '/a"b', "/a%22b"),
        ("/a$&+,:;=@b c", "/a//$", "/a$&+,:;=@b%20c"),
    ],
)
def test_escape_path(path: str, as_sent: str, written: str) -> None:
    assert escape_path(path, as_sent) == written


@pytest.mark.parametrize(
    ("query", "pairs", "problem"),
    [
        ("", [], ""),
        ("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")], ""),
        ("&&a&=x&b==c", [("a", ""), ("", "x"), ("b", "=c")], ""),
        ("a;b=1&c=2", [("c", "2")], "invalid semicolon separator in query"),
        ("a=%zz&c=2", [("c", "2")], 'invalid URL escape "%zz"'),
        ("%zy=1&a;b&c=2", [("c", "2")], 'invalid URL escape "%zy"'),
        ("a;b&%zy=1", [], "invalid semicolon separator in query"),
    ],
)
def test_split_query(query: str, pairs: list[tuple[str, str]], problem: str) -> None:
    assert split_query(query) == (pairs, problem)
