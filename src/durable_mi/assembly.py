"""A synthesized CDK app (its *cloud assembly*, usually ``cdk.out``) read into frozen dataclasses.

Only files are read: neither the CDK nor Node is needed. Stages are followed; nested stacks are not.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["AssemblyError", "CloudAssembly", "Resource", "Stack"]

_UNKNOWN_ACCOUNT = "unknown-account"
_UNKNOWN_REGION = "unknown-region"


class AssemblyError(Exception):
    """A path that holds no readable cloud assembly; the message says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a template, with its intrinsic functions unresolved.

    Attributes:
        logical_id: key in the template's ``Resources``.
        type: CloudFormation type, such as ``AWS::Lambda::Function``.
        properties: the template's ``Properties``, ``{}`` where there are none.
        path: construct path that the CDK notes in the metadata, ``None`` in templates written by hand.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    path: str | None


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of a cloud assembly.

    Attributes:
        name: CloudFormation stack name.
        display_name: the CDK's name for it, the construct path where stages are used.
        account: twelve digits, ``None`` in a stack without an account.
        region: region, ``None`` in a stack without one.
        resources: resources by logical id.
        outputs: the template's ``Outputs``, unresolved.
        parameters: the template's ``Parameters``.
        mappings: the template's ``Mappings``.
        assets: file assets of the stack: object key in the asset bucket to file or directory.
    """

    name: str
    display_name: str
    account: str | None
    region: str | None
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    assets: Mapping[str, Path] = field(default_factory=dict)

    def of_type(self, resource_type: str) -> Iterator[Resource]:
        """The stack's resources of one CloudFormation type, in the template's order."""
        return (resource for resource in self.resources.values() if resource.type == resource_type)


@dataclass(frozen=True, slots=True)
class CloudAssembly:
    """What ``cdk synth`` wrote.

    Attributes:
        path: directory of the assembly.
        stacks: all stacks, those of stages included, in the manifest's order.
    """

    path: Path
    stacks: tuple[Stack, ...]

    @classmethod
    def read(cls, path: Path) -> CloudAssembly:
        """Read a cloud assembly.

        Args:
            path: the directory that ``cdk synth`` wrote, usually ``cdk.out``.

        Raises:
            AssemblyError: the directory, its manifest or a template is missing or not what the CDK writes.
        """
        if not path.exists():
            msg = (
                f"no cloud assembly at {path}: run `cdk synth` in the app's directory first, or name another with --app"
            )
            raise AssemblyError(msg)
        if not (path / "manifest.json").is_file():
            msg = f"{path} is not a cloud assembly (it has no manifest.json): name the directory that `cdk synth` wrote"
            raise AssemblyError(msg)
        return cls(path=path, stacks=tuple(_read_stacks(path)))


def _read_stacks(directory: Path) -> Iterator[Stack]:
    artifacts = _read_object(directory / "manifest.json").get("artifacts", {})
    for name, artifact in artifacts.items():
        match artifact.get("type"):
            case "cdk:cloud-assembly":
                yield from _read_stacks(directory / artifact["properties"]["directoryName"])
            case "aws:cloudformation:stack":
                yield _read_stack(directory, name, artifact)


def _read_stack(directory: Path, name: str, artifact: Mapping[str, Any]) -> Stack:
    properties = artifact.get("properties", {})
    template_file = properties.get("templateFile", f"{name}.template.json")
    template = _read_object(directory / template_file)
    environment = re.fullmatch(r"aws://([^/]+)/(.+)", artifact.get("environment", ""))
    account, region = environment.groups() if environment else (_UNKNOWN_ACCOUNT, _UNKNOWN_REGION)
    return Stack(
        name=properties.get("stackName", name),
        display_name=artifact.get("displayName", name),
        account=None if account == _UNKNOWN_ACCOUNT else account,
        region=None if region == _UNKNOWN_REGION else region,
        resources={
            logical_id: Resource(
                logical_id=logical_id,
                type=resource["Type"],
                properties=resource.get("Properties", {}),
                path=resource.get("Metadata", {}).get("aws:cdk:path"),
            )
            for logical_id, resource in template.get("Resources", {}).items()
        },
        outputs=template.get("Outputs", {}),
        parameters=template.get("Parameters", {}),
        mappings=template.get("Mappings", {}),
        assets=_read_assets(directory, template_file),
    )


def _read_assets(directory: Path, template_file: str) -> dict[str, Path]:
    manifest = directory / template_file.replace(".template.json", ".assets.json")
    if not manifest.is_file():
        return {}
    return {
        destination["objectKey"]: directory / asset["source"]["path"]
        for asset in _read_object(manifest).get("files", {}).values()
        if "path" in asset.get("source", {})
        for destination in asset.get("destinations", {}).values()
    }


def _read_object(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{file} cannot be read ({error.strerror}): run `cdk synth` again"
        raise AssemblyError(msg) from error
    except ValueError as error:
        msg = f"{file} is not JSON ({error}): run `cdk synth` again"
        raise AssemblyError(msg) from error
    if not isinstance(content, dict):
        msg = f"{file} must hold a JSON object, got {type(content).__name__}: run `cdk synth` again"
        raise AssemblyError(msg)
    return content
