"""JSON bodies are read as Go's encoding/json reads them."""

import pytest

from harbor_client.testing._go.json import Empty, Fields, JSONError, Struct, decode_object, json_text

_FIELDS: Fields = {"username": "string", "flag": "bool", "count": "int64"}


def _decode(body: str | bytes) -> dict[str, str | bool | int]:
    return decode_object(body if isinstance(body, bytes) else body.encode(), Struct("models.Thing", _FIELDS))


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("{}", {}),
        ("null", {}),
        (' \t\r\n{ "username" : "a" } ', {"username": "a"}),
        ('{"username":"a","flag":true,"count":-12}', {"username": "a", "flag": True, "count": -12}),
        ('{"flag":false}', {"flag": False}),
        ('{"username":null,"flag":null,"count":null}', {}),
        # keys: any case, also by Unicode's folding; an exact one is not preferred over a later one
        ('{"USERNAME":"a"}', {"username": "a"}),
        ('{"u\u017fername":"a"}', {"username": "a"}),
        ('{"username":"a","UserName":"b"}', {"username": "b"}),
        ('{"username":"a","username":"b"}', {"username": "b"}),
        ('{"\\u0075sername":"a"}', {"username": "a"}),
        # what is not asked for
        ('{"other":{"username":["x",{"y":[1.5e-3,true,null]}]},"username":"a"}', {"username": "a"}),
        ('{"username":"a"} trailing', {"username": "a"}),
        ('{"username":"a"}{"username":"b"}', {"username": "a"}),
        ("null x", {}),
        ('{"other":[]}', {}),
        ('{"other":[1]}', {}),
        ('{"other":{}}', {}),
        ('{"other":0,"username":"a"}', {"username": "a"}),
        ('{"other":-0.5E+7,"username":"a"}', {"username": "a"}),
        # strings
        (r'{"username":"\"\\\/\b\f\n\r\t\u00e9"}', {"username": '"\\/\b\f\n\r\té'}),
        ('{"username":"é名\U0001f600"}', {"username": "é名\U0001f600"}),
        (r'{"username":"\ud83d\ude00"}', {"username": "\U0001f600"}),
        (r'{"username":"\uD83D\uDE00\u0041"}', {"username": "\U0001f600A"}),
        (r'{"username":"\ud83dA"}', {"username": "\ufffdA"}),
        (r'{"username":"\ude00\ud83d"}', {"username": "\ufffd\ufffd"}),
        (r'{"username":"\ud800\ud83d\ude00"}', {"username": "\ufffd\U0001f600"}),
        (b'{"username":"a\xffb"}', {"username": "a\ufffdb"}),
        (b'{"username":"\xe2\x82z"}', {"username": "\ufffd\ufffdz"}),
        (b'{"username":"\xed\xa0\x80"}', {"username": "\ufffd\ufffd\ufffd"}),
        ('{"username":"\x7f"}', {"username": "\x7f"}),
        (r'{"username":"\u0000"}', {"username": "\x00"}),
        # integers at their ends
        ('{"count":9223372036854775807}', {"count": 2**63 - 1}),
        ('{"count":-9223372036854775808}', {"count": -(2**63)}),
    ],
)
def test_reads(body: str | bytes, result: dict[str, object]) -> None:
    assert _decode(body) == result


