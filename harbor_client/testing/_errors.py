"""How an operation of the fake Harbor fails: exceptions that the pipeline turns into responses."""


class Failure(Exception):
    """A response in Harbor's error form: a status, a code and a message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class DatabaseError(Failure):
    """PostgreSQL refused: Harbor responds with 500 and does not say why."""

    def __init__(self, why: str) -> None:
        super().__init__(500, "UNKNOWN", why)


class Panic(Exception):
    """Harbor's code crashed: 500 without a body and without a Content-Type."""


def bad_request(message: str) -> Failure:
    return Failure(400, "BAD_REQUEST", message)


def unauthorized() -> Failure:
    return Failure(401, "UNAUTHORIZED", "unauthorized")


def forbidden(message: str) -> Failure:
    return Failure(403, "FORBIDDEN", message)


def not_found(message: str) -> Failure:
    return Failure(404, "NOT_FOUND", message)


def conflict(message: str) -> Failure:
    return Failure(409, "CONFLICT", message)


def precondition(message: str) -> Failure:
    return Failure(412, "PRECONDITION", message)


def refuse(*checks: tuple[object, str]) -> None:
    """400 with the message of the first check that is true."""
    for wrong, message in checks:
        if wrong:
            raise bad_request(message)
