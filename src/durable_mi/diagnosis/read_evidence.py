"""Read what is known of an execution. First the execution itself; the rest only where that does not explain it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from durable_mi.diagnosis.account.metrics import read_metrics
from durable_mi.diagnosis.account.network import read_network
from durable_mi.diagnosis.account.platform_log import PATTERN, platform_lines
from durable_mi.diagnosis.account.provider_facts import read_provider
from durable_mi.diagnosis.account.role_policies import read_role
from durable_mi.diagnosis.account.version_facts import read_version
from durable_mi.diagnosis.evidence import DELAY, Evidence, Pause
from durable_mi.diagnosis.unread import Attempts
from durable_mi.operate.execution import Execution
from durable_mi.operate.follow import read_history
from durable_mi.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.diagnosis.account.calls import Calls
    from durable_mi.diagnosis.account.network import Network
    from durable_mi.operate.client import Client
    from durable_mi.release.client import ReleaseClient

__all__ = ["EvidenceReader"]

_DEEPEST: Final = 5
"""How many chained invokes are followed, one in the other."""

_LOG: Final = timedelta(hours=1)
"""How far back the platform's lines are read; what is wrong now is among them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceReader:
    """Reads executions of one account or endpoint.

    Attributes:
        client: Reads executions, histories and logs.
        releases: Reads the numbers of versions.
        calls: Reads the rest.
        records: Returns the local runtime's own records of an execution, as arguments of ``Timeline.build``; without
            an endpoint on this machine it returns none.
        clock: Returns the time.
    """

    client: Client
    releases: ReleaseClient
    calls: Calls
    records: Callable[[str], Mapping[str, Any]] = lambda _: {}
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def read(self, arn: str) -> Evidence:
        """Read an execution, and those that it waits for.

        Raises:
            OperatorError: The execution or its history cannot be read.
        """
        return self._read(arn, seen=frozenset())

    def _read(self, arn: str, *, seen: frozenset[str]) -> Evidence:
        answer = self.calls.call(
            "lambda:GetDurableExecution", f"execution {arn}", DurableExecutionArn=arn, IncludeExecutionData=True
        )
        events = read_history(self.client, arn)
        timeline = Timeline.build(Execution.from_api(answer), events, now=self.clock(), **self.records(arn))
        evidence = Evidence(
            timeline=timeline,
            pause=_pause(answer),
            expires=answer.get("ExpectedExecutionTimeoutTimestamp"),
            is_local=self.calls.is_local,
        )
        if evidence.execution.has_ended:
            return evidence
        attempts = Attempts()
        evidence = self._with_version(evidence, attempts)
        if not self.calls.is_local and _is_unexplained(evidence):
            evidence = self._with_surroundings(evidence, attempts)
        child = self._child(evidence, attempts, seen | {arn})
        return replace(evidence, child=child, unread=tuple(attempts.failed))

    def _with_version(self, evidence: Evidence, attempts: Attempts) -> Evidence:
        function, version = evidence.timeline.function_name, evidence.timeline.version
        facts = attempts.read("the version", read_version, self.calls, function, version)
        scaling = None
        if version != "$LATEST" and (facts is None or facts.provider is not None):
            scaling = attempts.read("its execution environments", self.releases.scaling, function, version)
        return replace(evidence, version=facts, scaling=scaling)

    def _with_surroundings(self, evidence: Evidence, attempts: Attempts) -> Evidence:
        version = evidence.version
        function = evidence.timeline.function_name
        provider = None if version is None else version.provider
        metrics = attempts.read(
            "throttles and free workers", read_metrics, self.calls, function, provider, now=evidence.now
        )
        if version is None:
            return replace(evidence, metrics=metrics)
        start = max(evidence.execution.started, evidence.now - _LOG)
        lines = attempts.read(
            "the platform's log lines",
            self.client.log_lines,
            str(version.log_group),
            pattern=PATTERN,
            start_ms=int(start.timestamp() * 1000),
        )
        return replace(
            evidence,
            metrics=metrics,
            platform=None if lines is None else platform_lines(lines),
            role=None
            if version.role is None
            else attempts.read("the role's policies", read_role, self.calls, version.role),
            network=None if provider is None else self._network(provider, attempts),
        )

    def _network(self, provider: str, attempts: Attempts) -> Network | None:
        facts = attempts.read("the capacity provider", read_provider, self.calls, provider)
        return None if facts is None else attempts.read("the network", read_network, self.calls, facts)

    def _child(self, evidence: Evidence, attempts: Attempts, seen: frozenset[str]) -> Evidence | None:
        arns = [each.child_arn for each in evidence.open if each.kind == "ChainedInvoke" and each.child_arn]
        if not arns or arns[0] in seen or len(seen) > _DEEPEST:
            return None
        return attempts.read("the chained execution", self._read, arns[0], seen=seen)


def _is_unexplained(evidence: Evidence) -> bool:
    """Return whether the history alone does not say why the execution does not go on."""
    if evidence.pause is not None or (evidence.version is not None and evidence.version.is_stopped(evidence.scaling)):
        return False
    if evidence.failing:
        return False
    if evidence.due_since is not None:
        return True
    return not evidence.open and evidence.now - evidence.execution.started > DELAY


def _pause(answer: Mapping[str, Any]) -> Pause | None:
    found = answer.get("PauseDetails")
    if not found or answer["Status"] not in {"PAUSING", "PAUSED"}:
        return None
    return Pause(
        since=found["PauseRequestTimestamp"],
        reason=found.get("Reason"),
        stops_timeout=found.get("ExecutionTimeoutPaused"),
    )
