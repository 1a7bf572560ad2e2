"""The checks of a stack. Each yields what is wrong; what is unknown is not wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.diagnosis.account.reach import blocked, endpoint_denies
from durable_mi.diagnosis.rules.blocked import CHECKPOINT_ACTIONS
from durable_mi.diagnosis.stack.check import Check, Finding, Report
from durable_mi.diagnosis.stack.versions import alias, draining, environments, problems
from durable_mi.diagnosis.unread import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from durable_mi.diagnosis.account.network import Network
    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.stack.facts import FunctionFacts, StackFacts

__all__ = ["examine"]

_NEAR_PERCENT: Final = 90
_LOG_ACTIONS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


def examine(facts: StackFacts, commands: Commands) -> Report:
    """Check a stack.

    Args:
        facts: What is known of it.
        commands: Builds the commands of findings.
    """
    findings = [*_stack_status(facts), *_alarms(facts)]
    unread = list(listed(facts.unread))
    for function in facts.functions:
        findings += [finding for check in _CHECKS for finding in check(function, commands)]
        unread += problems(function)
    return Report(
        stack=facts.name,
        functions=tuple(each.name for each in facts.functions),
        findings=tuple(findings),
        unread=tuple(dict.fromkeys(unread)),
    )


def _stack_status(facts: StackFacts) -> Iterator[Finding]:
    status = facts.status or ""
    if status.endswith("_IN_PROGRESS"):
        fix = "wait until the deployment has ended, then check again"
    elif status.endswith("_FAILED") or status == "ROLLBACK_COMPLETE":
        fix = "read the stack's events, fix the cause, and deploy again"
    else:
        if status == "UPDATE_ROLLBACK_COMPLETE":
            yield Finding(
                check=Check.STACK_STATUS,
                subject=f"stack {facts.name}",
                found=f"the status is {status}: the last deployment failed and was rolled back",
                fix="read the stack's events, fix the cause, and deploy again",
                is_note=True,
            )
        return
    yield Finding(check=Check.STACK_STATUS, subject=f"stack {facts.name}", found=f"the status is {status}", fix=fix)


def _alarms(facts: StackFacts) -> Iterator[Finding]:
    for alarm in facts.alarms or ():
        if alarm.state == "ALARM":
            reason = f": {alarm.reason}" if alarm.reason else ""
            yield Finding(
                check=Check.ALARMS,
                subject=f"alarm {alarm.name}",
                found=f"it is in ALARM{reason}",
                fix="look at what the alarm watches; `durable-mi why` explains an execution",
            )
    if facts.alarms == () and facts.functions:
        yield Finding(
            check=Check.ALARMS,
            subject=f"stack {facts.name}",
            found="it has no alarm, so nobody learns of failed executions",
            fix="call monitor() on the workflow, with a topic to notify",
            is_note=True,
        )


def _provider(function: FunctionFacts, commands: Commands) -> Iterator[Finding]:
    for provider in function.providers.values():
        if provider.state not in {None, "Active"}:
            yield Finding(
                check=Check.CAPACITY_PROVIDER,
                subject=f"capacity provider {provider.name} of {function.name}",
                found=f"the state is {provider.state}",
                fix="read the stack's events and the provider's log group, and fix its network or its operator role",
                commands=(commands.status(function.name),),
            )


def _quota(function: FunctionFacts, commands: Commands) -> Iterator[Finding]:
    most = limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER
    for provider in () if function.seen is None else function.seen.observed.providers:
        if provider.versions is not None and provider.versions * 100 >= most * _NEAR_PERCENT:
            yield Finding(
                check=Check.QUOTA,
                subject=f"capacity provider {provider.arn.rpartition(':')[2]} of {function.name}",
                found=f"it has {provider.versions} of {most} versions, and a deployment beyond them fails",
                fix="delete versions without executions with `durable-mi release prune`, or use another provider",
                commands=(commands.status(function.name),),
            )


def _role(function: FunctionFacts, _commands: Commands) -> Iterator[Finding]:
    role, configuration = function.role, function.configuration
    if role is None:
        return
    execution = f"{configuration.arn}:1/durable-execution/name/id"
    missing = [each for each in CHECKPOINT_ACTIONS if role.allows(each, execution) is False]
    if missing:
        yield Finding(
            check=Check.ROLE,
            subject=f"execution role {role.arn.rpartition('/')[2]} of {function.name}",
            found=f"it does not allow {' and '.join(missing)} on the executions of the function",
            fix=f"allow these actions on {configuration.arn}:*, since an execution's ARN names its version",
        )
    _, partition, _, region, account, *_ = configuration.arn.split(":")
    stream = f"arn:{partition}:logs:{region}:{account}:log-group:{configuration.log_group}:log-stream:any"
    missing = [each for each in _LOG_ACTIONS if role.allows(each, stream) is False]
    if missing:
        yield Finding(
            check=Check.LOG_PERMISSION,
            subject=f"execution role {role.arn.rpartition('/')[2]} of {function.name}",
            found=f"it does not allow {' and '.join(missing)} on the log group {configuration.log_group}",
            fix="allow these actions on the log group's ARN with :* behind it",
        )


def _network(function: FunctionFacts, _commands: Commands) -> Iterator[Finding]:
    network = function.network
    if network is None:
        return
    reasons = dict.fromkeys(
        reason
        for reason in (blocked(network, "lambda"), _endpoint_policy(function, network), blocked(network, "logs"))
        if reason is not None
    )
    for reason in reasons:
        yield Finding(
            check=Check.NETWORK,
            subject=f"network of {function.name}",
            found=reason,
            fix="give every subnet a NAT gateway, or the VPC endpoints for lambda and logs with private DNS",
        )


def _endpoint_policy(function: FunctionFacts, network: Network) -> str | None:
    configuration = function.configuration
    if configuration.role is None:
        return None
    execution = f"{configuration.arn}:1/durable-execution/name/id"
    for endpoint in network.endpoints:
        is_lambda = str(endpoint.get("ServiceName", "")).endswith(f".{network.region}.lambda")
        if not (is_lambda and endpoint.get("PrivateDnsEnabled")):
            continue
        denied = [each for each in CHECKPOINT_ACTIONS if endpoint_denies(endpoint, each, execution, configuration.role)]
        if denied:
            actions = " and ".join(denied)
            return f"the policy of the lambda endpoint {endpoint['VpcEndpointId']} does not allow {actions}"
    return None


def _dead_letters(function: FunctionFacts, _commands: Commands) -> Iterator[Finding]:
    name = (function.configuration.dead_letters or "").rpartition(":")[2]
    if function.is_queue_gone:
        yield Finding(
            check=Check.DEAD_LETTERS,
            subject=f"dead-letter queue {name} of {function.name}",
            found="it does not exist, so events of failed executions are lost",
            fix="create it again, or deploy the stack again",
        )
    if function.dead_letters:
        noun = "event" if function.dead_letters == 1 else "events"
        yield Finding(
            check=Check.DEAD_LETTERS,
            subject=f"dead-letter queue {name} of {function.name}",
            found=f"it has {function.dead_letters} {noun} of executions that did not succeed",
            fix="find out why they failed, start them again, and remove the messages",
        )


def _key(function: FunctionFacts, _commands: Commands) -> Iterator[Finding]:
    if function.key_state not in {None, "Enabled"}:
        yield Finding(
            check=Check.ENCRYPTION_KEY,
            subject=f"key {(function.configuration.execution_key or '').rpartition('/')[2]} of {function.name}",
            found=f"the state is {function.key_state}, so executions can be neither started nor continued",
            fix="enable the key, or cancel its deletion; without it the data of executions is lost",
        )


_CHECKS: Final[Sequence[Callable[[FunctionFacts, Commands], Iterator[Finding]]]] = (
    alias,
    environments,
    draining,
    _provider,
    _quota,
    _role,
    _network,
    _dead_letters,
    _key,
)
