"""The environment that tests run in: nothing in it may steer the client unless a test puts it there."""

import os

#: What the person or machine that started the tests had set: for installers, which need its proxies and certificates.
ORIGINAL = dict(os.environ)

#: What makes a subprocess measure its coverage, which nearly doubles what it costs to start.
MEASURING: dict[str, str] = {}

_STEERING = {"ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_DIR", "SSL_CERT_FILE"}


def make_plain() -> None:
    """Take out of this process's environment whatever `harbor_client` reads."""
    for name in list(os.environ):
        if name.upper() in _STEERING or name.upper().startswith("HARBOR_"):
            del os.environ[name]


def measure_this_process_only() -> None:
    """Keep what pytest-cov has put into the environment for subprocesses to those that ask for `MEASURING`."""
    for name in list(os.environ):
        if name.startswith("COVERAGE_PROCESS"):
            MEASURING[name] = os.environ.pop(name)
