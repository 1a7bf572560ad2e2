"""A local runtime with something to look at, and a real browser to look at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import expect, sync_playwright

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
    from types_boto3_lambda import LambdaClient

TOOLS = Path(sys.executable).parent
expect.set_options(timeout=60_000)

PROCESSES = 4
"""Two environments with two processes each."""

WORKFLOWS = Path(__file__).parent / "workflows"
AXE = TOOLS.parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=PreloadTopChromeWebUI,SpareRendererForSitePerProcess",
)


def _template(tags: Mapping[str, str]) -> dict[str, Any]:
    """One durable function with two environments of two processes."""
    provider = {
        "CapacityProviderArn": {"Fn::GetAtt": ["Capacity", "Arn"]},
        "PerExecutionEnvironmentMaxConcurrency": 2,
        "ExecutionEnvironmentMemoryGiBPerVCpu": 4,
    }
    function = {
        "FunctionName": "showcase",
        "Code": {"S3Key": "showcase.zip"},
        "Handler": "showcase.handler",
        "Runtime": "python3.13",
        "Timeout": 600,
        "MemorySize": 4096,
        "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
        "DurableConfig": {"ExecutionTimeout": 600, "RetentionPeriodInDays": 3},
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    version = {"FunctionName": {"Ref": "Showcase"}}
    alias = {**version, "Name": "live", "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]}}
    return {
        "Resources": {
            "Capacity": {"Type": "AWS::Lambda::CapacityProvider"},
            "Showcase": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Version": {"Type": "AWS::Lambda::Version", "Properties": version},
            "Alias": {"Type": "AWS::Lambda::Alias", "Properties": alias},
        }
    }


def write_app(directory: Path, tags: Mapping[str, str] | None = None) -> Path:
    """Write a cloud assembly with the showcase, and return it.

    Args:
        directory: Where to write it.
        tags: The function's tags. Defaults to none.
    """
    shutil.copytree(WORKFLOWS, directory / "asset", ignore=shutil.ignore_patterns("__pycache__"))
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "Showcase.template.json"},
    }
    asset = {
        "source": {"path": "asset", "packaging": "zip"},
        "destinations": {"current": {"objectKey": "showcase.zip"}},
    }
    for name, content in {
        "manifest.json": {"artifacts": {"Showcase": stack}},
        "Showcase.template.json": _template(tags or {}),
        "Showcase.assets.json": {"files": {"showcase": asset}},
    }.items():
        (directory / name).write_text(json.dumps(content))
    return directory


@pytest.fixture(scope="session")
def showcase_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cloud assembly with the showcase."""
    return write_app(tmp_path_factory.mktemp("showcase") / "cdk.out")


