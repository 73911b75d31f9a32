"""What differs between the Harbor versions that can be imitated."""

import re

_FORM = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:-[0-9A-Za-z.-]+)?")


class Version:
    """A Harbor version and the rules that depend on it, each named and dated here and nowhere else.

    Args:
        text: such as ``2.16.0``, ``v2.12.4`` or ``2.15``. Before 2.3.0 another set of handlers served the users API:
            `ValueError`.
    """

    def __init__(self, text: str) -> None:
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a Harbor version such as 2.16.0")
        number = (int(match[1]), int(match[2]), int(match[3] or 0))
        if number < (2, 3, 0):
            raise ValueError(f"Harbor {text} served an older users API; versions from 2.3.0 on can be imitated")
        self.text = text.removeprefix("v")

        #: Since 2.15.0 a handler asks first "is it the caller's own id?" (and crashes when there is no caller).
        self.asks_for_self_first = number >= (2, 15, 0)
        #: Since 2.14.2 search counts by one rule and reads by another, and ignores the page.
        self.search_reads_raw = number >= (2, 14, 2)
        #: From 2.8.0 on (until 2.14.2) search sorts each page again, best match first.
        self.search_sorts_page = number >= (2, 8, 0) and not self.search_reads_raw
        #: Since 2.13.2 a `q` key may carry only some of the object mapper's operators.
        self.limits_operators = number >= (2, 13, 2)
        #: Since 2.13.0 the password columns cannot be filtered by.
        self.hides_password_columns = number >= (2, 13, 0)
        #: Since 2.10.0 the username is checked when a user is created.
        self.checks_username = number >= (2, 10, 0)
        #: Since 2.10.0 a double quote is illegal in names, too.
        self.illegal_characters = ',"~#%$' if number >= (2, 10, 0) else ",~#%$"
        #: Since 2.9.0 a password has at most 128 bytes.
        self.caps_passwords = number >= (2, 9, 0)
        #: Since 2.6.0 the total of a list leaves out the admin.
        self.total_excludes_admin = number >= (2, 6, 0)
        #: Since 2.10.0 a system robot can hold permissions on users.
        self.robots_manage_users = number >= (2, 10, 0)
        #: Since 2.13.0 only the administrators of a project see its log.
        self.logs_are_for_project_admins = number >= (2, 13, 0)
        #: Since 2.14.0 a maintainer may read a single webhook policy.
        self.maintainers_read_webhooks = number >= (2, 14, 0)
        #: Since 2.15.2 an Accept header is a list of media types, each read as a Content-Type is; before, a simpler
        #: reader stopped at the first that it could not read.
        self.reads_accept_as_media_types = number >= (2, 15, 2)
        #: Since 2.15.0 a project name with white space, and a new member that names nobody, are refused before the
        #: project is looked up.
        self.checks_names_first = number >= (2, 15, 0)
        #: What the column `password_version` holds for a new password.
        self.password_version = "pbkdf2_sha256" if number >= (2, 15, 2) else "sha256"
