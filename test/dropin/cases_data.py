"""Values in and out: `deserialize`, `sanitize_for_serialization`, models."""

from __future__ import annotations

import copy
import datetime
from typing import Any, ClassVar

from stage import Stage, add, case, differs, json_answer

MOMENT = datetime.datetime(2026, 11, 24, 3, 4, 5, 678901)
AWARE = MOMENT.replace(tzinfo=datetime.timezone.utc)


class Data:
    """All that `deserialize` asks of a response."""

    def __init__(self, data: str) -> None:
        self.data = data


def decode(name: str, kind: Any, data: str, deviates: Any = ()) -> None:
    add(f"data/decode/{name}", lambda stage: stage.client().deserialize(Data(data), kind), differs=deviates)


STRICT = "strict-decoding"

# Good data, in every type there is.
GOOD: dict[str, tuple[Any, ...]] = {
    "object": ('{"a":1}', "[1,null]", '"x"', "3", "null", "true", "1.5", "", "plain"),
    "str": ('"x"', "null", "plain", ""),
    "int": ("3", "-1"),
    "long": ("3",),
    "float": ("1.5", "3"),
    "bool": ("true", "false"),
    "date": ('"2026-11-24"',),
    "datetime": (
        *('"2026-11-24T01:02:03.456Z"', '"2026-11-24T01:02:03Z"', '"2026-11-24T01:02:03+02:00"'),
        *('"2026-11-24T01:02:03"', '"2026-11-24T01:02:03.123456789Z"', '"Tue, 24 Nov 2026 01:02:03 GMT"'),
        *('"2026-11-24 01:02"', '"0001-01-01T00:00:00.000Z"'),
    ),
    "list[int]": ("[1,2]", "[]"),
    "list[object]": ('[1,"a",null]',),
    "list[str]": ('["a"]',),
    "list[datetime]": ('["2026-11-24T01:02:03Z"]',),
    "dict(str, int)": ('{"a":1}', "{}"),
    "dict(str, UserResp)": ('{"a":{"user_id":1}}',),
    "dict(str, list[UserResp])": ('{"a":[{"user_id":1}]}',),
    "list[UserResp]": ('[{"user_id":1},{"username":"u","unknown":1}]', "[]"),
    "list[list[UserResp]]": ('[[{"user_id":1}]]',),
    "UserResp": (
        '{"user_id":1,"username":"ž","sysadmin_flag":true,"creation_time":"2026-11-24T01:02:03.456Z"}',
        '{"oidc_user_meta":{"id":1,"secret":"S","creation_time":"2026-11-24T01:02:03Z"}}',
        '{"oidc_user_meta":null,"creation_time":null,"comment":""}',
        '{"creation_time":"Tue, 24 Nov 2026 01:02:03 GMT"}',
        "{}",
    ),
    "Errors": ('{"errors":[{"code":"A","message":"B"}]}', '{"errors":[]}', '{"errors":null}'),
    "Permission": ('{"resource":"/x","action":"read"}',),
    "UserSearchRespItem": ('{"user_id":1,"username":"u"}',),
    "OIDCUserInfo": ('{"id":1,"user_id":2,"subiss":"s"}',),
}
for kind, texts in GOOD.items():
    for index, text in enumerate(texts):
        decode(f"{kind}/{index}", kind, text)
for kind in ("UserResp", "Permission"):
    add(
        f"data/decode/class-{kind}",
        lambda stage, k=kind: stage.client().deserialize(Data('{"user_id":1,"action":"a"}'), getattr(stage.package, k)),
    )
for cls, text in ((int, "3"), (str, '"x"'), (float, "1.5"), (bool, "true"), (object, '{"a":1}')):
    decode(f"class-{cls.__name__}", cls, text)
decode("class-datetime", datetime.datetime, '"2026-11-24T01:02:03Z"')
decode("class-date", datetime.date, '"2026-11-24"')
decode("none", None, "3", differs("type-names", "", ours={"result": None}))
decode("unknown-type", "NobodyKnows", "{}", differs("type-names", "error.type", ours={"error.type": "ValueError"}))
for cls in (dict, list):
    decode(f"class-{cls.__name__}", cls, "{}", differs("type-names", "error.type", ours={"error.type": "TypeError"}))
decode("dict-without-blank", "dict(str,int)", '{"a":1}', differs("type-names", "", ours={"result.dict": {"a": 1}}))

for label, text in {"object": '{"a":1}', "true": "true", "list": "[1,null]"}.items():
    decode(f"str/json-{label}", "str", text, differs("json-as-text", "", ours={"result": text}))
decode("str/json-number", "str", "3")


