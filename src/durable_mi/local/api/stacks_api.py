"""The CloudFormation API's reads: stacks, their resources, outputs and templates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from durable_mi.local.api.query_protocol import QueryError, QueryForm, QueryRoute, query_error, query_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from durable_mi.local.app.stacks import AppStack, StackOutput, StackResource

__all__ = ["StacksApi"]

_STATUS = "CREATE_COMPLETE"
_PAGE = 100
_Item = TypeVar("_Item")


class StacksApi:
    """Shows the app's stacks with the names and values that the local runtime answers to.

    Args:
        stacks: Every stack that the endpoint serves, nested ones included.
    """

    def __init__(self, stacks: Sequence[AppStack]) -> None:
        self._stacks = stacks
        self._created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.calls = {
            "DescribeStacks": self._describe_stacks,
            "ListStacks": self._list_stacks,
            "ListStackResources": self._list_resources,
            "DescribeStackResources": self._describe_resources,
            "DescribeStackResource": self._describe_resource,
            "GetTemplate": self._get_template,
        }

    def routes(self) -> list[Route]:
        """Return the path of the API; the call's name is in the form."""
        return [QueryRoute("/", self.call, methods=["POST"])]

    async def call(self, request: Request) -> Response:
        """Serve one call."""
        try:
            form = await QueryForm.read(request)
            action = form.get("Action") or ""
            return query_response(action, self.calls.get(action, _not_served)(form))
        except QueryError as error:
            return query_error(error)

    def _describe_stacks(self, form: QueryForm) -> dict[str, object]:
        name = form.get("StackName")
        stacks = self._stacks if name is None else [self._stack(name)]
        listed, token = _page(stacks, form)
        return {"Stacks": [self._described(stack) for stack in listed], "NextToken": token}

    def _list_stacks(self, form: QueryForm) -> dict[str, object]:
        statuses = form.members("StackStatusFilter")
        listed, token = _page(self._stacks if not statuses or _STATUS in statuses else [], form)
        return {
            "StackSummaries": [
                {**self._header(stack), "TemplateDescription": stack.description or None} for stack in listed
            ],
            "NextToken": token,
        }

    def _list_resources(self, form: QueryForm) -> dict[str, object]:
        listed, token = _page(self._stack(form.required("StackName")).resources, form)
        return {
            "StackResourceSummaries": [self._resource(each, "LastUpdatedTimestamp") for each in listed],
            "NextToken": token,
        }

    def _describe_resources(self, form: QueryForm) -> dict[str, object]:
        name, physical_id = form.get("StackName"), form.get("PhysicalResourceId")
        if (name is None) == (physical_id is None):
            msg = "one of StackName and PhysicalResourceId must be given"
            raise QueryError(msg)
        stack = self._stack(name) if name is not None else self._stack_with(str(physical_id))
        logical_id = form.get("LogicalResourceId")
        resources = stack.resources if logical_id is None else (_resource_of(stack, logical_id),)
        return {
            "StackResources": [
                {"StackName": stack.name, "StackId": stack.id, **self._resource(each, "Timestamp")}
                for each in resources[:_PAGE]
            ]
        }

    def _describe_resource(self, form: QueryForm) -> dict[str, object]:
        name = form.required("StackName")
        if not any(stack.is_called(name) for stack in self._stacks):
            msg = f"Stack '{name}' does not exist"
            raise QueryError(msg)
        stack = self._stack(name)
        resource = _resource_of(stack, form.required("LogicalResourceId"))
        metadata = {} if resource.path is None else {"aws:cdk:path": resource.path}
        return {
            "StackResourceDetail": {
                "StackName": stack.name,
                "StackId": stack.id,
                **self._resource(resource, "LastUpdatedTimestamp"),
                "Metadata": json.dumps(metadata),
            }
        }

    def _get_template(self, form: QueryForm) -> dict[str, object]:
        stack = self._stack(form.required("StackName"))
        if stack.template is None:
            msg = f"the template of stack {stack.name} is not in the cloud assembly"
            raise QueryError(msg)
        try:
            body = stack.template.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            msg = f"the template of stack {stack.name} cannot be read: {error}"
            raise QueryError(msg) from error
        return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}

    def _stack(self, name: str) -> AppStack:
        for stack in self._stacks:
            if stack.is_called(name):
                return stack
        msg = f"Stack with id {name} does not exist"
        raise QueryError(msg)

    def _stack_with(self, physical_id: str) -> AppStack:
        for stack in self._stacks:
            if any(resource.physical_id == physical_id for resource in stack.resources):
                return stack
        msg = f"Stack for {physical_id} does not exist"
        raise QueryError(msg)

    def _header(self, stack: AppStack) -> dict[str, object]:
        return {
            "StackId": stack.id,
            "StackName": stack.name,
            "CreationTime": self._created,
            "StackStatus": _STATUS,
            "ParentId": stack.parent,
            "RootId": stack.root,
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        }

    def _described(self, stack: AppStack) -> dict[str, object]:
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()]
        return {
            **self._header(stack),
            "Description": stack.description or None,
            "Parameters": parameters or None,
            # A stack without outputs has no member of this name, as on AWS.
            "Outputs": [_output(output) for output in stack.outputs] or None,
        }

    def _resource(self, resource: StackResource, time: str) -> dict[str, object]:
        return {
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type,
            time: self._created,
            "ResourceStatus": _STATUS,
            "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
        }


def _not_served(form: QueryForm) -> dict[str, object]:
    msg = f"the local runtime does not serve {form.get('Action') or 'a request without Action'}"
    raise QueryError(msg, "NotImplemented", 501)


def _output(output: StackOutput) -> dict[str, object]:
    return {
        "OutputKey": output.name,
        "OutputValue": output.value,
        "Description": output.description or None,
        "ExportName": output.export or None,
    }


def _resource_of(stack: AppStack, logical_id: str) -> StackResource:
    for resource in stack.resources:
        if resource.logical_id == logical_id:
            return resource
    msg = f"Resource {logical_id} does not exist for stack {stack.name}"
    raise QueryError(msg)


def _page(items: Sequence[_Item], form: QueryForm) -> tuple[Sequence[_Item], str | None]:
    """Return the page that the form asks for, and what to ask for to get the next one."""
    token = form.get("NextToken") or "0"
    if not (token.isascii() and token.isdecimal()):
        msg = f"NextToken must be from an earlier response, got {token}"
        raise QueryError(msg)
    end = int(token) + _PAGE
    return items[int(token) : end], str(end) if end < len(items) else None
