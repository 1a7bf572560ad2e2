"""One call of an API: in its turn, with its errors in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from durable_mi import limits
from durable_mi.operate.calls.pace import PAUSES_S, Pace
from durable_mi.operate.errors import ServiceError
from durable_mi.operate.execution import Execution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from types_boto3_lambda import LambdaClient

    from durable_mi.operate.connection import Connection

__all__ = ["Caller", "given"]

_Answer = TypeVar("_Answer")


class Caller:
    """The calls of one account and region, or of one endpoint.

    Args:
        connection: The account and region, or the endpoint. One on this machine is called without a limit.
        pauses_s: Seconds to wait after each throttled call before it is repeated. Where somebody looks at a page, a
            late answer is worth less than an error.

    Attributes:
        connection: As above.
        functions: The Lambda client.
        lists: The pace of lists.
        histories: The pace of histories.
        reads: The pace of reading single executions.
        stops: The pace of stopping executions.
        changes: The pace of other changes of executions, for which the guide has no rate: the lowest of those it has.
        answers: The pace of answers to callbacks.
    """

    def __init__(self, connection: Connection, *, pauses_s: Sequence[float] = PAUSES_S) -> None:
        def pace(a_second: float) -> Pace:
            return Pace(None if connection.is_loopback else a_second, pauses_s=pauses_s)

        self.connection = connection
        self.functions: LambdaClient = connection.functions
        self.lists = pace(limits.LISTS_A_SECOND)
        self.histories = pace(limits.LISTS_A_SECOND)
        self.reads = pace(limits.STOPS_A_SECOND)
        self.stops = pace(limits.STOPS_A_SECOND)
        self.changes = pace(limits.LISTS_A_SECOND)
        self.answers = pace(limits.CALLBACKS_A_SECOND)

    def call(self, pace: Pace, action: str, subject: str, call: Callable[[], _Answer]) -> _Answer:
        """Make a call.

        Args:
            pace: The pace of its kind.
            action: The IAM action that it needs.
            subject: The subject of the call, such as ``function orders``.
            call: Makes the call, and takes what is needed of the answer.

        Raises:
            OperatorError: It failed, or the answer has not the shape that AWS describes.
        """

        def explained() -> _Answer:
            with self.connection.explained(action, subject):
                return call()

        try:
            return pace.run(explained)
        except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RuntimeError) as error:
            # Neither botocore nor this client checks that an answer has the shape that AWS describes.
            msg = f"{self.connection.address} must be an AWS API, got another response to {action}: check the address"
            raise ServiceError(msg) from error

    def execution(self, arn: str, *, include_data: bool = False) -> Execution:
        """Read an execution's state, with its input and result if ``include_data`` is true."""

        def read() -> Execution:
            answer = self.functions.get_durable_execution(DurableExecutionArn=arn, IncludeExecutionData=include_data)
            return Execution.from_api(answer)

        return self.call(self.reads, "lambda:GetDurableExecution", f"execution {arn}", read)


def given(**parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
    """Return the parameters of a request that have a value."""
    return {key: value for key, value in parameters.items() if value is not None}