class Showcase:
    """`durable-mi local` with the showcase, in a process of its own."""

    def __init__(self, app: Path, *options: str) -> None:
        self.code = app / "asset"
        command = [str(TOOLS / "durable-mi"), "local", "--app", str(app), "--port", "0", "--quiet"]
        self.process = subprocess.Popen(
            [*command, "--environments", "2", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.process.kill()
            raise
        self._said: list[str] = []
        # Nobody else reads it, and a runtime whose pipe is full stands still.
        self._reader = Thread(target=lambda: self._said.extend(self.process.stdout or ()), daemon=True)
        self._reader.start()

    def _wait_until_ready(self) -> str:
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if ready := re.match(r"Endpoint (http://\S+) is ready", line):
                return ready[1]
        pytest.fail(f"the local runtime ended before it was ready:\n{said}")

    @property
    def client(self) -> LambdaClient:
        """A boto3 client that sends each request once."""
        return boto3.client(
            "lambda",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - a dummy
            config=Config(retries={"max_attempts": 0}, read_timeout=60),
        )

    def start(self, name: str, event: Mapping[str, Any]) -> str:
        """Start an execution asynchronously and give its ARN."""
        return self._invoke(name, event, "Event")

    def run(self, name: str, event: Mapping[str, Any]) -> str:
        """Run an execution to its end and give its ARN."""
        return self._invoke(name, event, "RequestResponse")

    def _invoke(self, name: str, event: Mapping[str, Any], kind: Any) -> str:
        answer = self.client.invoke(
            FunctionName="showcase",
            Qualifier="live",
            InvocationType=kind,
            DurableExecutionName=name,
            Payload=json.dumps(event).encode(),
        )
        return answer["DurableExecutionArn"]

    def clear(self) -> None:
        """Stop what runs and delete every execution."""
        client: Any = self.client  # boto3-stubs does not know every call yet
        pages = client.get_paginator("list_durable_executions_by_function").paginate(FunctionName="showcase")
        listed = [each for page in pages for each in page["DurableExecutions"]]
        for each in listed:
            arn = each["DurableExecutionArn"]
            if each["Status"] in {"RUNNING", "PAUSING", "PAUSED"}:
                client.stop_durable_execution(DurableExecutionArn=arn)
            client.delete_durable_execution(DurableExecutionArn=arn)

    def ready_processes(self) -> int:
        """Return how many processes of ready environments there are."""
        with urlopen(f"{self.url}/page/api/workers", timeout=60) as answer:  # noqa: S310 - the runtime here
            versions = json.load(answer)
        environments = [each for version in versions for each in version["environments"]]
        return sum(len(each["workers"]) for each in environments if each["state"] == "ready")

    def stop(self) -> str:
        """End it, and give what it said since it was ready."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)
        self._reader.join(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return "".join(self._said)


@pytest.fixture(scope="session")
def runtimes(showcase_app: Path) -> Iterator[Callable[[], Showcase]]:
    """Return the one runtime of the session, started anew only if a test has stopped it."""
    started: list[Showcase] = []

    def running() -> Showcase:
        if not started or started[-1].process.poll() is not None:
            started.append(Showcase(showcase_app))
        return started[-1]

    yield running
    for each in started:
        each.stop()


@pytest.fixture
def showcase(runtimes: Callable[[], Showcase]) -> Showcase:
    """Return the showcase, with what earlier tests left there."""
    return runtimes()


@pytest.fixture
def fresh_showcase(showcase: Showcase) -> Showcase:
    """Return the showcase without executions, and with all of its workers ready."""
    showcase.clear()
    eventually(lambda: showcase.ready_processes() == PROCESSES, "all processes are ready")
    return showcase


def find_chromium() -> str | None:
    """Return the path of Chromium; ``None`` if it is not installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    if (chromium := find_chromium()) is None:
        pytest.fail("these tests need Chromium on the PATH, or its path in CHROMIUM: `make chromium` installs it")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def browsing(browser: Browser) -> Iterator[BrowserContext]:
    """Yield what the tests' pages share: a renderer of its own for each page costs more than most tests."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(60_000)
    context.new_page()
    yield context
    context.close()


class Pages:
    """The pages of one test, and what they wrote to their consoles.

    Args:
        browser: Chromium.
        shared: What the tests' pages share; its first page outlives the test.
    """

    def __init__(self, browser: Browser, shared: BrowserContext) -> None:
        self.complaints: list[str] = []
        self._browser = browser
        self._shared = shared
        self._opened: list[Page] = []
        self._contexts: list[BrowserContext] = []

    def open(self, url: str, *, width: int = 1280, height: int = 800, scheme: Any = "light", **options: Any) -> Page:
        """Open a page; with options, such as ``offline``, in a context of its own."""
        page = self._new(options)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.on("pageerror", self._on_error)
        page.on("console", self._on_message)
        page.goto(url)
        return page

    def close(self) -> None:
        """Close them, and leave the first one as it was."""
        for context in self._contexts:
            context.close()
        for page in self._opened[1:]:
            page.close()
        for page in self._opened[:1]:
            if page.url.startswith("http"):
                page.evaluate("localStorage.clear()")
            page.goto("about:blank")
            page.remove_listener("pageerror", self._on_error)
            page.remove_listener("console", self._on_message)

    def _new(self, options: Mapping[str, Any]) -> Page:
        if options:
            self._contexts.append(self._browser.new_context(reduced_motion="reduce", **options))
            self._contexts[-1].set_default_timeout(60_000)
            return self._contexts[-1].new_page()
        self._opened.append(self._shared.new_page() if self._opened else self._shared.pages[0])
        return self._opened[-1]

    def _on_error(self, error: object) -> None:
        self.complaints.append(str(error))

    def _on_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def open_page(browser: Browser, browsing: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Open pages; the test fails if one of them wrote an error or a warning to its console."""
    pages = Pages(browser, browsing)
    yield pages.open
    pages.close()
    assert [] == pages.complaints


@pytest.fixture(scope="session")
def accessibility() -> Callable[[Page], list[str]]:
    """Return what axe finds on a page that is serious or critical."""
    source = AXE.read_text(encoding="utf-8")

    def findings(page: Page) -> list[str]:
        page.evaluate(source)
        violations = page.evaluate("async () => (await axe.run()).violations")
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in violations
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return findings
