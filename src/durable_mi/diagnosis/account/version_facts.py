"""What a version of a function is, as far as a diagnosis depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.release.guards import ACTIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.diagnosis.account.calls import Calls
    from durable_mi.release.scaling import Scaling

__all__ = ["VersionFacts", "read_version"]

_RUNS: Final = frozenset({ACTIVE, "Pending"})


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionFacts:
    """The configuration of a version.

    Attributes:
        name: The function's name.
        version: Its number, or ``$LATEST``.
        arn: The function's ARN without a qualifier.
        state: The API's ``State``; ``None`` if the answer has none.
        state_reason: Why it is in that state.
        timeout_s: Timeout of an invocation in seconds.
        provider: ARN of its capacity provider; ``None`` if it is on none.
        role: ARN of its execution role.
        log_group: Name of its log group.
        dead_letters: ARN of its dead-letter queue or topic; ``None`` without one.
        execution_key: ARN of the key of its execution data; ``None`` without one.
    """

    name: str
    version: str
    arn: str
    state: str | None = None
    state_reason: str | None = None
    timeout_s: int | None = None
    provider: str | None = None
    role: str | None = None
    log_group: str | None = None
    dead_letters: str | None = None
    execution_key: str | None = None

    @classmethod
    def from_api(cls, answer: Mapping[str, Any]) -> VersionFacts:
        """Read a ``FunctionConfiguration``."""
        capacity = (answer.get("CapacityProviderConfig") or {}).get(
            "LambdaManagedInstancesCapacityProviderConfig"
        ) or {}
        return cls(
            name=answer["FunctionName"],
            version=answer["Version"],
            arn=":".join(answer["FunctionArn"].split(":")[:7]),
            state=answer.get("State"),
            state_reason=answer.get("StateReason"),
            timeout_s=answer.get("Timeout"),
            provider=capacity.get("CapacityProviderArn"),
            role=answer.get("Role"),
            log_group=(answer.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{answer['FunctionName']}",
            dead_letters=(answer.get("DeadLetterConfig") or {}).get("TargetArn"),
            execution_key=(answer.get("DurableConfig") or {}).get("KMSKeyArn"),
        )

    @property
    def because(self) -> str:
        """Its state's reason, to be put behind the state."""
        return f" ({self.state_reason.rstrip('.')})" if self.state_reason else ""

    def is_stopped(self, scaling: Scaling | None) -> bool:
        """Return whether nothing can run on it; what is unknown is no reason to say so."""
        if scaling is not None and scaling.maximum == 0:
            return True
        return self.state is not None and self.state not in _RUNS


def read_version(calls: Calls, function: str, qualifier: str) -> VersionFacts:
    """Read a version by its number or by an alias."""
    answer = calls.call(
        "lambda:GetFunctionConfiguration",
        f"function {function}:{qualifier}",
        FunctionName=function,
        Qualifier=qualifier,
    )
    return VersionFacts.from_api(answer)
