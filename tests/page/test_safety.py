"""Who may use the endpoint: this machine's programs and the endpoint's own page, no other page in a browser."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from playwright.sync_api import Page

INVOKE = "/2015-03-31/functions/showcase/invocations?Qualifier=live"
EVENT = {"X-Amz-Invocation-Type": "DryRun"}
LOGS = {"X-Amz-Target": "Logs_20140328.FilterLogEvents"}
WRITES = [
    ("POST", INVOKE),
    ("POST", "/2025-12-01/durable-executions/arn/stop"),
    ("POST", "/2025-12-01/durable-execution-callbacks/id/succeed"),
    ("POST", "/page/api/workers/1/kill"),
    ("POST", "/"),
    ("DELETE", "/2025-12-01/durable-executions/arn"),
    ("PUT", "/2025-12-01/functions/showcase/function-scaling-config?Qualifier=1"),
]


def send(url: str, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """Send a request as given, and give the answer's status and body."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(method, path, body=b"{}", headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_listens_on_loopback_alone(showcase: Any) -> None:
    """No other machine reaches it."""
    addresses = {
        connection.laddr.ip
        for connection in psutil.Process(showcase.process.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {"127.0.0.1"} == addresses


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3210", "127.0.0.1.evil.example", "192.0.2.7", ""])
@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/page/api/executions"), ("POST", INVOKE)])
def test_rejects_a_host_that_is_not_loopback(showcase: Any, method: str, path: str, host: str) -> None:
    """A name that leads here for a moment (DNS rebinding) makes another page's requests look like its own."""
    status, _ = send(showcase.url, method, path, {**EVENT, "Host": host})
    assert 400 == status


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "http://localhost:3000", "null"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_rejects_a_write_from_another_origin(showcase: Any, method: str, path: str, origin: str) -> None:
    """Another port of this machine is another origin too."""
    status, body = send(showcase.url, method, path, {**EVENT, "Origin": origin})
    assert 403 == status
    assert "AccessDeniedException" == json.loads(body)["__type"]
    assert origin in json.loads(body)["Message"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_rejects_a_write_that_the_browser_calls_foreign(showcase: Any, method: str, path: str, site: str) -> None:
    """A form's post may come without an origin; the browser says all the same whose it is."""
    status, _ = send(showcase.url, method, path, {**EVENT, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"})
    assert 403 == status


@pytest.mark.parametrize("mode", ["no-cors", "cors"])
def test_rejects_a_read_by_another_page(showcase: Any, mode: str) -> None:
    """Such as a script element or an image whose address is the page's API."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
    status, _ = send(showcase.url, "GET", "/page/api/executions", headers)
    assert 403 == status


def test_opens_for_a_link_on_another_page(showcase: Any) -> None:
    """To follow a link shows the page to the reader, not to the page that had the link."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    status, body = send(showcase.url, "GET", "/", headers)
    assert 200 == status
    assert "Durable executions" in body


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_serves_its_own_page(showcase: Any, host: str) -> None:
    """Under each name of this machine."""
    own = f"{host}:{urlsplit(showcase.url).port}"
    headers = {**EVENT, "Host": own, "Origin": f"http://{own}", "Sec-Fetch-Site": "same-origin"}
    status, _ = send(showcase.url, "POST", INVOKE, headers)
    assert 204 == status


def test_serves_programs_which_send_neither_header(showcase: Any) -> None:
    """The AWS CLI, boto3 and the functions' own processes."""
    status, _ = send(showcase.url, "POST", INVOKE, EVENT)
    assert 204 == status
    status, body = send(showcase.url, "POST", "/", LOGS)
    assert 400 == status
    assert "InvalidParameterException" == json.loads(body)["__type"]


def test_a_page_of_another_origin_gets_nothing(showcase: Any, browser: Any) -> None:
    """In a real browser: no answer can be read, and no execution was started."""
    arn = showcase.run("before", {"charge": False})
    port = urlsplit(showcase.url).port
    with socket.create_server(("127.0.0.1", 0)) as server:
        page = browser.new_page()
        page.route("**/attack", lambda route: route.fulfill(content_type="text/html", body="<title>attack</title>"))
        page.goto(f"http://127.0.0.1:{server.getsockname()[1]}/attack")
        started = "fetch(target, {method: 'POST', mode: 'no-cors', body: '{}'}).then(() => 'sent', () => 'failed')"
        page.evaluate(f"async () => {{ const target = 'http://127.0.0.1:{port}{INVOKE}'; return await {started} }}")
        read = page.evaluate(f"fetch('http://127.0.0.1:{port}/page/api/executions').then(() => 'read', () => 'failed')")
        page.close()
    assert "failed" == read
    found = showcase.client.list_durable_executions_by_function(FunctionName="showcase", ReverseOrder=True)
    assert arn == found["DurableExecutions"][0]["DurableExecutionArn"]


def test_the_page_may_load_and_run_nothing_but_its_own_files(showcase: Any, open_page: Callable[..., Page]) -> None:
    """No inline script or style, no other host, no frame around it, no text made into markup."""
    page = open_page("about:blank")
    answer = page.request.get(f"{showcase.url}/")
    directives = {
        directive.split()[0]: directive.split()[1:]
        for directive in answer.headers["content-security-policy"].split(";")
    }
    assert ["'none'"] == directives["default-src"]
    assert ["'self'"] == directives["script-src"] == directives["style-src"] == directives["connect-src"]
    assert ["'none'"] == directives["frame-ancestors"] == directives["base-uri"] == directives["form-action"]
    assert ["'script'"] == directives["require-trusted-types-for"]
    assert "nosniff" == answer.headers["x-content-type-options"]


@pytest.mark.parametrize(
    "name", ["missing.js", "..%2fpage_api.py", "%2e%2e/page_api.py", "view/..%2fspan.py", "view/__init__.py"]
)
def test_rejects_a_file_that_is_not_the_pages(showcase: Any, name: str) -> None:
    """Whatever way it is written."""
    status, body = send(showcase.url, "GET", f"/page/{name}", {})
    assert status in {404, 501}
    assert "import" not in body


def test_rejects_an_execution_that_is_not_there(showcase: Any) -> None:
    """With AWS's error, which the page shows."""
    arn = "arn:aws:lambda:us-east-1:000000000000:function:showcase:1/durable-execution/none/none"
    status, body = send(showcase.url, "GET", f"/page/api/executions/{quote(arn, safe='')}", {})
    assert 404 == status
    assert "ResourceNotFoundException" == json.loads(body)["__type"]
