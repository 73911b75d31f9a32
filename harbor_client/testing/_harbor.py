"""`FakeHarbor`: the server, and what a test can do with it."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import tempfile

from harbor_client import Configuration

from ._api.pipeline import Pipeline
from ._api.settings import Instance, Settings
from ._certificates import Authority
from ._clock import Clock
from ._contents import ADMIN_PASSWORD, Population
from ._database.store import Store
from ._faults import FaultInjection
from ._http.messages import BASE_PATH, Request, Response
from ._http.server import Server
from ._request_log import ReceivedRequest, RequestLog
from ._versions import Version


class FakeHarbor(Population, FaultInjection):
    """A Harbor in memory that serves the API of users and projects over real HTTP, as the real one does.

    Use it as a context manager, or call `start` and `stop`::

        with FakeHarbor() as harbor:
            user_id = harbor.add_user(username="alice")
            client = harbor_client.ApiClient(harbor.configuration())

    A fresh one contains the administrator ``admin`` (ID 1), a deleted user with ID 2, and the public project
    ``library``: the first user to be added gets ID 3. Every instance is independent.

    Args:
        version: the Harbor version to imitate, from 2.3.0 on.
        host: the address to listen on. Other machines can reach anything but a loopback address.
        port: the port to listen on; 0 for any free one.
        https: serve HTTPS, with a certificate of an authority made for this instance: see `ca_cert`.
        admin_password: of the user ``admin``.
        auth_mode: ``db_auth`` or ``oidc_auth`` (``ldap_auth``, ``uaa_auth``, ``http_auth`` as far as the users API
            differs); `PUT /configurations` changes it.
        self_registration: whether people may register themselves; can be changed in the same way.
        read_only: whether writes are rejected; can be changed in the same way.
        lock_seconds: how long a wrong password delays the response and locks the account: 1.5 in a real Harbor.
        idle_timeout: seconds of silence after which a connection is closed.
        keep_requests: how many of the latest requests to keep in `requests`.

    Raises:
        ValueError: an unknown version or auth mode, or a number out of range.
    """

    def __init__(
        self,
        version: str = "2.16.0",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        https: bool = False,
        admin_password: str = ADMIN_PASSWORD,
        auth_mode: str = "db_auth",
        self_registration: bool = False,
        read_only: bool = False,
        lock_seconds: float = 1.5,
        idle_timeout: float = 120.0,
        keep_requests: int = 10_000,
    ) -> None:
        if lock_seconds < 0 or idle_timeout <= 0 or keep_requests < 0:
            raise ValueError("idle_timeout must be positive, lock_seconds and keep_requests must not be negative")
        super().__init__()
        known = Version(version)
        #: The Harbor version that it imitates.
        self.version: str = known.text
        #: The address it listens on.
        self.host: str = host
        self.clock: Clock = Clock()
        self.requests: RequestLog = RequestLog(keep_requests)
        self.settings: Settings = Settings(auth_mode, self_registration, read_only)
        self._store = Store(self.clock.time, known, admin_password)
        self._wanted_port, self._https = port, https
        self._idle_timeout = idle_timeout
        self._server: Server | None = None
        self._folder = ""  # where the certificates of a running one are
        self._pid = 0  # of the process that serves
        instance = Instance(known, self.settings, self._store, self.clock, lock_seconds, secure=https)
        self._pipeline = Pipeline(instance)

    # -- coming and going ------------------------------------------------------------------------------------------

    def start(self) -> FakeHarbor:
        """Listen and serve. Does nothing if it is running already. `OSError` if the port is not available."""
        if self._server is None:
            self._pid = os.getpid()
            self.clock.stop(False)
            try:
                address = (self.host, self._wanted_port)
                self._server = Server(address, self._respond, self._tls_context(), self._idle_timeout)
            except BaseException:
                self._remove_folder()
                raise
        return self

    def stop(self) -> None:
        """Close every socket and end every thread. `start` serves again, with the same contents.

        Does nothing in a process that was forked from the one that serves.
        """
        if self._pid != os.getpid():
            return  # a child process shares the sockets and the folder
        if self._server is not None:
            self.clock.stop()
            self._server.stop()
            self._server = None
        self._remove_folder()

    def __enter__(self) -> FakeHarbor:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        if kind is None:
            self._warn_of_unhit_faults(stacklevel=2)

    def _tls_context(self) -> ssl.SSLContext | None:
        if not self._https:
            return None
        self._folder = tempfile.mkdtemp(prefix="fake-harbor-")
        authority = Authority()
        names = ["localhost", "127.0.0.1", "::1"]
        if self.host not in names:
            names.append(self.host)
        own = os.path.join(self._folder, "server.pem")
        for path, text in ((self.ca_cert, authority.certificate_pem), (own, authority.issue(*names))):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write(text)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own)
        return context

    def _remove_folder(self) -> None:
        if self._folder:
            shutil.rmtree(self._folder)
            self._folder = ""

    def _respond(self, request: Request) -> Response:
        self.requests.add(ReceivedRequest(request, self.clock.time()))
        fault = self._next_fault(request)
        if fault is None:
            return self._pipeline.respond(request)
        self.clock.sleep(fault.delay)
        response = fault.response
        if response is None:
            response = Response(500) if fault.close == "before" else self._pipeline.respond(request)
            response.close = fault.close
        return response

    # -- where it is -----------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """The port it listens on. `RuntimeError` if it is not running."""
        if self._server is None:
            raise RuntimeError("this FakeHarbor is not running: use it in a with statement, or call start()")
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The base URL of the API, with ``/api/v2.0``, as `Configuration.host` expects it."""
        return f"{self.root_url}{BASE_PATH}"

    @property
    def root_url(self) -> str:
        """The server's URL without a path, where a browser finds Harbor's web pages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.host in ("0.0.0.0", "::", ""):
            host = "127.0.0.1"
        return f"{'https' if self._https else 'http'}://{host}:{self.port}"

    @property
    def only_local(self) -> bool:
        """Whether only this machine can reach it."""
        return re.fullmatch(r"localhost|::1|127(\.[0-9]+){3}", self.host) is not None

    @property
    def ca_cert(self) -> str:
        """The path of the certificate authority's PEM file, which exists while a harbor with ``https=True`` runs."""
        if not self._folder:
            raise RuntimeError("only a running FakeHarbor(https=True) has a certificate authority")
        return os.path.join(self._folder, "ca.pem")

    def configuration(self, user: str | None = "admin", password: str | None = None) -> Configuration:
        """A `harbor_client.Configuration` for this harbor.

        Args:
            user: who calls: a user or robot of this harbor, or None for no credentials.
            password: needed only if it is not the default (``Harbor12345`` for ``admin``, ``Passw0rd1`` for accounts
                added without a password), since passwords are kept as hashes.

        Raises:
            ValueError: there is no such account, or its password must be given.
        """
        configuration = Configuration(host=self.url)
        configuration.trust_env = False
        if user is not None:
            configuration.username = user
            configuration.password = self._password(user, password)
        if self._https:
            configuration.ssl_ca_cert = self.ca_cert
        return configuration

    def environment(self, user: str = "admin", password: str | None = None) -> dict[str, str]:
        """The environment variables that point `Configuration.from_env` to this harbor, as for `configuration`."""
        password = self._password(user, password)
        variables = {"HARBOR_URL": self.root_url, "HARBOR_USERNAME": user, "HARBOR_PASSWORD": password}
        return {**variables, "HARBOR_CA_CERT": self.ca_cert} if self._https else variables
