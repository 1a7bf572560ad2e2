"""The smallest synthesized app for one handler: a function, its version and the alias ``live``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.target import DEFAULT_QUALIFIER

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FUNCTION", "write_handler_app"]

FUNCTION: Final = "workflow"
"""The name of the function."""
_CODE: Final = "workflow.zip"
_STACK: Final = "Workflow"
_TIMEOUT_S: Final = 86_400


def write_handler_app(directory: Path, handler: str, source: Path) -> None:
    """Write a cloud assembly.

    Args:
        directory: Where to write it.
        handler: The handler, ``module.function``.
        source: The directory with its code.

    Raises:
        ValueError: The handler is not of this form, or the source is not a directory.
    """
    if "." not in handler.strip("."):
        msg = f"handler must be like app.handler, got {handler!r}"
        raise ValueError(msg)
    if not source.is_dir():
        msg = f"source must be the directory of the handler's code, got {source}"
        raise ValueError(msg)
    template = {"Resources": {"Capacity": {"Type": "AWS::Lambda::CapacityProvider"}, **_function(handler)}}
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": f"{_STACK}.template.json"},
    }
    asset = {
        "source": {"path": str(source.resolve()), "packaging": "zip"},
        "destinations": {"current": {"objectKey": _CODE}},
    }
    for name, content in {
        "manifest.json": {"artifacts": {_STACK: stack}},
        f"{_STACK}.template.json": template,
        f"{_STACK}.assets.json": {"files": {"code": asset}},
    }.items():
        (directory / name).write_text(json.dumps(content), encoding="utf-8")


def _function(handler: str) -> dict[str, Any]:
    provider = {
        "CapacityProviderArn": {"Fn::GetAtt": ["Capacity", "Arn"]},
        "PerExecutionEnvironmentMaxConcurrency": 2,
        "ExecutionEnvironmentMemoryGiBPerVCpu": 4,
    }
    properties = {
        "FunctionName": FUNCTION,
        "Code": {"S3Key": _CODE},
        "Handler": handler,
        "Runtime": f"python3.{sys.version_info.minor}",
        "Timeout": 900,
        "MemorySize": 4096,
        "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
        "DurableConfig": {"ExecutionTimeout": _TIMEOUT_S, "RetentionPeriodInDays": 1},
    }
    alias = {
        "FunctionName": {"Ref": "Function"},
        "Name": DEFAULT_QUALIFIER,
        "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
    }
    return {
        "Function": {"Type": "AWS::Lambda::Function", "Properties": properties},
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}},
        "Alias": {"Type": "AWS::Lambda::Alias", "Properties": alias},
    }