class Raw:
    data = b'{"user_id": 3, "username": "\xc5\xbe"}'


add("data/decode/bytes", lambda stage: stage.client().deserialize(Raw(), "UserResp"))
add("data/decode/bytes-object", lambda stage: stage.client().deserialize(Raw(), "object"))


@case("data/decode/raw-response", json_answer([{"user_id": 3}]))
def _raw(stage: Stage) -> object:
    api = stage.api()
    raw = api.list_users(_preload_content=False)
    return api.api_client.deserialize(raw, "list[UserResp]")


@case("data/decode/last-response", json_answer([{"user_id": 3}]))
def _last(stage: Stage) -> object:
    api = stage.api()
    api.list_users()
    return api.api_client.deserialize(api.api_client.last_response, "list[UserResp]")


# Data that is not what the type says: the reference takes or makes something, or fails anyhow.
WRONG: dict[str, tuple[str, ...]] = {
    "int": ('"7"', "1.5", "true", '"x"', "{}", "null"),
    "float": ('"1.5"', "[]", "null"),
    "bool": ('"no"', "0", '"true"', "null"),
    "date": ('"no date"', "3", "null"),
    "datetime": ('"no date"', "3", '""', '"7"', "null"),
    "list[int]": ('{"a":1}', '"12"', '["x"]', "3", "null"),
    "list[UserResp]": ("{}", '"text"', "[1]", '["a"]', "plain", "", "null"),
    "dict(str, int)": ("[]", '"x"', '{"a":"x"}', "null"),
    "list[str]": ("[null]", "[1]"),
    "UserResp": (
        *("null", "[]", '"text"', "3", "plain", "", "<html>", '{"user_id":"5"}', '{"user_id":1.5}'),
        *('{"username":5}', '{"sysadmin_flag":"no"}', '{"creation_time":5}', '{"creation_time":""}'),
        *('{"oidc_user_meta":[]}', '{"oidc_user_meta":{"id":"x"}}'),
    ),
    "Errors": ('{"errors":{}}', '{"errors":["a"]}'),
}


def _refuses(stage: Stage, kind: str, text: str) -> object:
    """That the wrong data was refused with an ApiException that says so, or what it was taken for."""
    try:
        return stage.client().deserialize(Data(text), kind)
    except stage.package.rest.ApiException as error:
        return "refused" if error.reason else "refused without a reason"
    except Exception as error:
        return type(error).__name__


for kind, texts in WRONG.items():
    for index, text in enumerate(texts):
        refused_too = ("date" in kind and text in ('"no date"', '""')) or text == '{"creation_time":""}'
        add(
            f"data/wrong/{kind}/{index}",
            lambda stage, k=kind, t=text: _refuses(stage, k, t),
            differs=() if refused_too else differs(STRICT, "", ours={"result": "refused"}),
        )


# Sending.
class Foreign:
    """A model of another generated package."""

    swagger_types: ClassVar = {"x_y": "int", "none": "str", "inner": "Foreign"}
    attribute_map: ClassVar = {"x_y": "xY", "none": "none", "inner": "inner"}

    def __init__(self, **values: object) -> None:
        self.x_y = values.get("x_y")
        self.none = None
        self.inner = values.get("inner")


SENDABLE: dict[str, Any] = {
    "none": None,
    "int": 1,
    "float": 1.5,
    "true": True,
    "text": "s",
    "bytes": b"b",
    "list": [1, None],
    "tuple": (1, [2]),
    "dict": {"a": None, "b": {"c": MOMENT.date()}, 1: 2},
    "datetime": MOMENT,
    "aware": AWARE,
    "foreign": Foreign(x_y=1, inner=Foreign(x_y=2)),
    "foreigners": [Foreign(x_y=1), {"f": Foreign()}],
}
for label, value in SENDABLE.items():
    add(f"data/sanitize/{label}", lambda stage, v=value: stage.client().sanitize_for_serialization(v))


@case("data/sanitize/models")
def _models(stage: Stage) -> object:
    package, sanitize = stage.package, stage.client().sanitize_for_serialization
    return [
        sanitize(package.UserProfile()),
        sanitize(package.UserProfile(email="e", comment="")),
        sanitize(
            package.UserResp(user_id=1, creation_time=MOMENT, oidc_user_meta=package.OIDCUserInfo(id=3, secret="S"))
        ),
        sanitize(package.Errors(errors=[package.Error(code="1")])),
        sanitize([{"m": package.UserSysAdminFlag(False)}]),
        sanitize(package.UserResp(oidc_user_meta={"a": None})),
    ]


