"""A project in the working directory, and the commands that read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from durable_mi.cli.group import durable_mi

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., Result]
"""Runs ``durable-mi`` with some arguments."""

SDK = "from aws_durable_execution_sdk_python import durable_execution\n"


class Project:
    """The files of a project, which is the working directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, name: str, text: str) -> Path:
        """Write a file."""
        file = self.directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def workflow(self, name: str, *lines: str, imports: str = "") -> Path:
        """Write a workflow whose body begins in line 6."""
        body = "".join(f"    {line}\n" for line in lines)
        return self.write(
            name, f"{imports or 'import uuid'}\n{SDK}\n@durable_execution\ndef handler(event, context):\n{body}"
        )

    def function(self, asset: str, handler: str = "order.handler", **properties: Any) -> dict[str, Any]:
        """Return a durable function whose code is an asset."""
        return {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": handler,
                "Code": {"S3Bucket": "assets", "S3Key": f"{asset}.zip"},
                "DurableConfig": {"ExecutionTimeout": 60},
                **properties,
            },
        }

    def assembly(self, functions: Mapping[str, dict[str, Any]], assets: Mapping[str, str]) -> Path:
        """Write a cloud assembly of the stack ``Shop``: functions by name, and the paths of assets by key."""
        resources = {
            name: {**function, "Metadata": {"aws:cdk:path": f"Shop/{name}/Resource"}}
            for name, function in functions.items()
        }
        files = {
            key: {"source": {"path": path}, "destinations": {"here": {"objectKey": f"{key}.zip"}}}
            for key, path in assets.items()
        }
        artifact = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region"}
        self.write("cdk.out/manifest.json", json.dumps({"artifacts": {"Shop": artifact}}))
        self.write("cdk.out/Shop.template.json", json.dumps({"Resources": resources}, indent=1))
        self.write("cdk.out/Shop.assets.json", json.dumps({"files": files}))
        return self.directory / "cdk.out"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return an empty project, and go there."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def run(project: Project) -> Run:
    """Run ``durable-mi`` in the project."""
    del project

    def in_project(*arguments: str) -> Result:
        done = CliRunner().invoke(durable_mi, arguments, prog_name="durable-mi")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return in_project
