"""Whether a stack is ready for durable executions, and in words what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from durable_mi import testing
from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import Report, known_rules
from durable_mi.testing.readiness import assert_ready
from durable_mi_constructs.preflight import PLUGIN_NAME
from durable_mi_constructs.testing.stack_template import read_stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs import IConstruct

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.preflight.report import Diagnostic
    from durable_mi_constructs.testing.stack_template import GivenStack

__all__ = ["assert_durable_ready"]


def assert_durable_ready(stack: GivenStack, *, ignore: Iterable[str] = ()) -> None:
    """Fail unless a stack has a durable function and preflight finds nothing in it, neither errors nor warnings.

    Of a stack, its nested stacks are checked too, the app's other stacks are read as far as they are connected with it,
    and findings that are acknowledged with ``cdk.Validations.of(construct).acknowledge(...)`` are left out. None of
    this is possible for an ``assertions.Template``.

    Args:
        stack: The stack, or what ``Template.from_stack`` returned for it. Its app is synthesized.
        ignore: Ids of preflight rules to leave out, such as ``["DMI112"]``. Defaults to none.

    Raises:
        AssertionError: There is no durable function, or preflight finds something. The message says what must hold,
            what came and how to fix it, for each construct.
        TypeError: ``stack`` is neither, or ``ignore`` is one string.
        ValueError: ``ignore`` names a rule that does not exist.
    """
    ignored = known_rules(ignore)
    content = read_stack(stack)
    if not isinstance(stack, cdk.Stack):
        testing.assert_durable_ready(content, ignore=ignored)
        return
    every = list(_templates(stack))
    templates = [template for template, is_own in every if is_own]
    # The app's other stacks are read too: a policy in one of them may be what a role in this one needs.
    results = Report.of((template for template, _ in every), ignored=ignored).results
    places = [place for result, (_, is_own) in zip(results, every, strict=True) if is_own for place in result.places]
    # Most tests find nothing, and then the tree is not walked.
    constructs = _constructs(stack) if places else {}
    found = []
    for place in places:
        construct = constructs.get((place.template.file.name, place.logical_id))
        if construct is None:
            found.append((place.logical_id, place))
        elif not _is_acknowledged(place, construct):
            found.append((f"{construct.node.path} ({place.logical_id})", place))
    assert_ready(stack.node.path, templates, found)


def _templates(stack: cdk.Stack) -> Iterator[tuple[Template, bool]]:
    """Yield the templates of the assembly, which know each other, and whether each is the stack's or nested in it."""
    stage = cdk.Stage.of(stack)
    if stage is None:
        msg = f"stack must be in an App or a Stage, got {stack.node.path} without one: create it in an App"
        raise ValueError(msg)
    directory = Path(stage.synth().directory)
    file = directory / stack.template_file
    for read in CloudAssembly.read(directory).stacks:
        if read.file is not None:
            yield Template(read, read.file), file in _files(read)


def _files(stack: Stack) -> Iterator[Path | None]:
    """Yield the template of a stack and those of the stacks that it is nested in."""
    yield stack.file
    if stack.parent is not None:
        yield from _files(stack.parent)


def _constructs(stack: cdk.Stack) -> Mapping[tuple[str, str], IConstruct]:
    """Return the constructs of the resources, by the name of the template and the logical id."""
    return {
        (element.stack.template_file, str(element.stack.resolve(element.logical_id))): element
        for element in stack.node.find_all()
        if isinstance(element, cdk.CfnResource)
    }


def _is_acknowledged(place: Diagnostic, construct: IConstruct) -> bool:
    """Return whether the rule is acknowledged on the construct or on a parent."""
    return any(
        f"{PLUGIN_NAME}::{place.rule.id}" in entry.data
        for scope in construct.node.scopes
        for entry in scope.node.metadata
        if entry.type == cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    )