for label, odd in {"set": {1}, "object": object(), "time": datetime.time(1, 2)}.items():
    add(
        f"data/sanitize/{label}",
        lambda stage, v=odd: stage.client().sanitize_for_serialization(v),
        differs=differs("unsendable-bodies", "error", ours={"error.type": "TypeError"}),
    )

# Models.
FIELDS: dict[str, tuple[object, ...]] = {
    "UserCreationReq": ("e@example.com", "r", "c", "Pass-Word-1", "u"),
    "UserResp": ("e@example.com", "r", "c", 3, "u", True, False, None, MOMENT, AWARE),
    "UserSearchRespItem": (3, "u"),
    "UserProfile": ("e@example.com", "r", "c"),
    "UserSysAdminFlag": (True,),
    "PasswordReq": ("Old-Pass-1", "New-Pass-1"),
    "OIDCCliSecretReq": ("Cli-Secret-1",),
    "OIDCUserInfo": (1, 2, "s", "Cli-Secret-1", MOMENT, AWARE),
    "Permission": ("/x", "read"),
    "Error": ("CODE", "message"),
    "Errors": ([],),
}
SECRET = {
    "UserCreationReq": ("Pass-Word-1",),
    "PasswordReq": ("Old-Pass-1", "New-Pass-1"),
    "OIDCCliSecretReq": ("Cli-Secret-1",),
    "OIDCUserInfo": ("Cli-Secret-1",),
}


def _shown_secrets(model: Any, secrets: tuple[str, ...]) -> object:
    texts = (repr(model), str(model), model.to_str(), f"{[model]}")
    shown = sum(secret in text for text in texts for secret in secrets)
    return {"in texts": shown, "in to_dict()": all(secret in model.to_dict().values() for secret in secrets)}


def _model(stage: Stage, name: str) -> Any:
    return getattr(stage.package, name)(*FIELDS[name])


for name in FIELDS:
    masked = differs("secrets-masked", "result") if name in SECRET else ()
    if name in SECRET:
        add(
            f"data/model/{name}/shown-secrets",
            lambda stage, n=name: _shown_secrets(_model(stage, n), SECRET[n]),
            differs=differs("secrets-masked", "result", ours={"result.dict": {"in texts": 0, "in to_dict()": True}}),
        )
    add(f"data/model/{name}/to_dict", lambda stage, n=name: _model(stage, n).to_dict())
    add(f"data/model/{name}/empty", lambda stage, n=name: getattr(stage.package, n)().to_dict())
    add(f"data/model/{name}/to_str", lambda stage, n=name: _model(stage, n).to_str(), differs=masked)
    add(f"data/model/{name}/repr", lambda stage, n=name: repr(_model(stage, n)), differs=masked)
    add(f"data/model/{name}/str", lambda stage, n=name: str(_model(stage, n)), differs=masked)
    add(
        f"data/model/{name}/equality",
        lambda stage, n=name: [
            _model(stage, n) == _model(stage, n),
            _model(stage, n) != _model(stage, n),
            _model(stage, n) == getattr(stage.package, n)(),
            _model(stage, n) != getattr(stage.package, n)(),
            _model(stage, n) == object(),
            _model(stage, n) == _model(stage, n).to_dict(),
            copy.copy(_model(stage, n)) == _model(stage, n),
        ],
    )
    add(f"data/model/{name}/hash", lambda stage, n=name: hash(_model(stage, n)))
    add(f"data/model/{name}/unknown-keyword", lambda stage, n=name: getattr(stage.package, n)(no_such_field=1))
    add(f"data/model/{name}/too-many", lambda stage, n=name: getattr(stage.package, n)(*range(20)))
    add(
        f"data/model/{name}/attributes",
        lambda stage, n=name: [getattr(_model(stage, n), field) for field in getattr(stage.package, n).swagger_types],
    )


@case("data/model/assignment")
def _assignment(stage: Stage) -> object:
    profile = stage.package.UserProfile()
    profile.email = "e@example.com"
    profile.nonsense = 1
    return [profile.to_dict(), profile.nonsense, profile]


@case("data/model/nested-to_dict")
def _nested(stage: Stage) -> object:
    package = stage.package
    return [
        package.UserResp(oidc_user_meta=package.OIDCUserInfo(id=1)).to_dict(),
        package.Errors(errors=[package.Error("a", "b")]).to_dict(),
        package.UserResp(oidc_user_meta={"a": package.Permission("x")}).to_dict(),
        package.UserResp(username=[package.Permission("x"), 1]).to_dict(),
    ]


@case("data/model/copy")
def _copy(stage: Stage) -> object:
    original = _model(stage, "UserProfile")
    twin = copy.copy(original)
    twin.email = "other@example.com"
    return [original.email, twin.email, original == twin]


