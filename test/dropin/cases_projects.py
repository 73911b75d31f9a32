"""Projects and their members: the thirteen operations, what goes over the wire, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recorder import Answer
from stage import NOTHING, Stage, add, differs, json_answer

PROJECT = {
    "creation_time": "2026-11-02T08:09:10.123Z",
    "current_user_role_id": 1,
    "current_user_role_ids": [1],
    "cve_allowlist": {"id": 2, "items": [{"cve_id": "CVE-2019-10164"}], "project_id": 2},
    "metadata": {"public": "false", "auto_scan": "true"},
    "name": "team-a",
    "owner_id": 1,
    "owner_name": "admin",
    "project_id": 2,
    "repo_count": 0,
    "update_time": "2026-11-02T08:09:10.123Z",
}
MEMBER = {
    "entity_id": 3,
    "entity_name": "jana",
    "entity_type": "u",
    "id": 7,
    "project_id": 2,
    "role_id": 2,
    "role_name": "developer",
}
SUMMARY = {"repo_count": 0, "developer_count": 2, "quota": {"hard": {"storage": -1}, "used": {"storage": 0}}}
REGISTRY = {"registry": {"id": 1, "type": "harbor", "credential": {"type": "basic", "access_secret": "Reg-Secret-1"}}}
CREATED = Answer(201, "Created", (("Location", "/api/v2.0/projects/2"),))
EMPTY = Answer(200, "OK", (("X-Request-Id", "r-1"),))
NOT_FOUND = json_answer({"errors": [{"code": "NOT_FOUND", "message": "project 2 not found"}]}, 404, "Not Found")


def _project(package: Any) -> object:
    metadata = package.ProjectMetadata(public="false")
    return package.ProjectReq(project_name="team-a", metadata=metadata, storage_limit=-1)


def _member(package: Any) -> object:
    return package.ProjectMember(role_id=2, member_user=package.UserEntity(username="jana"))


BY_NAME = {"x_is_resource_name": True}
PAGED = {"page": 2, "page_size": 50}
# Class, method, what Harbor responds with, required arguments (made of the package), optional ones.
OPERATIONS: list[tuple[str, str, Answer, Callable[[Any], dict[str, object]], Callable[[Any], dict[str, object]]]] = [
    (
        "ProjectApi",
        "create_project",
        CREATED,
        lambda package: {"project": _project(package)},
        lambda package: {"x_resource_name_in_location": True},
    ),
    ("ProjectApi", "delete_project", EMPTY, lambda _: {"project_name_or_id": "team-a"}, lambda _: BY_NAME),
    (
        "ProjectApi",
        "get_project",
        json_answer(PROJECT),
        lambda _: {"project_name_or_id": 2},
        lambda _: {"x_is_resource_name": False},
    ),
    (
        "ProjectApi",
        "get_project_deletable",
        json_answer({"message": "the project contains repositories, can not be deleted"}),
        lambda _: {"project_name_or_id": "2"},
        lambda _: BY_NAME,
    ),
    (
        "ProjectApi",
        "get_project_summary",
        json_answer({**SUMMARY, **REGISTRY}),
        lambda _: {"project_name_or_id": "team-a"},
        lambda _: BY_NAME,
    ),
    ("ProjectApi", "head_project", EMPTY, lambda _: {"project_name": "team a"}, lambda _: {}),
    (
        "ProjectApi",
        "list_projects",
        json_answer([PROJECT, {"name": "library", "project_id": 1, "current_user_role_ids": None}]),
        lambda _: {},
        lambda _: {
            "q": "name=~team",
            **PAGED,
            "sort": "-name",
            "name": "team",
            "public": False,
            "owner": "admin",
            "with_detail": True,
        },
    ),
    (
        "ProjectApi",
        "update_project",
        EMPTY,
        lambda package: {"project_name_or_id": "team-a", "project": _project(package)},
        lambda _: BY_NAME,
    ),
    (
        "MemberApi",
        "create_project_member",
        Answer(201, "Created", (("Location", "/api/v2.0/projects/2/members/7"),)),
        lambda _: {"project_name_or_id": "team-a"},
        lambda package: {**BY_NAME, "project_member": _member(package)},
    ),
    (
        "MemberApi",
        "delete_project_member",
        EMPTY,
        lambda _: {"project_name_or_id": "team-a", "mid": 7},
        lambda _: BY_NAME,
    ),
    (
        "MemberApi",
        "get_project_member",
        json_answer(MEMBER),
        lambda _: {"project_name_or_id": "team-a", "mid": "7"},
        lambda _: BY_NAME,
    ),
    (
        "MemberApi",
        "list_project_members",
        json_answer([MEMBER]),
        lambda _: {"project_name_or_id": "team-a"},
        lambda _: {**BY_NAME, **PAGED, "entityname": "jana"},
    ),
    (
        "MemberApi",
        "update_project_member",
        EMPTY,
        lambda _: {"project_name_or_id": 2, "mid": 7},
        lambda package: {**BY_NAME, "role": package.RoleRequest(role_id=4)},
    ),
]
DELETE_BODY = differs(
    "delete-without-body", "requests.0.body", "requests.0.headers.content-length", ours={"requests.0.body": ""}
)


def _method(stage: Stage, cls: str, name: str) -> Any:
    return getattr(getattr(stage.package, cls)(stage.client()), name)


for cls, name, answer, required, optional in OPERATIONS:

    def play(
        stage: Stage,
        way: str,
        cls: str = cls,
        name: str = name,
        required: Callable[[Any], dict[str, object]] = required,
        optional: Callable[[Any], dict[str, object]] = optional,
    ) -> object:
        arguments, more = required(stage.package), optional(stage.package)
        if way == "positional":
            return _method(stage, cls, name)(*arguments.values())
        if way == "twin":
            return _method(stage, cls, f"{name}_with_http_info")(*arguments.values(), **more, x_request_id="audit-7")
        if way == "async":
            return _method(stage, cls, name)(*arguments.values(), **more, async_req=True).get(30)
        if way == "raw":
            return _method(stage, cls, name)(*arguments.values(), _preload_content=False)
        if way == "unknown":
            return _method(stage, cls, name)(*arguments.values(), projekt=3)
        if way == "none":
            return _method(stage, cls, name)(*[None] * len(arguments))
        return _method(stage, cls, name)(**arguments, **more)

    declared = DELETE_BODY if name.startswith("delete") else ()
    for way in ("positional", "keywords", "twin", "async", "raw"):
        add(f"projects/{name}/{way}", lambda stage, way=way, play=play: play(stage, way), answer, differs=declared)
    add(f"projects/{name}/not-found", lambda stage, play=play: play(stage, "keywords"), NOT_FOUND, differs=declared)
    add(f"projects/{name}/unknown", lambda stage, play=play: play(stage, "unknown"))
    if name != "list_projects":
        add(f"projects/{name}/none", lambda stage, play=play: play(stage, "none"))

MODELS = (
    *("CVEAllowlist", "CVEAllowlistItem", "Project", "ProjectDeletable", "ProjectMember", "ProjectMemberEntity"),
    *("ProjectMetadata", "ProjectReq", "ProjectSummary", "ProjectSummaryQuota", "Registry", "RegistryCredential"),
    *("ResourceList", "RoleRequest", "UserEntity", "UserGroup"),
)
for model in MODELS:
    add(
        f"projects/models/{model}",
        lambda stage, model=model: [
            list(getattr(stage.package, model).swagger_types.items()),
            getattr(stage.package, model).attribute_map,
            getattr(stage.package, model)().to_dict(),
        ],
    )

MISTAKE = differs("mistakes-refused", "error", "requests", "result", ours={"requests": []})
for mistake, call in {
    "role": lambda stage: _method(stage, "MemberApi", "update_project_member")(2, 7, role={"role_id": 6}),
    "no-role": lambda stage: _method(stage, "MemberApi", "update_project_member")(2, 7, role={}),
    "member": lambda stage: _method(stage, "MemberApi", "get_project_member")(2, -7),
    "project": lambda stage: _method(stage, "ProjectApi", "get_project")(-2),
}.items():
    add(f"projects/mistakes/{mistake}", call, EMPTY, differs=MISTAKE)
add(
    "projects/names-in-order",
    lambda stage: [stage.package.ProjectReq("a" * 255).project_name, NOTHING],
)
