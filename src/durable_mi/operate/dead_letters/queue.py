"""A dead-letter queue: receive what is in it, release it, remove from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.dead_letters.letter import DeadLetter
from durable_mi.operate.errors import NotFoundError, ServiceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from durable_mi.operate.connection import Connection, QueueClient
    from durable_mi.operate.selection.functions import DurableFunction

__all__ = ["DeadLetterQueue", "queue_arn"]

_BATCH: Final = 10
"""API: MaxNumberOfMessages of ReceiveMessage, and entries of a batch."""

_HIDDEN_S: Final = 120
"""How long others do not receive what was received, unless it is released before."""

_WAIT_S: Final = 1
"""A look that waits asks all servers of the queue."""

_EMPTY_LOOKS: Final = 2
"""Messages of others can become visible meanwhile."""


def queue_arn(connection: Connection, function: DurableFunction) -> str:
    """Return the ARN of the queue that a function's dead letters go to.

    Args:
        connection: The account and region.
        function: The function.

    Raises:
        UsageError: It has none, or a topic, whose messages cannot be read.
        OperatorError: The function cannot be read.
    """
    with connection.explained("lambda:GetFunctionConfiguration", f"function {function.name}"):
        answer: Any = connection.functions.get_function_configuration(FunctionName=function.name)
    target: str = (answer.get("DeadLetterConfig") or {}).get("TargetArn") or ""
    if ":sqs:" not in target:
        msg = (
            f"function {function.label} must have a dead-letter queue, got {target or 'none'}: name another --function"
        )
        raise UsageError(msg)
    return target


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """A queue of SQS.

    Attributes:
        connection: The account and region.
        arn: The queue.
        url: Its address.
    """

    connection: Connection
    arn: str
    url: str
    _sqs: QueueClient

    @classmethod
    def open(cls, connection: Connection, arn: str) -> DeadLetterQueue:
        """Find a queue by its ARN.

        Raises:
            OperatorError: It is not there, or may not be read.
        """
        *_, account, name = arn.split(":")
        sqs = connection.queues()
        with connection.explained("sqs:GetQueueUrl", f"queue {name}"):
            try:
                answer = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)
            except sqs.exceptions.QueueDoesNotExist as error:
                msg = f"{connection.address} has no queue {name}"
                raise NotFoundError(msg) from error
        return cls(connection, arn, answer["QueueUrl"], sqs)

    def receive(self, *, limit: int) -> Sequence[DeadLetter]:
        """Receive what is in the queue; others do not receive it for two minutes, unless it is released.

        Args:
            limit: How many messages at most.

        Raises:
            OperatorError: The queue cannot be read.
        """
        found: dict[str, DeadLetter] = {}
        empty = 0
        while len(found) < limit and empty < _EMPTY_LOOKS:
            with self.connection.explained("sqs:ReceiveMessage", f"queue {self.arn}"):
                answer = self._sqs.receive_message(
                    QueueUrl=self.url,
                    MaxNumberOfMessages=min(_BATCH, limit - len(found)),
                    MessageAttributeNames=["All"],
                    MessageSystemAttributeNames=["SentTimestamp"],
                    VisibilityTimeout=_HIDDEN_S,
                    WaitTimeSeconds=_WAIT_S,
                )
            messages = [DeadLetter.from_api(each) for each in answer.get("Messages", [])]
            empty = 0 if messages else empty + 1
            found |= {each.id: each for each in messages}
        return list(found.values())

    def release(self, letters: Iterable[DeadLetter]) -> None:
        """Let others receive these messages again at once."""
        entries = [
            {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
            for number, each in enumerate(letters)
        ]
        for start in range(0, len(entries), _BATCH):
            with self.connection.explained("sqs:ChangeMessageVisibility", f"queue {self.arn}"):
                self._sqs.change_message_visibility_batch(QueueUrl=self.url, Entries=entries[start : start + _BATCH])

    def remove(self, letter: DeadLetter) -> None:
        """Remove a message for good.

        Raises:
            OperatorError: It could not be removed.
        """
        with self.connection.explained("sqs:DeleteMessage", f"queue {self.arn}"):
            self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=letter.receipt)

    def hidden(self) -> int:
        """Return about how many messages others have received and not removed, beside one's own.

        Raises:
            OperatorError: The queue cannot be read.
        """
        name = "ApproximateNumberOfMessagesNotVisible"
        with self.connection.explained("sqs:GetQueueAttributes", f"queue {self.arn}"):
            answer = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        try:
            return int(answer["Attributes"][name])
        except (KeyError, ValueError) as error:
            msg = f"{self.connection.address} must return {name} of queue {self.arn}, got none"
            raise ServiceError(msg) from error
