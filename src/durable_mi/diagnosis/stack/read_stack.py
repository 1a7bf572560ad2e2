"""Read what is deployed of a stack; nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from durable_mi.diagnosis.account.network import read_network
from durable_mi.diagnosis.account.provider_facts import read_provider
from durable_mi.diagnosis.account.role_policies import read_role
from durable_mi.diagnosis.account.version_facts import VersionFacts
from durable_mi.diagnosis.stack.facts import AlarmFacts, FunctionFacts, StackFacts
from durable_mi.diagnosis.unread import Attempts
from durable_mi.operate.errors import NotFoundError, UsageError
from durable_mi.release.run_pass import look

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.diagnosis.account.calls import Calls
    from durable_mi.release.client import ReleaseClient
    from durable_mi.release.record_store import RecordStore

__all__ = ["StackReader"]

_FUNCTION: Final = "AWS::Lambda::Function"
_ALARM: Final = "AWS::CloudWatch::Alarm"
_STACK: Final = "AWS::CloudFormation::Stack"
_ALARMS_A_CALL: Final = 100
"""API: maximum of AlarmNames of DescribeAlarms."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StackReader:
    """Reads stacks of one account or endpoint.

    Attributes:
        releases: Reads versions, aliases and executions.
        calls: Reads the rest.
        store: Returns where the release record of a function is kept.
    """

    releases: ReleaseClient
    calls: Calls
    store: Callable[[str], RecordStore]

    def read(self, stack: str) -> StackFacts:
        """Read a stack.

        Args:
            stack: Its name or ARN.

        Raises:
            OperatorError: It does not exist, cannot be read, or has no durable function.
        """
        attempts = Attempts()
        status = self.releases.stack(stack).status
        stacks = self._with_nested(stack)
        names = [name for each in stacks for name in self.releases.stack_resources(each, _FUNCTION)]
        functions = tuple(found for name in names if (found := self._function(name, attempts)) is not None)
        if not functions and not attempts.failed:
            got = ", ".join(names) or "no function"
            msg = f"stack {stack} must have a durable function or one on a capacity provider, got {got}: name another"
            raise UsageError(msg)
        alarms = None if self.calls.is_local else attempts.read("the alarms", self._alarms, stacks)
        return StackFacts(name=stack, status=status, functions=functions, alarms=alarms, unread=tuple(attempts.failed))

    def _with_nested(self, stack: str) -> list[str]:
        nested = self.releases.stack_resources(stack, _STACK)
        return [stack, *(name for each in nested for name in self._with_nested(each))]

    def _function(self, name: str, attempts: Attempts) -> FunctionFacts | None:
        """Return a function; ``None`` if it is neither durable nor on a capacity provider, or cannot be read."""
        subject = f"function {name}"
        answer = attempts.read(subject, self.calls.call, "lambda:GetFunctionConfiguration", subject, FunctionName=name)
        if answer is None:
            return None
        configuration = VersionFacts.from_api(answer)
        if configuration.provider is None and not answer.get("DurableConfig"):
            return None
        facts = FunctionFacts(
            name=name,
            configuration=configuration,
            seen=attempts.read(f"the versions of {name}", lambda: look(self.releases, self.store(name), name)),
        )
        facts = self._with_providers(facts, attempts)
        return facts if self.calls.is_local else self._with_account(facts, attempts)

    def _with_providers(self, facts: FunctionFacts, attempts: Attempts) -> FunctionFacts:
        arns = {facts.configuration.provider}
        if facts.seen is not None:
            arns.update(each.provider for each in facts.seen.observed.versions or ())
        found = {
            arn: attempts.read(f"the capacity provider of {facts.name}", read_provider, self.calls, arn)
            for arn in sorted(each for each in arns if each is not None)
        }
        return replace(facts, providers={arn: each for arn, each in found.items() if each is not None})

    def _with_account(self, facts: FunctionFacts, attempts: Attempts) -> FunctionFacts:
        """Add what there is on AWS alone."""
        configuration = facts.configuration
        provider = facts.providers.get(configuration.provider or "")
        if provider is not None:
            network = attempts.read(f"the network of {facts.name}", read_network, self.calls, provider)
            facts = replace(facts, network=network)
        if configuration.role is not None:
            role = attempts.read(f"the role of {facts.name}", read_role, self.calls, configuration.role)
            facts = replace(facts, role=role)
        if configuration.execution_key is not None:
            key = attempts.read(f"the key of {facts.name}", self._key_state, configuration.execution_key)
            facts = replace(facts, key_state=key)
        queue = configuration.dead_letters
        if queue is not None and queue.split(":")[2] == "sqs":
            try:
                count = attempts.read(f"the dead-letter queue of {facts.name}", self._messages, queue)
            except _QueueGoneError:
                return replace(facts, is_queue_gone=True)
            facts = replace(facts, dead_letters=count)
        return facts

    def _messages(self, arn: str) -> int:
        *_, account, name = arn.split(":")
        subject = f"queue {name}"
        try:
            answer = self.calls.call("sqs:GetQueueUrl", subject, QueueName=name, QueueOwnerAWSAccountId=account)
            attributes = self.calls.call(
                "sqs:GetQueueAttributes",
                subject,
                QueueUrl=answer["QueueUrl"],
                AttributeNames=["ApproximateNumberOfMessages"],
            )
        except NotFoundError as error:
            raise _QueueGoneError from error
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])

    def _key_state(self, arn: str) -> str:
        try:
            answer = self.calls.call("kms:DescribeKey", f"key {arn.rpartition('/')[2]}", KeyId=arn)
        except NotFoundError:
            return "Deleted"
        return str(answer["KeyMetadata"].get("KeyState"))

    def _alarms(self, stacks: Sequence[str]) -> tuple[AlarmFacts, ...]:
        names = [name for each in stacks for name in self.releases.stack_resources(each, _ALARM)]
        found = []
        for start in range(0, len(names), _ALARMS_A_CALL):
            found += self.calls.every(
                "cloudwatch:DescribeAlarms",
                "the alarms of the stack",
                "MetricAlarms",
                AlarmNames=names[start : start + _ALARMS_A_CALL],
            )
        return tuple(
            AlarmFacts(name=each["AlarmName"], state=each.get("StateValue", ""), reason=each.get("StateReason") or "")
            for each in found
        )


class _QueueGoneError(Exception):
    """The dead-letter queue does not exist."""
