"""Executing change sets and deleting stacks with rollback, events and failures, as the CDK CLI expects them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from moto.cloudformation import models
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import OutputMap

from tests.deploy.server.stack_resources import StackFailedError, StackResources

if TYPE_CHECKING:
    from moto.cloudformation.models import ChangeSet

__all__ = ["deploy_like_cloudformation"]


def _execute_change_set(
    backend: CloudFormationBackend,
    change_set_name: str,
    stack_name: str | None = None,  # noqa: ARG001 - moto's signature
) -> None:
    change_set = cast("ChangeSet", backend.describe_change_set(change_set_name))
    stack = backend.stacks[change_set.stack_id]
    kind = change_set.change_set_type
    resources = _resources(stack)
    _set_status(stack, f"{kind}_IN_PROGRESS", "User Initiated")
    try:
        resources.deploy(change_set.template_dict, change_set.parameters)
    except StackFailedError as error:
        _set_status(stack, "ROLLBACK_COMPLETE" if kind == "CREATE" else "UPDATE_ROLLBACK_COMPLETE", str(error))
    else:
        stack.template = change_set.template
        stack.template_dict = change_set.template_dict
        stack.parameters = change_set.parameters
        stack.description = change_set.template_dict.get("Description")
        stack.tags = change_set.tags or {}
        stack.output_map = OutputMap(resources, stack.template_dict, stack.stack_id)
        _set_status(stack, f"{kind}_COMPLETE")
    change_set.execution_status = "EXECUTE_COMPLETE"


def _delete_change_set(backend: CloudFormationBackend, change_set_name: str) -> None:
    # moto breaks where there is none of that name; CloudFormation does nothing then.
    for arn, change_set in list(backend.change_sets.items()):
        if change_set_name in {arn, change_set.change_set_name}:
            del backend.change_sets[arn]


def _delete_stack(backend: CloudFormationBackend, name_or_stack_id: str) -> None:
    for stack in list(backend.stacks.values()):
        if name_or_stack_id in {stack.name, stack.stack_id}:
            _set_status(stack, "DELETE_IN_PROGRESS", "User Initiated")
            try:
                _resources(stack).delete()
            except StackFailedError as error:
                _set_status(stack, "DELETE_FAILED", str(error))
            else:
                _set_status(stack, "DELETE_COMPLETE")
                backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)


def _resources(stack: Stack) -> StackResources:
    resources = cast("StackResources", stack.resource_map)
    resources.stack = stack
    return resources


def _set_status(stack: Stack, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack._add_stack_event(status, reason)  # noqa: SLF001 - moto offers no other way


def deploy_like_cloudformation() -> None:
    """Put this in the place of moto's own way."""
    for owner, name, replacement in (
        (models, "ResourceMap", StackResources),
        (CloudFormationBackend, "execute_change_set", _execute_change_set),
        (CloudFormationBackend, "delete_change_set", _delete_change_set),
        (CloudFormationBackend, "delete_stack", _delete_stack),
    ):
        setattr(owner, name, replacement)