@case("data/model/deepcopy", differs=differs("copying-and-pickling", ""))
def _deepcopy(stage: Stage) -> object:
    return copy.deepcopy(_model(stage, "UserProfile")) == _model(stage, "UserProfile")


for field in ("email", "username"):
    for length in (255, 256):
        add(
            f"data/model/limit/{field}-{length}",
            lambda stage, f=field, n=length: getattr(stage.package.UserCreationReq(**{f: "x" * n}), f),
        )
    add(
        f"data/model/limit/{field}-assigned",
        lambda stage, f=field: setattr(stage.package.UserCreationReq(), f, "x" * 256),
    )


@case("data/model/limit/switched-off")
def _unlimited(stage: Stage) -> object:
    configuration = stage.configuration(client_side_validation=False)
    return len(stage.package.UserCreationReq(email="x" * 256, _configuration=configuration).email)


@case("data/model/limit/switched-off-by-default")
def _unlimited_default(stage: Stage) -> object:
    stage.package.Configuration.set_default(stage.configuration(client_side_validation=False))
    return len(stage.package.UserCreationReq(email="x" * 256).email)


@case("data/model/subclass")
def _subclass(stage: Stage) -> object:
    base = stage.package.UserProfile

    class Wider(base):  # type: ignore[misc, valid-type]
        swagger_types: ClassVar = dict(base.swagger_types, department="str")
        attribute_map: ClassVar = dict(base.attribute_map, department="Department")

        def __init__(self, department: object = None, **fields: object) -> None:
            super().__init__(**fields)
            self.department = department

    wide = Wider(department="IT", email="e@example.com")
    stage.api().update_user_profile(3, wide)
    return [wide.to_dict(), stage.client().sanitize_for_serialization(wide), wide == Wider("IT", email="e@example.com")]


@case("data/model/put-into-models", json_answer({"xY": 7}))
def _put_into_models(stage: Stage) -> object:
    stage.package.models.Foreign = Foreign
    try:
        client = stage.client()
        one = client.call_api("/x", "GET", response_type="Foreign", _return_http_data_only=True)
        many = client.deserialize(Data('[{"xY": 8}]'), "list[Foreign]")
        return [type(one), one.x_y, many[0].x_y]
    finally:
        del stage.package.models.Foreign


@case("data/model/put-in-the-place-of-another", json_answer({"user_id": 3, "username": "jana"}))
def _replaced_model(stage: Stage) -> object:
    original = stage.package.models.UserResp

    class Mine(original):  # type: ignore[misc, valid-type]
        def shout(self) -> str:
            return str(self.username).upper()

    stage.api().get_user(3)
    stage.package.models.UserResp = Mine
    try:
        user = stage.api().get_user(3)
        return [isinstance(user, Mine), user.shout()]
    finally:
        stage.package.models.UserResp = original


class Anything:
    swagger_types: ClassVar[dict[str, str]] = {}
    attribute_map: ClassVar[dict[str, str]] = {}


class Child:
    swagger_types: ClassVar = {"kind": "str", "friends": "list[Child]", "born": "datetime"}
    attribute_map: ClassVar = {"kind": "kind", "friends": "friends", "born": "born"}

    def __init__(self, kind: str | None = None, friends: list[Any] | None = None, born: Any = None) -> None:
        self.kind, self.friends, self.born = kind, friends, born


@case("data/model/foreign-in-every-form")
def _foreign(stage: Stage) -> object:
    models, client = stage.package.models, stage.client()
    names = {"Anything": Anything, "Child": Child}
    for name, cls in names.items():
        setattr(models, name, cls)
    try:
        child = client.deserialize(Data('{"kind":"k","friends":[{"kind":"l"}],"born":"2026-11-24T01:02:03Z"}'), "Child")
        return [
            [child.kind, child.friends[0].kind, child.born, child.friends[0].friends],
            client.deserialize(Data('{"a": 1}'), "Anything"),
            [friend.kind for friend in client.deserialize(Data('{"a":{"kind":"x"}}'), "dict(str, Child)").values()],
            client.deserialize(Data('{"kind": "c"}'), Child).kind,
        ]
    finally:
        for name in names:
            delattr(models, name)


class Parent(Foreign):
    def get_real_child_model(self, data: Any) -> str:
        return "UserProfile"


@case("data/model/child-model", differs=differs("child-models", "result", ours={"result.class": "Parent"}))
def _child(stage: Stage) -> object:
    stage.package.models.Parent = Parent
    try:
        return type(stage.client().deserialize(Data('{"email": "e"}'), "Parent"))
    finally:
        del stage.package.models.Parent
