"""Subclasses that scripts make of models, in the generated style and otherwise, go on working."""

import abc
import copy
import pickle
from datetime import datetime, timezone
from typing import Any

import pytest

from harbor_client.models import OIDCUserInfo, ResourceList, UserCreationReq, UserProfile, UserResp
from harbor_client.models._schema.decode import decoder
from harbor_client.models._schema.model import Model, field

ROW = {"username": "a", "creation_time": "2026-11-24T10:00:00.000Z", "groups": ["x"]}


class Grouped(UserResp):
    """Fields added by the dictionaries alone."""

    swagger_types = {**UserResp.swagger_types, "groups": "list[str]"}
    attribute_map = {**UserResp.attribute_map, "groups": "groups"}


class Generated(UserResp):
    """As the generator would have written it."""

    swagger_types = {**UserResp.swagger_types, "groups": "list[str]"}
    attribute_map = {**UserResp.attribute_map, "groups": "groups"}

    def __init__(self, groups: Any = None, **others: Any) -> None:
        super().__init__(**others)
        self._groups = None
        self.seen = True
        if groups is not None:
            self.groups = groups

    @property
    def groups(self) -> Any:
        return self._groups

    @groups.setter
    def groups(self, value: Any) -> None:
        self._groups = value


class Shouting(UserResp):
    """A property over a field, and a default over another one."""

    comment = "none"

    @property
    def username(self) -> Any:
        return self.__dict__.get("name")

    @username.setter
    def username(self, value: Any) -> None:
        self.__dict__["name"] = value.upper()


class Slotted(UserProfile):
    __slots__ = ("note",)
    swagger_types = {**UserProfile.swagger_types, "note": "str"}
    attribute_map = {**UserProfile.attribute_map, "note": "note"}


class Abstract(abc.ABC):
    @abc.abstractmethod
    def speak(self) -> str: ...


class Speaking(UserResp, Abstract):
    def speak(self) -> str:
        return f"I am {self.username}"


class Careless(UserProfile):
    def __init__(self) -> None:
        self.email = "a@b.co"


class Counted(UserProfile):
    made = 0

    def __new__(cls, *args: Any, **kwargs: Any) -> "Counted":
        cls.made += 1
        return super().__new__(cls)


def test_added_fields() -> None:
    user: Any = Grouped(username="a")
    user.groups = ["x"]
    assert user.to_dict()["groups"] == user.to_json()["groups"] == ["x"]
    with pytest.raises(ValueError, match=r"groups\[0\]: expected string, found integer"):
        Generated.from_json({"groups": [1]})


def test_a_field_added_to_the_model_itself() -> None:
    class Fresh(Model):
        name: str | None = field()

    Fresh.swagger_types["groups"] = "list[str]"
    Fresh.attribute_map["groups"] = "groups"
    fresh: Any = Fresh.from_json({"name": "a", "groups": ["x"]})
    assert (fresh.name, fresh.groups) == ("a", ["x"])
    assert Fresh("a", ["x"]) == fresh  # type: ignore[call-arg]


def test_generated_style() -> None:
    user = Generated.from_json(ROW)
    assert (user.username, user.groups, user.seen) == ("a", ["x"], True)
    assert user.creation_time == datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
    assert Generated(groups=["y"], user_id=3).to_json() == {"user_id": 3, "groups": ["y"]}
    assert Generated.from_json({}).groups is None
    assert decoder(Generated) is decoder(Generated)


@pytest.mark.parametrize(
    "make", [lambda **fields: Shouting(**fields), Shouting.from_json, lambda **f: Shouting.from_json(f)]
)
def test_shadowed_fields(make: Any) -> None:
    user = make({"username": "a"}) if make == Shouting.from_json else make(username="a")
    assert (user.username, user.comment, user.email) == ("A", "none", None)
    assert user.to_json() == {"username": "A", "comment": "none"}
    user = Shouting.from_json({"username": None, "comment": "c", "creation_time": "24 Nov 2026"})
    assert (user.username, user.comment) == (None, "c")
    assert Shouting(comment="d").comment == "d"


def test_shadowed_fields_in_the_strict_way() -> None:
    odd = {"username": "a", "creation_time": "24 Nov 2026"}
    assert Shouting.from_json(odd).username == "A"
    assert Generated.from_json({**ROW, **odd}).groups == ["x"]
    request = UserCreationReq.from_json({"email": "x" * 300})
    assert request.email == "x" * 300


