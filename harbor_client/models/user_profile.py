"""The body of ``update_user_profile``."""

from __future__ import annotations

from harbor_client.models._schema.model import Model, field, model


@model
class UserProfile(Model):
    """The profile of a user. An update replaces all of it: a comment that is not given is erased."""

    email: str | None = field(doc="mail address; required, unique, at most 255 characters")
    realname: str | None = field(doc="full name, 1 to 255 bytes; required")
    comment: str | None = field(doc="free text, at most 30 bytes; erased when not given")
