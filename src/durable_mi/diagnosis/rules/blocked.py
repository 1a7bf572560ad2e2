"""Executions for which something is due and that are not invoked, or that never got to a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.diagnosis.account.metrics import WINDOW
from durable_mi.diagnosis.account.reach import blocked, endpoint_denies
from durable_mi.diagnosis.diagnosis import Diagnosis, Kind
from durable_mi.diagnosis.evidence import DELAY
from durable_mi.diagnosis.rules.words import named, since, what
from durable_mi.operate.formatting import duration

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.evidence import Evidence

__all__ = [
    "CHECKPOINT_ACTIONS",
    "no_checkpoint",
    "no_network_path",
    "no_permission",
    "no_progress",
    "not_invoked",
    "operations_near_quota",
    "quota_near",
    "throttled",
    "workers_busy",
]

CHECKPOINT_ACTIONS: Final = ("lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState")
"""What the execution role needs for its own executions."""

_NEAR_PERCENT: Final = 80
_WINDOW: Final = duration(int(WINDOW.total_seconds()))


def no_permission(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution whose role may not checkpoint."""
    if not _is_without_checkpoint(evidence) or evidence.role is None:
        return None
    missing = [each for each in CHECKPOINT_ACTIONS if evidence.role.allows(each, evidence.execution.arn) is False]
    if not missing:
        return None
    return Diagnosis(
        kind=Kind.NO_PERMISSION,
        found=f"It has no checkpoint {since(evidence.execution.started, evidence.now)}: the execution role "
        f"{evidence.role.arn.rpartition('/')[2]} does not allow {' and '.join(missing)} on this execution.",
        fix="Allow these actions on the function's ARN with :* behind it; the role counts at once.",
        commands=(commands.timeline(evidence.execution.arn),),
    )


