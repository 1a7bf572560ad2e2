"""The configuration of a function or of one of its versions, as far as releases depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VersionConfiguration"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionConfiguration:
    """What GetFunctionConfiguration returns of ``$LATEST`` or a version.

    Attributes:
        arn: Its ARN, with the qualifier that was asked for.
        published: When it was last modified, which is when a version was published; ``None`` if it is not readable.
        state: The API's ``State``; ``None`` if the answer has none.
        state_reason: Why it is in that state.
        provider: ARN of its capacity provider; ``None`` if it is on none.
        execution_timeout: The longest time of a durable execution; ``None`` if it is not durable.
        memory_mib: Memory of an execution environment; ``None`` if the answer has none.
        gib_per_vcpu: Memory in GiB for each vCPU; ``None`` if the answer has none.
        architecture: Instruction set.
    """

    arn: str
    published: datetime | None
    state: str | None
    state_reason: str | None
    provider: str | None
    execution_timeout: timedelta | None
    memory_mib: int | None
    gib_per_vcpu: float | None
    architecture: str

    @classmethod
    def from_api(cls, answer: Mapping[str, Any]) -> VersionConfiguration:
        """Read a ``FunctionConfiguration``."""
        capacity = (answer.get("CapacityProviderConfig") or {}).get(
            "LambdaManagedInstancesCapacityProviderConfig"
        ) or {}
        timeout = (answer.get("DurableConfig") or {}).get("ExecutionTimeout")
        architectures = answer.get("Architectures") or ["x86_64"]
        return cls(
            arn=answer["FunctionArn"],
            published=_time(answer.get("LastModified")),
            state=answer.get("State"),
            state_reason=answer.get("StateReason"),
            provider=capacity.get("CapacityProviderArn"),
            execution_timeout=None if timeout is None else timedelta(seconds=timeout),
            memory_mib=answer.get("MemorySize"),
            gib_per_vcpu=capacity.get("ExecutionEnvironmentMemoryGiBPerVCpu"),
            architecture=architectures[0],
        )


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time if time.tzinfo else None