@pytest.mark.parametrize("body", ["", " ", "\n\t\r "])
def test_nothing_there(body: str) -> None:
    with pytest.raises(Empty):
        _decode(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        # the end comes too early
        *[
            (body, "unexpected EOF")
            for body in (
                *(
                    "{",
                    "[",
                    '"',
                    '"\\',
                    '"\\u',
                    '"\\u00',
                    '"a',
                    "-",
                    "t",
                    "tru",
                    "f",
                    "fals",
                    "n",
                    "nul",
                ),
                *('{"', '{"a', '{"a"', '{"a":', '{"a":1', '{"a":1,', "[1", "[1,", "[[]", "[1.5", "[-1"),
            )
        ],
        # something else is there
        ("x", "invalid character 'x' looking for beginning of value"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("[1, ]", "invalid character ']' looking for beginning of value"),
        ("NaN", "invalid character 'N' looking for beginning of value"),
        ("[-Infinity]", "invalid character 'I' in numeric literal"),
        ('{"a":}', "invalid character '}' looking for beginning of value"),
        ("]", "invalid character ']' looking for beginning of value"),
        ("'a'", r"invalid character '\'' looking for beginning of value"),
        ("\x00", r"invalid character '\x00' looking for beginning of value"),
        ("{a}", "invalid character 'a' looking for beginning of object key string"),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ('{"a"1}', "invalid character '1' after object key"),
        ('{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
        ('{"a":01}', "invalid character '1' after object key:value pair"),
        ('{"a":1]', "invalid character ']' after object key:value pair"),
        ("[1 2]", "invalid character '2' after array element"),
        ("[1}", "invalid character '}' after array element"),
        ('"\n"', r"invalid character '\n' in string literal"),
        ('"\x1f"', r"invalid character '\x1f' in string literal"),
        (r'"\x"', "invalid character 'x' in string escape code"),
        (r'"\u00g0"', r"invalid character 'g' in \u hexadecimal character escape"),
        ("[" * 100_001, "exceeded max depth"),
        ('{"a":' * 100_001, "exceeded max depth"),
        # types
        ("[]", "json: cannot unmarshal array into Go value of type models.Thing"),
        ("[1]", "json: cannot unmarshal array into Go value of type models.Thing"),
        ('"a"', "json: cannot unmarshal string into Go value of type models.Thing"),
        ("12", "json: cannot unmarshal number into Go value of type models.Thing"),
        ("true", "json: cannot unmarshal bool into Go value of type models.Thing"),
        ('{"username":5}', "json: cannot unmarshal number into Go struct field Thing.username of type string"),
        ('{"USERNAME":true}', "json: cannot unmarshal bool into Go struct field Thing.username of type string"),
        ('{"username":{}}', "json: cannot unmarshal object into Go struct field Thing.username of type string"),
        ('{"username":[]}', "json: cannot unmarshal array into Go struct field Thing.username of type string"),
        ('{"flag":"true"}', "json: cannot unmarshal string into Go struct field Thing.flag of type bool"),
        ('{"flag":1}', "json: cannot unmarshal number into Go struct field Thing.flag of type bool"),
        ('{"count":1.5}', "json: cannot unmarshal number 1.5 into Go struct field Thing.count of type int64"),
        ('{"count":1e2}', "json: cannot unmarshal number 1e2 into Go struct field Thing.count of type int64"),
        ('{"count":"1"}', "json: cannot unmarshal string into Go struct field Thing.count of type int64"),
        (
            '{"count":9223372036854775808}',
            "json: cannot unmarshal number 9223372036854775808 into Go struct field Thing.count of type int64",
        ),
        # the first wrong type is told, a syntax error before any
        ('{"flag":1,"username":2}', "json: cannot unmarshal number into Go struct field Thing.flag of type bool"),
        ('{"flag":1,"username":x}', "invalid character 'x' looking for beginning of value"),
        ('{"flag":1,"flag":true}', "json: cannot unmarshal number into Go struct field Thing.flag of type bool"),
    ],
)
def test_complains(body: str | bytes, message: str) -> None:
    with pytest.raises(JSONError) as caught:
        _decode(body)
    assert str(caught.value) == message


def test_nesting_is_fine() -> None:
    assert _decode('{"other":' + "[" * 500 + "]" * 500 + ',"username":"a"}') == {"username": "a"}


@pytest.mark.parametrize(
    ("value", "plain", "for_html"),
    [
        ({"a": [1, True, None]}, b'{"a":[1,true,null]}', b'{"a":[1,true,null]}'),
        ("<é&>", '"<é&>"'.encode(), b'"\\u003c\xc3\xa9\\u0026\\u003e"'),
        ("\u2028\u2029", b'"\\u2028\\u2029"', b'"\\u2028\\u2029"'),
        ("a\udcffb", b'"a\\ufffdb"', b'"a\\ufffdb"'),
        ('"\\\n\t\x01', b'"\\"\\\\\\n\\t\\u0001"', b'"\\"\\\\\\n\\t\\u0001"'),
    ],
)
def test_writes(value: object, plain: bytes, for_html: bytes) -> None:
    assert json_text(value, escape_html=False) == plain
    assert json_text(value, escape_html=True) == for_html
