"""The stacks of a synthesized app, as CloudFormation would show them after a deploy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.local.app.placeholders import ACCOUNT, Placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from durable_mi.cloudformation.assembly import CloudAssembly, Stack

__all__ = ["AppStack", "StackOutput", "StackResource", "app_stacks"]

_NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class StackOutput:
    """One output: its key, its value here, its description and the name that it is exported by, if it has them."""

    name: str
    value: str
    description: str = ""
    export: str = ""


@dataclass(frozen=True, slots=True)
class StackResource:
    """One resource: its logical id, what ``Ref`` returns of it here, its type and its construct path, if it has one."""

    logical_id: str
    physical_id: str
    type: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class AppStack:
    """One stack.

    Attributes:
        name: Its name.
        id: Its ARN.
        resources: What is in it, in the template's order.
        outputs: Its outputs.
        parameters: The values of its parameters.
        description: The template's description, empty where there is none.
        parent: ARN of the stack that it is nested in, ``None`` for one that is deployed on its own.
        root: ARN of the outermost of the stacks that it is nested in, ``None`` as above.
        template: Its template, ``None`` where that is not in the cloud assembly.
    """

    name: str
    id: str
    resources: tuple[StackResource, ...] = ()
    outputs: tuple[StackOutput, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    parent: str | None = None
    root: str | None = None
    template: Path | None = None

    def is_called(self, name: str) -> bool:
        """Return whether this is the stack's name or ARN."""
        return name in {self.name, self.id}


def app_stacks(assembly: CloudAssembly, region: str, account: str = ACCOUNT) -> tuple[AppStack, ...]:
    """Every stack of an app in one region and account, each followed by those nested in it.

    A resource or output whose condition is false is left out. A nested stack whose template is not in the assembly has
    nothing in it.

    Args:
        assembly: The synthesized app.
        region: The region; also that of stacks that name none.
        account: The account; also that of stacks that name none.
    """
    return tuple(
        app_stack
        for stack in assembly.stacks
        if stack.region in {None, region} and stack.account in {None, account}
        for app_stack in _with_absent_nested(stack, Placeholders(stack, region))
    )


def _with_absent_nested(stack: Stack, placeholders: Placeholders) -> Iterator[AppStack]:
    root = placeholders.stack_id(stack.outermost)
    own = AppStack(
        name=stack.name,
        id=placeholders.stack_id(stack),
        resources=tuple(_resources(stack, placeholders)),
        outputs=tuple(_outputs(stack, placeholders)),
        parameters={name: _parameter(stack, name, placeholders) for name in stack.parameters},
        description=stack.description,
        parent=placeholders.stack_id(stack.parent) if stack.parent else None,
        root=root if stack.parent else None,
        template=stack.file,
    )
    yield own
    for resource in own.resources:
        if resource.type == _NESTED and resource.logical_id not in stack.nested:
            name = f"{stack.name}-{resource.logical_id}"
            yield AppStack(name=name, id=resource.physical_id, parent=own.id, root=root)


def _resources(stack: Stack, placeholders: Placeholders) -> Iterator[StackResource]:
    for resource in stack.resources.values():
        if placeholders.facts.exists(resource) is not False:
            physical_id = placeholders.text({"Ref": resource.logical_id})
            yield StackResource(resource.logical_id, physical_id, resource.type, resource.path)


def _outputs(stack: Stack, placeholders: Placeholders) -> Iterator[StackOutput]:
    for name, output in stack.outputs.items():
        condition = output.get("Condition")
        if condition is None or placeholders.facts.condition(condition) is not False:
            value, description = (placeholders.text(output.get(key)) for key in ("Value", "Description"))
            export = (output.get("Export") or {}).get("Name")
            yield StackOutput(name, value, description, "" if export is None else placeholders.text(export))


def _parameter(stack: Stack, name: str, placeholders: Placeholders) -> str:
    is_secret = str(stack.parameters[name].get("NoEcho", "")).lower() == "true"
    return "****" if is_secret else placeholders.text({"Ref": name})