def no_network_path(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution whose handler cannot reach the Lambda API."""
    network = evidence.network
    if not _is_without_checkpoint(evidence) or network is None:
        return None
    reason = blocked(network, "lambda") or _denied_by_endpoint(evidence)
    if reason is None:
        return None
    return Diagnosis(
        kind=Kind.NO_NETWORK_PATH,
        found=f"It has no checkpoint {since(evidence.execution.started, evidence.now)}: the function cannot reach the "
        f"Lambda API. Cause: {reason}.",
        fix="Give every subnet of the capacity provider a NAT gateway or the VPC a lambda endpoint with private DNS.",
        commands=(commands.timeline(evidence.execution.arn),),
    )


def workers_busy(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that waits for a free worker."""
    late = _late(evidence)
    if late is None:
        return None
    if evidence.timeline.waiting is not None and evidence.timeline.waiting == evidence.due_since:
        said = next((text for _, text in reversed(evidence.timeline.notices) if "worker process" in text), None)
        found = f"An invocation waits for a free worker {since(evidence.timeline.waiting, evidence.now)}."
        found += (
            f" The local runtime reported: {said}." if said else " All workers of the version run other invocations."
        )
    elif evidence.metrics is not None and evidence.metrics.is_full:
        most = evidence.metrics.concurrency_limit or 0
        found = (
            f"{late} All workers are busy: in the last {_WINDOW} the execution environments ran up to {most:g} "
            f"invocations at once, which is their limit."
        )
    else:
        return None
    return Diagnosis(
        kind=Kind.WORKERS_BUSY,
        found=found,
        fix="Wait until a worker is free, or raise the maximum of execution environments.",
        commands=(commands.status(evidence.timeline.function_name), commands.timeline(evidence.execution.arn)),
    )


def throttled(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that is not invoked while Lambda throttles its function."""
    late = _late(evidence)
    count = None if evidence.metrics is None else evidence.metrics.throttles
    if late is None or not count:
        return None
    return Diagnosis(
        kind=Kind.THROTTLED,
        found=f"{late} Lambda throttled {count:g} invocations of the function in the last {_WINDOW}.",
        fix="Wait until the instances have scaled, or raise the minimum of execution environments.",
        commands=(commands.status(evidence.timeline.function_name),),
    )


def quota_near(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that is not invoked while the account's quota of running executions is nearly used."""
    late = _late(evidence)
    used = None if evidence.metrics is None else evidence.metrics.executions_used
    if late is None or used is None or used < _NEAR_PERCENT:
        return None
    return Diagnosis(
        kind=Kind.QUOTA_NEAR,
        found=f"{late} The account uses {used:g} % of its quota of running durable executions.",
        fix="Stop executions that nobody needs, or ask for a higher quota in Service Quotas.",
        commands=(commands.status(evidence.timeline.function_name),),
    )


def operations_near_quota(evidence: Evidence) -> str | None:
    """Return that an execution has nearly as many operations as it may; the history itself shows them."""
    count = len(evidence.timeline.spans)
    if evidence.execution.has_ended or count * 100 < limits.MAX_OPERATIONS * _NEAR_PERCENT:
        return None
    return f"It has {count} of {limits.MAX_OPERATIONS} operations that an execution can have, and fails beyond them."


def not_invoked(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution for which something is overdue, and nothing that was read says why."""
    due = evidence.due_since
    if due is None:
        return None
    return Diagnosis(
        kind=Kind.NOT_INVOKED,
        found=f"{_due(evidence)}, and Lambda has not invoked the function {since(due, evidence.now)}. "
        f"{_looked(evidence)}",
        fix="Look at the versions of the function and at the metrics of its capacity provider.",
        commands=(commands.status(evidence.timeline.function_name), commands.timeline(evidence.execution.arn)),
    )


def no_checkpoint(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that never got to an operation, and nothing that was read says why."""
    if evidence.timeline.spans or evidence.execution.has_ended or evidence.is_invoked:
        return None
    if not _is_without_checkpoint(evidence):
        return Diagnosis(
            kind=Kind.STARTED,
            found=f"It started {since(evidence.execution.started, evidence.now)} and has no operation yet.",
            fix="Ask again in a minute.",
            commands=(commands.why(evidence.execution.arn),),
        )
    return Diagnosis(
        kind=Kind.NO_CHECKPOINT,
        found=f"It has no checkpoint {since(evidence.execution.started, evidence.now)}. {_looked(evidence)}",
        fix="Look at the function's log: without a line there, the handler was not invoked or has no way out.",
        commands=(commands.timeline(evidence.execution.arn), commands.status(evidence.timeline.function_name)),
    )


def no_progress(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that is in no operation: its handler runs, if that is known."""
    done = [each for each in evidence.timeline.spans if each.kind != "Context"]
    after = f"after {named(done[-1])}, " if done else ""
    last = max((each.timestamp for each in evidence.timeline.events), default=evidence.execution.started)
    if evidence.is_invoked:
        kind, found = (
            Kind.HANDLER_RUNS,
            f"The handler runs {after}outside of its operations, {since(last, evidence.now)}.",
        )
    else:
        kind = Kind.NO_PROGRESS
        found = (
            f"Nothing happened {after}{since(last, evidence.now)}. Either the handler runs code outside of its "
            "operations, or Lambda has not invoked it yet; the history does not show which."
        )
    return Diagnosis(
        kind=kind,
        found=found,
        fix="Its log says what the handler does.",
        commands=(commands.timeline(evidence.execution.arn),),
    )


def _due(evidence: Evidence) -> str:
    if not evidence.open:
        return "An invocation was due"
    text = what(evidence)
    return f"{text[:1].upper()}{text[1:]} was due"


def _is_without_checkpoint(evidence: Evidence) -> bool:
    return (
        not evidence.timeline.spans
        and not evidence.execution.has_ended
        and evidence.now - evidence.execution.started > DELAY
    )


def _late(evidence: Evidence) -> str | None:
    """Return what is late; ``None`` if nothing is."""
    due = evidence.due_since
    if due is not None:
        return f"{_due(evidence)}, and Lambda has not invoked the function {since(due, evidence.now)}."
    if _is_without_checkpoint(evidence):
        return f"It has no checkpoint {since(evidence.execution.started, evidence.now)}."
    return None


def _denied_by_endpoint(evidence: Evidence) -> str | None:
    network, role = evidence.network, None if evidence.version is None else evidence.version.role
    if network is None or role is None:
        return None
    for endpoint in network.endpoints:
        if str(endpoint.get("ServiceName", "")).endswith(f".{network.region}.lambda"):
            denied = [
                each for each in CHECKPOINT_ACTIONS if endpoint_denies(endpoint, each, evidence.execution.arn, role)
            ]
            if denied and endpoint.get("PrivateDnsEnabled"):
                actions = " and ".join(denied)
                return f"the policy of the lambda endpoint {endpoint['VpcEndpointId']} does not allow {actions}"
    return None


def _looked(evidence: Evidence) -> str:
    """Say what was looked at without a finding, so that nobody looks there again."""
    if evidence.is_local:
        return "Version and workers give no reason."
    seen = [
        name
        for name, value in (
            ("the version's state", evidence.version),
            ("the role's policies", evidence.role),
            ("the network", evidence.network),
            ("the metrics", evidence.metrics),
        )
        if value is not None
    ]
    return f"No reason was found in {', '.join(seen)}." if seen else "What it runs on could not be read."
