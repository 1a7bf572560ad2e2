"""A typed client for the calls that operators make."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from durable_mi.operate.connection import Connection
from durable_mi.operate.errors import ServiceError
from durable_mi.operate.execution import Event, Execution, HistoryPage
from durable_mi.operate.logs import LogLine
from durable_mi.operate.stack_functions import StackFunction
from durable_mi.operate.stack_outputs import StackOutputs
from durable_mi.operate.translate_errors import translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_lambda.type_defs import (
        GetDurableExecutionHistoryRequestTypeDef,
        ListDurableExecutionsByFunctionRequestTypeDef,
    )
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilterLogEventsRequestTypeDef

    from durable_mi.operate.endpoint import Endpoint
    from durable_mi.operate.target import Target

__all__ = ["Client"]

_LONGEST_LOG: Final = 2000
"""Maximum number of log lines to read; an execution can write any number."""


_NOT_ITS_OWN: Final = frozenset({"DELETE_COMPLETE", "DELETE_SKIPPED"})
_MOST_EXECUTIONS: Final = 1000
_MOST_EVENTS: Final = 1000
"""API: MaxItems of ListDurableExecutionsByFunction and of GetDurableExecutionHistory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """The Lambda, CloudWatch Logs and CloudFormation calls for one account and region, or for one endpoint.

    Every method raises an :class:`~durable_mi.operate.errors.OperatorError` when it fails. Throttled and interrupted
    requests are retried before that.

    Attributes:
        region: The region that is used.
        address: The endpoint or region, for messages.
        is_loopback: Whether the endpoint is on this machine.
    """

    region: str
    address: str
    is_loopback: bool
    _lambda: LambdaClient
    _logs: CloudWatchLogsClient
    _stacks: CloudFormationClient

    @classmethod
    def connect(cls, *, endpoint: Endpoint | None, profile: str | None, region: str | None) -> Client:
        """Prepare the calls; nothing is sent yet.

        Args:
            endpoint: Where to send the calls. Defaults to AWS. An endpoint on this machine needs no credentials, region
                and proxy, and serves the logs too.
            profile: The profile of the AWS configuration. Defaults to boto3's choice.
            region: The region. Defaults to boto3's choice, then to
                :data:`~durable_mi.operate.connection.LOCAL_REGION` with an endpoint on this machine.
        """
        return cls.over(Connection.open(endpoint=endpoint, profile=profile, region=region))

    @classmethod
    def over(cls, connection: Connection) -> Client:
        """Prepare the calls of a connection; its Lambda client is the one that is used."""
        return cls(
            region=connection.region,
            address=connection.address,
            is_loopback=connection.is_loopback,
            _lambda=connection.functions,
            _logs=connection.logs(),
            _stacks=connection.stacks(),
        )

    def start(self, target: Target, payload: bytes, *, execution_name: str) -> str | None:
        """Start a durable execution asynchronously.

        Args:
            target: The function and its qualifier.
            payload: The input, JSON in UTF-8.
            execution_name: Name of the execution. With a name a retried request cannot start a second execution.

        Returns:
            The durable execution's ARN, or ``None`` if the function is not durable. It was invoked in both cases.
        """
        with self._explained("lambda:InvokeFunction", f"function {target}"):
            answer = self._lambda.invoke(
                FunctionName=target.function,
                Qualifier=target.qualifier,
                InvocationType="Event",
                DurableExecutionName=execution_name,
                Payload=payload,
            )
        return answer.get("DurableExecutionArn")

    def execution(self, arn: str, *, include_data: bool) -> Execution:
        """Read an execution's state, with its input and result if ``include_data`` is true."""
        with self._explained("lambda:GetDurableExecution", f"execution {arn}"):
            answer = self._lambda.get_durable_execution(DurableExecutionArn=arn, IncludeExecutionData=include_data)
            return Execution.from_api(answer)

    def history_page(self, arn: str, *, marker: str | None, newest_first: bool, max_items: int) -> HistoryPage:
        """Read at most ``max_items`` events with the execution data, from ``marker`` on or from one end."""
        request: GetDurableExecutionHistoryRequestTypeDef = {
            "DurableExecutionArn": arn,
            "IncludeExecutionData": True,
            "ReverseOrder": newest_first,
            "MaxItems": max_items,
        }
        if marker is not None:
            request["Marker"] = marker
        with self._explained("lambda:GetDurableExecutionHistory", f"execution {arn}"):
            answer = self._lambda.get_durable_execution_history(**request)
            events = tuple(Event.from_api(event) for event in answer["Events"])
        return HistoryPage(events=events, next_marker=answer.get("NextMarker") or None)

    def executions(self, function: str, *, qualifier: str | None, status: str, limit: int) -> list[str]:
        """Read the ARNs of the newest executions of a function that have one status.

        Args:
            function: Name or ARN of the function.
            qualifier: Version or alias. Defaults to all versions.
            status: One of the API's ``ExecutionStatus`` values.
            limit: How many to read at most.
        """
        request: ListDurableExecutionsByFunctionRequestTypeDef = {
            "FunctionName": function,
            "Statuses": [status],  # type: ignore[list-item] # the command line has checked it
            "ReverseOrder": True,
            "MaxItems": min(limit, _MOST_EXECUTIONS),
        }
        if qualifier is not None:
            request["Qualifier"] = qualifier
        found: list[str] = []
        while len(found) < limit:
            with self._explained("lambda:ListDurableExecutionsByFunction", f"function {function}"):
                answer = self._lambda.list_durable_executions_by_function(**request)
                found += [each["DurableExecutionArn"] for each in answer["DurableExecutions"]]
            # A page may be empty and still have a marker.
            marker = answer.get("NextMarker")
            if not marker:
                break
            request["Marker"] = marker
        return found[:limit]

    def history_document(self, arn: str, *, include_data: bool) -> dict[str, Any]:
        """Read a whole history as the API returns it, oldest event first, with its execution's ARN.

        Args:
            arn: The durable execution's ARN.
            include_data: Whether payloads, errors and reasons are included.
        """
        request: GetDurableExecutionHistoryRequestTypeDef = {
            "DurableExecutionArn": arn,
            "IncludeExecutionData": include_data,
            "MaxItems": _MOST_EVENTS,
        }
        events: list[Any] = []
        while True:
            with self._explained("lambda:GetDurableExecutionHistory", f"execution {arn}"):
                answer = self._lambda.get_durable_execution_history(**request)
                events += answer["Events"]
            marker = answer.get("NextMarker")
            if not marker:
                return {"DurableExecutionArn": arn, "Events": events}
            request["Marker"] = marker

    def stack_outputs(self, stack: str) -> StackOutputs:
        """Read the outputs of a CloudFormation stack.

        Args:
            stack: The stack's name or ARN.
        """
        with self._explained("cloudformation:DescribeStacks", f"stack {stack}"):
            answer = self._stacks.describe_stacks(StackName=stack)
            outputs = answer["Stacks"][0].get("Outputs", [])
            return StackOutputs(stack=stack, values={it["OutputKey"]: it["OutputValue"] for it in outputs})

    def has_stack(self, stack: str) -> bool:
        """Return whether there is a CloudFormation stack of this name."""
        with self._explained("cloudformation:DescribeStacks", f"stack {stack}"):
            try:
                self._stacks.describe_stacks(StackName=stack)
            except ClientError as error:
                if "does not exist" in error.response["Error"].get("Message", ""):
                    return False
                raise
        return True

    def stack_functions(self, stack: str) -> list[StackFunction]:
        """Read the functions of a CloudFormation stack and of those nested in it.

        Args:
            stack: The stack's name or ARN.
        """
        with self._explained("cloudformation:ListStackResources", f"stack {stack}"):
            pages = self._stacks.get_paginator("list_stack_resources").paginate(StackName=stack)
            resources = [each for page in pages for each in page["StackResourceSummaries"]]
            names = {
                each["LogicalResourceId"]: each["PhysicalResourceId"]
                for each in resources
                if each["ResourceType"] == "AWS::Lambda::Function" and _is_own(each)
            }
        template: object = {}
        if names:
            with self._explained("cloudformation:GetTemplate", f"stack {stack}"):
                template = self._stacks.get_template(StackName=stack)["TemplateBody"]
        functions = [StackFunction.read(name, logical_id, template) for logical_id, name in names.items()]
        nested = [
            each["PhysicalResourceId"]
            for each in resources
            if each["ResourceType"] == "AWS::CloudFormation::Stack" and _is_own(each)
        ]
        return [*functions, *(function for each in nested for function in self.stack_functions(each))]

    def every_function(self) -> list[StackFunction]:
        """Read the functions of all stacks; an account can have many, the local runtime has those of one app."""
        with self._explained("cloudformation:ListStacks", "the stacks"):
            pages = self._stacks.get_paginator("list_stacks").paginate()
            names = [each["StackName"] for page in pages for each in page["StackSummaries"] if "ParentId" not in each]
        return [function for name in names for function in self.stack_functions(name)]

    def is_durable(self, function: str) -> bool:
        """Return whether a function has a durable configuration.

        Args:
            function: Its name or ARN.
        """
        with self._explained("lambda:GetFunctionConfiguration", f"function {function}"):
            answer = self._lambda.get_function_configuration(FunctionName=function)
        return bool(answer.get("DurableConfig"))

    def log_group(self, target: Target) -> str:
        """Read the name of the log group that the function writes to."""
        with self._explained("lambda:GetFunctionConfiguration", f"function {target}"):
            answer = self._lambda.get_function_configuration(FunctionName=target.function, Qualifier=target.qualifier)
            return answer.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{target.name}"

    def log_lines(self, log_group: str, *, pattern: str, start_ms: int) -> Sequence[LogLine]:
        """Read the log lines that match a filter pattern, oldest first.

        Args:
            log_group: Name of the log group.
            pattern: CloudWatch Logs filter pattern.
            start_ms: Epoch milliseconds; earlier lines are not returned.
        """
        request: FilterLogEventsRequestTypeDef = {
            "logGroupName": log_group,
            "filterPattern": pattern,
            "startTime": start_ms,
        }
        lines: list[LogLine] = []
        while len(lines) < _LONGEST_LOG:
            with self._explained("logs:FilterLogEvents", f"log group {log_group}"):
                answer = self._logs.filter_log_events(**request)
                events = answer["events"]
                lines += [LogLine.parse(event["message"], timestamp_ms=event["timestamp"]) for event in events]
            token = answer.get("nextToken")
            if not token:
                break
            request["nextToken"] = token
        # CloudWatch Logs merges the log streams of the execution environments by time only roughly.
        return sorted(lines, key=lambda line: line.timestamp)[:_LONGEST_LOG]

    @contextmanager
    def _explained(self, action: str, subject: str) -> Iterator[None]:
        try:
            with translate_errors(action, subject=subject, address=self.address, is_loopback=self.is_loopback):
                yield
        except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RuntimeError) as error:
            # Neither botocore nor this client checks that an answer has the shape that AWS describes.
            msg = f"{self.address} must be an AWS API, got another response to {action}: check the address"
            raise ServiceError(msg) from error


def _is_own(resource: Mapping[str, Any]) -> bool:
    """Return whether a stack has a resource: CloudFormation also lists what was deleted, or left where it was."""
    return "PhysicalResourceId" in resource and resource["ResourceStatus"] not in _NOT_ITS_OWN
