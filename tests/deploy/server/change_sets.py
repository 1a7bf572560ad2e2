"""Executing change sets and deleting stacks with rollback, events and failures, as the CDK CLI expects them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from moto.cloudformation import models
from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import OutputMap
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow

from tests.deploy.server.stack_resources import RollbackFailedError, StackFailedError, StackResources

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
    resources.cross_stack_resources = backend.exports
    _set_status(stack, f"{kind}_IN_PROGRESS", "User Initiated")
    if kind == "UPDATE":
        # moto answers with what a stack has.
        setattr(stack, "last_updated_time", utcnow())  # noqa: B010 - moto has no such attribute
    try:
        resources.deploy(change_set.template_dict, change_set.parameters)
    except StackFailedError as error:
        end = "ROLLBACK_FAILED" if isinstance(error, RollbackFailedError) else "ROLLBACK_COMPLETE"
        _set_status(stack, end if kind == "CREATE" else f"UPDATE_{end}", str(error))
    else:
        stack.template = change_set.template
        stack.template_dict = change_set.template_dict
        stack.parameters = change_set.parameters
        stack.description = change_set.template_dict.get("Description")
        stack.tags = change_set.tags or {}
        stack.output_map = OutputMap(resources, stack.template_dict, stack.stack_id)
        backend.exports |= {export.name: export for export in stack.exports}
        _set_status(stack, f"{kind}_COMPLETE")
    change_set.execution_status = "EXECUTE_COMPLETE"


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


def _found(response: CloudFormationResponse) -> str:
    arn = _named(response)
    if arn is None:
        code = "ChangeSetNotFound"
        msg = f"ChangeSet [{response._get_param('ChangeSetName')}] does not exist"  # noqa: SLF001 - moto's way
        raise CloudFormationError(code, msg)
    return arn


def _named(response: CloudFormationResponse) -> str | None:
    """Return the ARN of the change set that a request names; moto ignores the stack, and the CLI reuses the name."""
    name, stack = response._get_param("ChangeSetName"), response._get_param("StackName")  # noqa: SLF001 - moto's way
    for arn, change_set in response.cloudformation_backend.change_sets.items():
        if name == arn or (name, stack) in {
            (change_set.change_set_name, change_set.stack_name),
            (change_set.change_set_name, change_set.stack_id),
        }:
            return arn
    return None


def _describe(response: CloudFormationResponse) -> ActionResult:
    return ActionResult(response.cloudformation_backend.describe_change_set(_found(response)))


def _execute(response: CloudFormationResponse) -> ActionResult:
    response.cloudformation_backend.execute_change_set(_found(response))
    return EmptyResult()


def _delete(response: CloudFormationResponse) -> ActionResult:
    # moto breaks where there is none of that name; CloudFormation does nothing then.
    response.cloudformation_backend.change_sets.pop(_named(response) or "", None)
    return EmptyResult()


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
        (CloudFormationBackend, "delete_stack", _delete_stack),
        (CloudFormationResponse, "describe_change_set", _describe),
        (CloudFormationResponse, "execute_change_set", _execute),
        (CloudFormationResponse, "delete_change_set", _delete),
    ):
        setattr(owner, name, replacement)