def test_slots_of_its_own() -> None:
    mine = Slotted("a")
    mine.note = "n"
    assert mine.to_json() == {"email": "a", "note": "n"}
    assert Slotted("a").to_json() == {"email": "a"}
    assert copy.copy(mine).to_dict() == mine.to_dict()


def test_abstract_bases_and_mixins() -> None:
    assert Speaking(username="a").speak() == "I am a"
    assert Speaking.from_json(ROW).speak() == "I am a"
    with pytest.raises(TypeError, match="abstract"):
        type("Mute", (UserResp, Abstract), {})()


def test_a_constructor_that_forgets_its_base() -> None:
    mine = Careless()
    assert mine.to_dict() == {"email": "a@b.co", "realname": None, "comment": None}
    assert mine.to_json() == {"email": "a@b.co"}
    assert "a@b.co" in repr(mine)
    assert copy.deepcopy(mine) == mine
    assert mine.comment is None


def test_a_new_of_its_own() -> None:
    before = Counted.made
    assert decoder("list[UserProfile]")([{}])[0] == UserProfile()
    assert Counted.from_json({"email": "a"}).email == "a"
    assert Counted.made == before + 1


def test_equality_with_the_model() -> None:
    class Mine(UserResp):
        pass

    assert Mine(username="a") == UserResp(username="a")
    assert UserResp(username="a") == Mine(username="a")
    assert Grouped(username="a") != UserResp(username="a"), "it has more fields"


def test_new_models() -> None:
    class Robot(Model):
        """A robot account."""

        robot_id: int | None = field(key="id")
        limits: dict[str, int] | None = field()
        owners: list[OIDCUserInfo] | None = field()
        grants: list[dict[str, int]] | None = field()
        anything: Any = field()

        def label(self) -> str:
            return f"robot {self.robot_id}"

    assert Robot.swagger_types == {
        "robot_id": "int",
        "limits": "dict(str, int)",
        "owners": "list[OIDCUserInfo]",
        "grants": "list[dict(str, int)]",
        "anything": "object",
    }
    assert Robot.attribute_map == {**{name: name for name in Robot.swagger_types}, "robot_id": "id"}
    robot = Robot.from_json({"id": 3, "limits": {"a": 1}, "owners": [{"id": 4}], "anything": {"x": None}})
    assert robot.label() == "robot 3"
    assert robot.owners == [OIDCUserInfo(id=4)]
    assert Robot.from_json({"grants": [{"a": 1}]}).grants == [{"a": 1}]
    assert robot.to_json() == {"id": 3, "limits": {"a": 1}, "owners": [{"id": 4}], "anything": {"x": None}}

    class Special(Robot):
        """With one field more."""

        colour: str | None = field(max_length=5)

    assert list(Special.swagger_types) == [*Robot.swagger_types, "colour"]
    assert Special(robot_id=1, colour="red").to_json() == {"id": 1, "colour": "red"}
    assert Special.from_json({"id": 1, "colour": "longer"}).colour == "longer"
    with pytest.raises(ValueError, match="colour"):
        Special(colour="longer")


PICKLED = [
    UserCreationReq("a@b.co", "Ä", None, "Passw0rd-1", "alice"),
    UserResp.from_json({**ROW, "oidc_user_meta": {"secret": "Cli-Secret1"}}),
    Grouped(username="a"),
    Generated(groups=["x"]),
    Shouting(username="a"),
]


@pytest.mark.parametrize("original", PICKLED, ids=lambda original: type(original).__name__)
def test_copies_and_pickles(original: Any) -> None:
    original.extra = ["kept"]
    copies = [copy.copy(original), copy.deepcopy(original)]
    copies += [pickle.loads(pickle.dumps(original, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for twin in copies:
        assert type(twin) is type(original)
        assert twin is not original
        assert twin == original
        assert twin.to_dict() == original.to_dict()
        assert twin.extra == ["kept"]
    assert copies[0].extra is original.extra
    assert copies[1].extra is not original.extra


def test_a_copy_keeps_its_configuration() -> None:
    from harbor_client.configuration import Configuration

    configuration = Configuration()
    configuration.client_side_validation = False
    request = UserCreationReq(email="x" * 300, _configuration=configuration)
    assert copy.copy(request)._configuration is configuration
    twin = pickle.loads(pickle.dumps(request))
    assert twin._configuration.client_side_validation is False
    twin.username = "x" * 300


def test_a_constructor_of_a_scripts_own_is_called_also_where_there_are_no_fields() -> None:
    class Own(ResourceList):
        def __init__(self, x: int) -> None:
            self.x = x

    assert Own(3).x == Own(x=3).x == 3
    assert Own.from_json({"storage": 1}) == {"storage": 1}
