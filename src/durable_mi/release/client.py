"""The typed calls of a pass: what it reads of functions and stacks, and the few things that it changes."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from durable_mi import limits
from durable_mi.operate.errors import NotFoundError, UsageError
from durable_mi.release.calls.pages import Page, every_item, first_item
from durable_mi.release.calls.provider_limits import ProviderLimits
from durable_mi.release.calls.version_configuration import VersionConfiguration
from durable_mi.release.errors import OutOfTimeError, PartialAnswerError, UnsupportedOperationError
from durable_mi.release.observed import ObservedAlias, ObservedStack
from durable_mi.release.scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_lambda import LambdaClient

    from durable_mi.operate.connection import Connection

__all__ = ["OPEN_STATUSES", "ReleaseClient"]

OPEN_STATUSES: Final = ("RUNNING", "PAUSING", "PAUSED")
"""The statuses of executions that have not ended."""

_EXECUTIONS_A_PAGE: Final = 1000
_Taken = TypeVar("_Taken")
_NOT_ITS_OWN: Final = frozenset({"DELETE_COMPLETE", "DELETE_SKIPPED"})


class ReleaseClient:
    """The calls of the Lambda and CloudFormation APIs.

    Every method raises an :class:`~durable_mi.operate.errors.OperatorError` when it fails, or when the answer is not
    complete. Throttled and interrupted requests are retried before that.

    Args:
        connection: The account and region, or the endpoint.
        may_call: Returns whether there is time for another call. Defaults to no limit.

    Attributes:
        may_call: As above.
        unsupported: The operations that were needed and that the installed boto3 does not know.
    """

    def __init__(self, connection: Connection, *, may_call: Callable[[], bool] = lambda: True) -> None:
        self._connection = connection
        self.may_call = may_call
        self._lambda: LambdaClient = connection.functions
        self._stacks: CloudFormationClient = connection.stacks()
        self.unsupported: set[str] = set()

    def stack_resources(self, stack: str, kind: str) -> tuple[str, ...]:
        """Return the physical ids of a stack's resources of a type, in the order in which CloudFormation lists them.

        What the stack has deleted, or left where it was, is not its own any more.
        """

        def read(marker: str | None) -> Page:
            answer = self._stacks.list_stack_resources(StackName=stack, **_given(NextToken=marker))
            return Page(answer["StackResourceSummaries"], answer.get("NextToken"))

        def take(each: Mapping[str, Any]) -> str | None:
            is_one = each["ResourceType"] == kind and each["ResourceStatus"] not in _NOT_ITS_OWN
            return each.get("PhysicalResourceId") if is_one else None

        found = self._every("cloudformation:ListStackResources", f"stack {stack}", read, take)
        return tuple(each for each in found if each)

    def stack(self, stack: str) -> ObservedStack:
        """Return a stack's status."""
        with self._explained("cloudformation:DescribeStacks", f"stack {stack}"):
            stacks = self._stacks.describe_stacks(StackName=stack)["Stacks"]
        if len(stacks) != 1:
            msg = f"cloudformation:DescribeStacks must return the stack {stack}, got {len(stacks)} stacks"
            raise PartialAnswerError(msg)
        found = stacks[0]
        return ObservedStack(
            name=found["StackName"],
            status=found["StackStatus"],
            updated=found.get("LastUpdatedTime") or found.get("CreationTime"),
        )

    def tags(self, arn: str) -> Mapping[str, str]:
        """Return the tags of a function or a capacity provider.

        GetFunction returns none to callers that may not see them, so it is not asked.
        """
        with self._explained("lambda:ListTags", arn):
            return dict(self._lambda.list_tags(Resource=arn).get("Tags") or {})

    def configuration(self, function: str, version: str | None = None) -> VersionConfiguration:
        """Return the configuration of ``$LATEST``, or of a version."""
        with self._explained("lambda:GetFunctionConfiguration", _subject(function, version)):
            answer = self._lambda.get_function_configuration(FunctionName=function, **_given(Qualifier=version))
            return VersionConfiguration.from_api(answer)

    def versions(self, function: str) -> tuple[str, ...]:
        """Return the numbers of the published versions, oldest first."""

        def read(marker: str | None) -> Page:
            answer = self._lambda.list_versions_by_function(FunctionName=function, **_given(Marker=marker))
            return Page(answer["Versions"], answer.get("NextMarker"))

        def take(each: Mapping[str, Any]) -> int | None:
            number: str = each["Version"]
            return int(number) if number.isdecimal() else None

        found = self._every("lambda:ListVersionsByFunction", f"function {function}", read, take)
        return tuple(str(number) for number in sorted(each for each in found if each is not None))

    def aliases(self, function: str) -> tuple[ObservedAlias, ...]:
        """Return the aliases with their weights."""

        def read(marker: str | None) -> Page:
            answer = self._lambda.list_aliases(FunctionName=function, **_given(Marker=marker))
            return Page(answer["Aliases"], answer.get("NextMarker"))

        def take(each: Mapping[str, Any]) -> ObservedAlias:
            return ObservedAlias(
                name=each["Name"],
                version=each["FunctionVersion"],
                weights=dict((each.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}),
                revision=each["RevisionId"],
            )

        return tuple(self._every("lambda:ListAliases", f"function {function}", read, take))

    def event_age(self, function: str, alias: str) -> timedelta:
        """Return how old an asynchronous event for an alias can become before it starts an execution."""
        try:
            with self._explained("lambda:GetFunctionEventInvokeConfig", _subject(function, alias)):
                answer = self._lambda.get_function_event_invoke_config(FunctionName=function, Qualifier=alias)
        except NotFoundError:
            return timedelta(seconds=limits.MAX_EVENT_AGE_S)
        return timedelta(seconds=answer.get("MaximumEventAgeInSeconds") or limits.MAX_EVENT_AGE_S)

    def scaling(self, function: str, version: str) -> Scaling:
        """Return the numbers that were requested for a version, or else those that are in force."""
        action = "lambda:GetFunctionScalingConfig"
        with self._explained(action, _subject(function, version)):
            answer = self._lambda.get_function_scaling_config(FunctionName=function, Qualifier=version)
        numbers = answer.get("RequestedFunctionScalingConfig") or answer.get("AppliedFunctionScalingConfig") or {}
        minimum, maximum = numbers.get("MinExecutionEnvironments"), numbers.get("MaxExecutionEnvironments")
        if minimum is None:
            msg = f"{action} on {_subject(function, version)} must return a minimum, got none"
            raise PartialAnswerError(msg)
        return Scaling(minimum) if maximum is None else Scaling(minimum, maximum)

    def executions(self, function: str, version: str, status: str) -> tuple[str, ...]:
        """Return the ARNs of all executions of a version that have one status."""
        read = self._executions(function, version, Statuses=[status])

        def take(each: Mapping[str, Any]) -> str:
            if each["Status"] != status:
                msg = f"{_EXECUTIONS} must return executions that are {status}, got {each['Status']}"
                raise PartialAnswerError(msg)
            return str(each["DurableExecutionArn"])

        return tuple(self._every(_EXECUTIONS, _subject(function, version), read, take))

    def has_any_execution(self, function: str, version: str) -> bool:
        """Return whether an execution of a version is listed, whatever its status."""
        subject = _subject(function, version)
        read = self._executions(function, version)
        with self._explained(_EXECUTIONS, subject):
            return first_item(read, f"the executions of {subject}") is not None

    def provider_versions(self, provider: str) -> tuple[str, ...]:
        """Return the ARNs of the versions of all functions that are on a capacity provider."""

        def read(marker: str | None) -> Page:
            answer = self._lambda.list_function_versions_by_capacity_provider(
                CapacityProviderName=provider, **_given(Marker=marker)
            )
            return Page(answer["FunctionVersions"], answer.get("NextMarker"))

        what = f"capacity provider {provider}"
        action = "lambda:ListFunctionVersionsByCapacityProvider"
        return tuple(self._every(action, what, read, lambda each: str(each["FunctionArn"])))

    def provider_limits(self, provider: str) -> ProviderLimits:
        """Return what a capacity provider may run."""
        with self._explained("lambda:GetCapacityProvider", f"capacity provider {provider}"):
            answer = self._lambda.get_capacity_provider(CapacityProviderName=provider)
            return ProviderLimits.from_api(answer["CapacityProvider"])

    def put_scaling(self, function: str, version: str, scaling: Scaling) -> None:
        """Request both numbers of a version: one that is left out would go back to the service's default."""
        _check_number(version)
        with self._explained("lambda:PutFunctionScalingConfig", _subject(function, version)):
            self._lambda.put_function_scaling_config(
                FunctionName=function,
                Qualifier=version,
                FunctionScalingConfig={
                    "MinExecutionEnvironments": scaling.minimum,
                    "MaxExecutionEnvironments": scaling.maximum,
                },
            )

    def delete_version(self, function: str, version: str) -> None:
        """Delete one version. A call without a number would delete the whole function, so it is never made."""
        _check_number(version)
        with self._explained("lambda:DeleteFunction", _subject(function, version)):
            self._lambda.delete_function(FunctionName=function, Qualifier=version)

    def delete_provider(self, provider: str) -> None:
        """Delete a capacity provider, which the service refuses while a version is on it."""
        with self._explained("lambda:DeleteCapacityProvider", f"capacity provider {provider}"):
            self._lambda.delete_capacity_provider(CapacityProviderName=provider)

    def point_alias(self, function: str, alias: ObservedAlias, *, version: str, weights: Mapping[str, float]) -> None:
        """Let an alias name a version, with these weights and no others, if nobody changed it since it was read."""
        _check_number(version)
        with self._explained("lambda:UpdateAlias", _subject(function, alias.name)):
            self._lambda.update_alias(
                FunctionName=function,
                Name=alias.name,
                FunctionVersion=version,
                RoutingConfig={"AdditionalVersionWeights": dict(weights)},
                RevisionId=alias.revision,
            )

    def _executions(self, function: str, version: str, **filters: Any) -> Callable[[str | None], Page]:  # noqa: ANN401
        def read(marker: str | None) -> Page:
            answer = self._lambda.list_durable_executions_by_function(
                FunctionName=function,
                Qualifier=version,
                MaxItems=_EXECUTIONS_A_PAGE,
                **filters,
                **_given(Marker=marker),
            )
            return Page(answer.get("DurableExecutions") or [], answer.get("NextMarker"))

        return read

    def _every(
        self,
        action: str,
        subject: str,
        read: Callable[[str | None], Page],
        take: Callable[[Mapping[str, Any]], _Taken],
    ) -> list[_Taken]:
        """Return what is taken of each item of all pages."""
        with self._explained(action, subject):
            return [take(each) for each in every_item(read, f"{action.partition(':')[2]} of {subject}")]

    @contextmanager
    def _explained(self, action: str, subject: str) -> Iterator[None]:
        service, _, operation = action.partition(":")
        client = self._lambda if service == "lambda" else self._stacks
        if operation not in client.meta.service_model.operation_names:
            self.unsupported.add(action)
            msg = f"boto3 must know {action}, which this version of it does not: nothing is done without it"
            raise UnsupportedOperationError(msg)
        if not self.may_call():
            msg = f"no time is left for {action} on {subject}"
            raise OutOfTimeError(msg)
        with self._connection.explained(action, subject):
            try:
                yield
            except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RuntimeError) as error:
                # Botocore does not check that an answer has the shape that AWS describes.
                msg = f"{action} on {subject} must return what AWS describes, got another answer ({error!r})"
                raise PartialAnswerError(msg) from error


_EXECUTIONS: Final = "lambda:ListDurableExecutionsByFunction"


def _given(**parameters: str | None) -> dict[str, Any]:
    """Return the parameters that have a value."""
    return {name: value for name, value in parameters.items() if value is not None}


def _subject(function: str, qualifier: str | None) -> str:
    return f"function {function}" if qualifier is None else f"function {function}:{qualifier}"


def _check_number(version: str) -> None:
    if not (version.isascii() and version.isdecimal()):
        msg = f"a version must be named by its number, got {version!r}"
        raise UsageError(msg)
