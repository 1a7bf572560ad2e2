"""A local runtime with something to look at, and a real browser to look at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from playwright.sync_api import Browser, BrowserContext, Page
    from types_boto3_lambda import LambdaClient

TOOLS = Path(sys.executable).parent
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


def _template() -> dict[str, Any]:
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


def write_app(directory: Path) -> Path:
    """Write a cloud assembly with the showcase, and return it."""
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
        "Showcase.template.json": _template(),
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

    def __init__(self, app: Path) -> None:
        self.code = app / "asset"
        command = [str(TOOLS / "durable-mi"), "local", "--app", str(app), "--port", "0", "--quiet"]
        self.process = subprocess.Popen(
            [*command, "--environments", "2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.process.kill()
            raise

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

    def stop(self) -> str:
        """End it, and give what it said since it was ready."""
        if self.process.poll() is not None:
            return ""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=60)
        return said


@pytest.fixture(scope="session")
def showcase(showcase_app: Path) -> Iterator[Showcase]:
    """Yield the showcase, served for the whole session."""
    served = Showcase(showcase_app)
    yield served
    served.stop()


@pytest.fixture
def fresh_showcase(showcase_app: Path) -> Iterator[Showcase]:
    """Yield a showcase of the test's own, without executions."""
    served = Showcase(showcase_app)
    yield served
    served.stop()


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


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages; the test fails if one of them wrote an error or a warning to its console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(url: str, *, width: int = 1280, height: int = 800, scheme: Any = "light", **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None,
        )
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [] == complaints


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
