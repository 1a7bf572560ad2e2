"""A synthesized CDK app (its *cloud assembly*, usually ``cdk.out``) or a template, read into frozen dataclasses.

Only files are read: neither the CDK nor Node is needed. Stages are followed, and so are nested stacks whose templates
are in the assembly.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.content.json_object import AssemblyError, JsonObject, kind_of
from durable_mi.cloudformation.content.sections import ShapeError, metadata_of, objects, section
from durable_mi.cloudformation.language.expansion import expand
from durable_mi.cloudformation.language.files import included
from durable_mi.cloudformation.language.loop_values import NO_ARGUMENTS, Arguments, LoopValues
from durable_mi.cloudformation.language.top_level import with_top_level
from durable_mi.cloudformation.language.unread import unread_resource
from durable_mi.cloudformation.resource import Resource, read_resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from durable_mi.cloudformation.language.expansion import Expansion
    from durable_mi.cloudformation.language.unread import Unread

__all__ = ["AssemblyError", "CloudAssembly", "Stack"]

_UNKNOWN_ACCOUNT = "unknown-account"
_UNKNOWN_REGION = "unknown-region"


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of a cloud assembly.

    Attributes:
        name: CloudFormation stack name.
        display_name: The CDK's name for it, the construct path where stages are used.
        account: Twelve digits, ``None`` in a stack without an account.
        region: Region, ``None`` in a stack without one.
        resources: Resources by logical id.
        outputs: The template's ``Outputs``, unresolved.
        parameters: The template's ``Parameters``.
        mappings: The template's ``Mappings``.
        assets: File assets of the stack: object key in the asset bucket to file or directory.
        conditions: The template's ``Conditions``.
        file: The template, ``None`` where it does not come from a file.
        parent: The stack that it is nested in, ``None`` for one that is deployed on its own.
        arguments: What the parent gives for its parameters, in the parent's terms.
        made_by: The logical id of the parent's resource that makes it, empty for one that is deployed on its own.
        nested: The stacks nested in it whose templates are in the assembly, by the logical id of their resource.
        inner: The same in their order. A stack set has one for each group of instances that has its own parameters.
        neighbours: All stacks of the same assembly, itself included.
        description: The template's ``Description``, empty where there is none.
        rules: The template's ``Rules``: assertions over its parameters.
        places: The path in the file of each resource that has not its logical id there, since a loop made it.
        unread: What of the template is not looked into, nested stacks without their template apart.
        metadata: The template's ``Metadata``, ``{}`` where there is none.
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
    conditions: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None
    parent: Stack | None = field(default=None, repr=False, compare=False)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = ""
    nested: dict[str, Stack] = field(default_factory=dict, repr=False, compare=False)
    inner: list[Stack] = field(default_factory=list, repr=False, compare=False)
    neighbours: list[Stack] = field(default_factory=list, repr=False, compare=False)
    description: str = ""
    rules: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict, repr=False)
    unread: tuple[Unread, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of_template(  # noqa: PLR0913 - the attributes of a stack in a manifest
        cls,
        template: Mapping[str, Any],
        *,
        name: str,
        display_name: str | None = None,
        account: str | None = None,
        region: str | None = None,
        assets: Mapping[str, Path] | None = None,
        file: Path | None = None,
        expansion: Expansion | None = None,
    ) -> Stack:
        """Read a template.

        Loops (``Fn::ForEach``) and includes of files beside the template are expanded. What a transform makes beyond
        these is left out, and ``unread`` says so.

        Args:
            template: The template's content.
            name: CloudFormation stack name.
            display_name: The stack's name in messages. Defaults to its name.
            account: Twelve digits. Defaults to an unknown account.
            region: The Region. Defaults to an unknown Region.
            assets: Object key in the asset bucket to file or directory. Defaults to none.
            file: The template's file. Defaults to an unknown file.
            expansion: The template as it is after loops and includes. Defaults to making it.

        Raises:
            ShapeError: A section or a resource is not an object, or a resource has no type.
        """
        expansion = expansion or cls.expanded(template, file)
        template = expansion.template
        resources = section(template, "Resources")
        unread = (unread_resource(*entry) for entry in resources.items() if isinstance(entry[1], dict))
        return cls(
            name=name,
            display_name=display_name or name,
            account=account,
            region=region,
            resources={
                logical_id: read_resource(logical_id, resource)
                for logical_id, resource in resources.items()
                if not logical_id.startswith("Fn::")
            },
            outputs=objects(template, "Outputs"),
            parameters=objects(template, "Parameters"),
            mappings=section(template, "Mappings"),
            assets=assets or {},
            conditions=section(template, "Conditions"),
            file=file,
            description=str(template.get("Description") or ""),
            rules=section(template, "Rules"),
            places=expansion.places,
            unread=(*expansion.unread, *(each for each in unread if each is not None)),
            metadata=metadata_of(template),
        )

    @classmethod
    def expanded(cls, template: Mapping[str, Any], file: Path | None, arguments: Arguments = NO_ARGUMENTS) -> Expansion:
        """Return a template as it is after loops and includes.

        Args:
            template: The template's content.
            file: The template's file, beside which includes are.
            arguments: What a parent gives for its parameters. Defaults to nothing.

        Raises:
            ShapeError: A section that decides over loops is not an object.
        """

        def include(location: str) -> object:
            return included(file, location)

        template = with_top_level(template, include)
        values = LoopValues(section(template, "Parameters"), section(template, "Mappings"), arguments)
        return expand(template, values, include)

    def within(self, parent: Stack, logical_id: str, arguments: Mapping[str, Any]) -> Stack:
        """Return the same as the stack nested in another one, which knows it from then on.

        Args:
            parent: The other stack.
            logical_id: The resource there that makes it.
            arguments: What the parent gives for its parameters, in the parent's terms.
        """
        nested = replace(self, parent=parent, arguments=arguments, made_by=logical_id)
        parent.nested[logical_id] = nested
        parent.inner.append(nested)
        return nested

    def gives(self, arguments: object) -> Arguments:
        """Return what the stack gives to one nested in it, as far as that decides loops.

        Args:
            arguments: Parameter to value, in terms of this stack.
        """
        own = self.parent.gives(self.arguments) if self.parent is not None else NO_ARGUMENTS
        given = arguments if isinstance(arguments, dict) else {}
        return Arguments(given, LoopValues(self.parameters, self.mappings, own))

    @property
    def outermost(self) -> Stack:
        """The stack that is deployed: this one, or the one that it is nested in however deep."""
        return self if self.parent is None else self.parent.outermost

    @property
    def around(self) -> Iterator[Stack]:
        """This stack, and those that it is nested in, from the inside out."""
        stack: Stack | None = self
        while stack is not None:
            yield stack
            stack = stack.parent

    def of_type(self, resource_type: str) -> Iterator[Resource]:
        """Return the stack's resources of one CloudFormation type, in the template's order."""
        return (resource for resource in self.resources.values() if resource.type == resource_type)


@dataclass(frozen=True, slots=True)
class CloudAssembly:
    """What ``cdk synth`` wrote.

    Attributes:
        path: Directory of the assembly.
        stacks: All stacks, those of stages included, in the manifest's order, each followed by those nested in it.
    """

    path: Path
    stacks: tuple[Stack, ...]

    def __post_init__(self) -> None:
        """Let the stacks know each other, since a value of one may be an output of another."""
        for stack in self.stacks:
            stack.neighbours[:] = self.stacks

    @staticmethod
    def is_at(path: Path) -> bool:
        """Return whether a path is a directory that ``cdk synth`` wrote; other tools have a ``manifest.json`` too."""
        try:
            return "artifacts" in JsonObject.read(path / "manifest.json").content
        except AssemblyError:
            return False

    @classmethod
    def read(cls, path: Path, problems: list[AssemblyError] | None = None) -> CloudAssembly:
        """Read a cloud assembly.

        Args:
            path: The directory that ``cdk synth`` wrote, usually ``cdk.out``.
            problems: Takes what is wrong with a part of it, which then costs no other part. Defaults to none: the first
                problem is an error.

        Raises:
            AssemblyError: The directory or its manifest, without ``problems`` also a template, is missing or not what
                the CDK writes.
        """
        if not path.exists():
            msg = (
                f"no cloud assembly at {path}: run `cdk synth` in the app's directory first, or name another with --app"
            )
            raise AssemblyError(msg)
        if not (path / "manifest.json").is_file():
            msg = f"{path} is not a cloud assembly (it has no manifest.json): name the directory that `cdk synth` wrote"
            raise AssemblyError(msg)
        return cls(path=path, stacks=tuple(_read_stacks(path, problems)))


@contextmanager
def _noting(problems: list[AssemblyError] | None) -> Iterator[None]:
    """Take what is wrong with a part, so that the next one is read, if anyone wants to know it."""
    try:
        yield
    except AssemblyError as error:
        if problems is None:
            raise
        problems.append(error)


def _read_stacks(
    directory: Path, problems: list[AssemblyError] | None, around: tuple[Path, ...] = ()
) -> Iterator[Stack]:
    manifest = JsonObject.read(directory / "manifest.json")
    here = directory.resolve()
    if here in around:
        msg = f"{directory} must not be an assembly within itself: run `cdk synth` again"
        raise AssemblyError(msg)
    artifacts = manifest.object("artifacts")
    for name in artifacts.content:
        with _noting(problems):
            artifact = artifacts.object(name)
            match artifact.content.get("type"):
                case "cdk:cloud-assembly":
                    inner = directory / artifact.object("properties").text("directoryName")
                    yield from _read_stacks(inner, problems, (*around, here))
                case "aws:cloudformation:stack":
                    yield from _read_stack(directory, name, artifact, problems)


def _read_stack(
    directory: Path, name: str, artifact: JsonObject, problems: list[AssemblyError] | None
) -> Iterator[Stack]:
    properties = artifact.object("properties")
    template_file = properties.text("templateFile", f"{name}.template.json")
    template = JsonObject.read(directory / template_file).content
    environment = re.fullmatch(r"aws://([^/]+)/(.+)", artifact.text("environment", ""))
    account, region = environment.groups() if environment else (_UNKNOWN_ACCOUNT, _UNKNOWN_REGION)
    assets: dict[str, Path] = {}
    with _noting(problems):
        assets = _read_assets(directory, template_file)
    stack = _stack_of(
        template,
        name=properties.text("stackName", name),
        display_name=artifact.text("displayName", name),
        account=None if account == _UNKNOWN_ACCOUNT else account,
        region=None if region == _UNKNOWN_REGION else region,
        assets=assets,
        file=directory / template_file,
    )
    yield stack
    yield from _read_nested(stack, problems)


def _read_nested(parent: Stack, problems: list[AssemblyError] | None) -> Iterator[Stack]:
    for resource in parent.of_type("AWS::CloudFormation::Stack"):
        with _noting(problems):
            yield from _read_child(parent, resource, problems)


def _read_child(parent: Stack, resource: Resource, problems: list[AssemblyError] | None) -> Iterator[Stack]:
    file = parent.assets.get(_object_key(resource.properties.get("TemplateURL")))
    if file is None:
        return
    if file in {each.file for each in parent.around}:
        msg = f"{file} must not nest itself, as {resource.logical_id} in stack {parent.name} does"
        raise AssemblyError(msg)
    arguments = resource.properties.get("Parameters", {})
    if not isinstance(arguments, dict):
        where = f"Resources/{resource.logical_id}/Properties/Parameters"
        msg = f"{parent.file}: {where} must be an object, got {kind_of(arguments)}: run `cdk synth` again"
        raise AssemblyError(msg)
    nested = _stack_of(
        JsonObject.read(file).content,
        name=f"{parent.name}-{resource.logical_id}",
        account=parent.account,
        region=parent.region,
        assets=parent.assets,
        file=file,
        given=parent.gives(arguments),
    )
    nested = nested.within(parent, resource.logical_id, arguments)
    yield nested
    yield from _read_nested(nested, problems)


def _object_key(url: object) -> str:
    """Return the end of an asset's URL, which the CDK joins from texts and references; empty for anything else."""
    match url:
        case {"Fn::Join": ["", [*_, str(end)]]} | {"Fn::Sub": str(end)} | str(end):
            return end.rpartition("/")[2]
    return ""


def _stack_of(
    template: Mapping[str, Any],
    *,
    file: Path,
    given: Arguments = NO_ARGUMENTS,
    **stack: Any,  # noqa: ANN401 - as of_template says
) -> Stack:
    try:
        return Stack.of_template(template, file=file, expansion=Stack.expanded(template, file, given), **stack)
    except ShapeError as error:
        msg = f"{file}: {error}: run `cdk synth` again"
        raise AssemblyError(msg) from error


def _read_assets(directory: Path, template_file: str) -> dict[str, Path]:
    manifest = directory / template_file.replace(".template.json", ".assets.json")
    if not manifest.is_file():
        return {}
    return {
        destination.text("objectKey"): directory / asset.object("source").text("path")
        for _, asset in JsonObject.read(manifest).object("files").objects()
        if "path" in asset.object("source").content
        for _, destination in asset.object("destinations").objects()
    }
