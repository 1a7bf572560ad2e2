"""The cloud assembly of the benchmark of long executions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

__all__ = ["write_app"]

HANDLERS: Final = Path(__file__).parent / "long_executions_handlers"


def write_app(directory: Path) -> Path:
    """Write a cloud assembly of the two functions."""
    app = directory / "cdk.out"
    shutil.copytree(HANDLERS, app / "asset.long", ignore=shutil.ignore_patterns("__pycache__"))
    resources: dict[str, Any] = {"Capacity": {"Type": "AWS::Lambda::CapacityProvider"}}
    for name in ("steps", "waits"):
        provider = {
            "CapacityProviderArn": {"Fn::GetAtt": ["Capacity", "Arn"]},
            "PerExecutionEnvironmentMaxConcurrency": 2,
            "ExecutionEnvironmentMemoryGiBPerVCpu": 4,
        }
        resources[name.capitalize()] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": name,
                "Code": {"S3Key": "long.zip"},
                "Handler": f"long.{name}",
                "Runtime": "python3.13",
                "Timeout": 300,
                "MemorySize": 4096,
                "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
                "DurableConfig": {"ExecutionTimeout": 3600, "RetentionPeriodInDays": 3},
            },
        }
        resources[f"{name.capitalize()}Version"] = {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": name.capitalize()}},
        }
        resources[f"{name.capitalize()}Alias"] = {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": {"Ref": name.capitalize()},
                "Name": "live",
                "FunctionVersion": {"Fn::GetAtt": [f"{name.capitalize()}Version", "Version"]},
            },
        }
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "Long.template.json"},
    }
    asset = {
        "source": {"path": "asset.long", "packaging": "zip"},
        "destinations": {"current": {"objectKey": "long.zip"}},
    }
    for file, content in {
        "manifest.json": {"artifacts": {"Long": stack}},
        "Long.template.json": {"Resources": resources},
        "Long.assets.json": {"files": {"long": asset}},
    }.items():
        (app / file).write_text(json.dumps(content))
    return app
