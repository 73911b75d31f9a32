"""Recorders, mocks and tracers that patch urllib3 or http.client see the calls, made before or after the client."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor() as harbor:
        harbor.add_user("alice")
        yield harbor


@pytest.fixture(params=["before", "after"])
def made(request: pytest.FixtureRequest, harbor: FakeHarbor) -> Any:
    """Gives an API: of a client that has made a call already, or of one that is new."""
    made: list[Any] = []

    def api() -> harbor_client.UserApi:
        return made[0] if made else harbor_client.UserApi(harbor_client.ApiClient(harbor.configuration()))

    if request.param == "before":
        made.append(api())
        made[0].get_user(3)
        harbor.requests.clear()
    return api


def test_vcrpy_records_and_replays(made: Any, harbor: FakeHarbor, tmp_path: Path) -> None:
    import vcr

    cassette = str(tmp_path / "cassette.yaml")
    with vcr.use_cassette(cassette, record_mode="once"):
        assert made().get_user(3).username == "alice"
    seen = len(harbor.requests)
    assert seen == 1
    with vcr.use_cassette(cassette, record_mode="none") as tape:
        assert made().get_user(3).username == "alice"
        assert tape.play_count == 1
    assert len(harbor.requests) == seen
    assert made().get_user(3).username == "alice"
    assert len(harbor.requests) == seen + 1


def test_vcrpy_lets_nothing_out(made: Any, harbor: FakeHarbor, tmp_path: Path) -> None:
    import vcr

    with vcr.use_cassette(str(tmp_path / "empty.yaml"), record_mode="none"):
        with pytest.raises(Exception, match="(?i)cannot overwrite|cassette"):
            made().delete_user(3)
    assert not harbor.requests


def test_pook_answers(made: Any, harbor: FakeHarbor) -> None:
    import pook

    with pook.use():
        pook.get(f"{harbor.url}/users/3", response_json={"user_id": 3, "username": "of the mock"})
        assert made().get_user(3).username == "of the mock"
        pook.delete(
            f"{harbor.url}/users/3", reply=404, response_json={"errors": [{"code": "NOT_FOUND", "message": "m"}]}
        )
        with pytest.raises(harbor_client.NotFoundException):
            made().delete_user(3)
    assert not harbor.requests
    assert made().get_user(3).username == "alice"


def test_mocket_answers(made: Any, harbor: FakeHarbor) -> None:
    from mocket import Mocketizer
    from mocket.exceptions import StrictMocketException
    from mocket.mocks.mockhttp import Entry
    from urllib3.contrib import pyopenssl

    with Mocketizer(strict_mode=True):
        body = '{"user_id": 3, "username": "of the mock"}'
        Entry.single_register(Entry.GET, f"{harbor.url}/users/3", body, headers={"Content-Type": "application/json"})
        assert made().get_user(3).username == "of the mock"
        with pytest.raises(StrictMocketException):
            made().delete_user(3)
    pyopenssl.extract_from_urllib3()  # which mocket has put there for good
    assert not harbor.requests
    assert made().get_user(3).username == "alice"


def test_opentelemetry_gets_a_span_for_each_exchange(made: Any, harbor: FakeHarbor) -> None:
    from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrumentor = URLLib3Instrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        api = made()
        assert api.get_user(3).username == "alice"
        with pytest.raises(harbor_client.NotFoundException):
            api.delete_user(4711)
    finally:
        instrumentor.uninstrument()
    first, second = spans.get_finished_spans()
    assert (first.attributes["http.method"], first.attributes["http.status_code"]) == ("GET", 200)
    assert first.attributes["http.url"] == f"{harbor.url}/users/3"
    assert (second.attributes["http.method"], second.attributes["http.status_code"]) == ("DELETE", 404)
    assert [request.headers["traceparent"][3:35] for request in harbor.requests] == [
        f"{span.context.trace_id:032x}" for span in (first, second)
    ]
    assert "Passw0rd" not in repr([span.to_json() for span in (first, second)])


@pytest.mark.filterwarnings(r"ignore:\s*Eventlet is deprecated")  # sentry_sdk imports it, if it is there
def test_sentry_sees_calls_as_those_of_http_client(made: Any, harbor: FakeHarbor) -> None:
    import sentry_sdk
    from sentry_sdk.transport import Transport

    class Kept(Transport):
        envelopes: list[Any] = []

        def capture_envelope(self, envelope: Any) -> None:
            self.envelopes.append(envelope)

    sentry_sdk.init(
        dsn="http://key@127.0.0.1:1/1", transport=Kept, traces_sample_rate=1.0, auto_enabling_integrations=False
    )
    try:
        with sentry_sdk.start_transaction(name="t"):
            assert made().get_user(3, async_req=True).get(60).username == "alice"
            harbor.fail_next("DELETE", close="before")
            with pytest.raises(harbor_client.ApiException):
                made().delete_user(3)
        sentry_sdk.flush()
    finally:
        sentry_sdk.init(auto_enabling_integrations=False)
    (event,) = (
        item.payload.json for envelope in Kept.envelopes for item in envelope.items if item.type == "transaction"
    )
    spans = [span for span in event["spans"] if span["op"] == "http.client"]
    assert [span["data"].get("http.response.status_code") for span in spans] == [200, None]
    assert "sentry-trace" in harbor.requests[-1].headers
    Kept.envelopes.clear()


def test_elastic_style_wrapping_of_make_request(made: Any, harbor: FakeHarbor, monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib3.connectionpool import HTTPConnectionPool

    seen: list[str] = []
    original = HTTPConnectionPool._make_request

    def wrapped(self: Any, conn: Any, method: str, url: str, *args: Any, **keywords: Any) -> Any:
        seen.append(f"{method} {url}")
        return original(self, conn, method, url, *args, **keywords)

    monkeypatch.setattr(HTTPConnectionPool, "_make_request", wrapped)
    assert made().get_user(3).username == "alice"
    assert seen == ["GET /api/v2.0/users/3"]


def test_ddtrace_traces_calls(harbor: FakeHarbor) -> None:
    """In a process of its own, since it patches more than can be undone."""
    import subprocess
    import sys

    code = """
import sys
from ddtrace import patch
from ddtrace.trace import TraceFilter, tracer

class Spans(TraceFilter):
    def process_trace(self, trace):
        print(*[(span.name, span.get_tag("http.status_code")) for span in trace])

tracer.configure(trace_processors=[Spans()])
patch(urllib3=True)
import harbor_client

configuration = harbor_client.Configuration(sys.argv[1], sys.argv[2], sys.argv[3])
with harbor_client.ApiClient(configuration) as client:
    print(harbor_client.UserApi(client).get_user(3).username)
"""
    configuration = harbor.configuration()
    done = subprocess.run(
        [sys.executable, "-c", code, configuration.host, configuration.username or "", configuration.password or ""],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(harbor_client.__file__).parents[1]), "DD_TRACE_ENABLED": "true"},
        timeout=120,
    )
    assert done.stdout.splitlines() == ["('urllib3.request', '200')", "alice"], done.stderr
    assert "x-datadog-trace-id" in harbor.requests[-1].headers


logging.getLogger("vcr").setLevel(logging.WARNING)
