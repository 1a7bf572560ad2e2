"""What a function on managed instances may and may not have (DMI2xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.cloudformation.values import MISSING, Unknown, joined, parts_of
from durable_mi.preflight.rule_group import RuleGroup
from durable_mi.preflight.triggers import TriggerKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP"]

GROUP: Final = RuleGroup("Function")

_UNCONFIRMED: Final = "no AWS page says whether Lambda takes it on managed instances (unconfirmed)"
# Languages whose managed runtimes of this age or newer run durable functions outside of managed instances.
_DURABLE_LANGUAGES: Final = frozenset({"python", "nodejs"})


@GROUP.error(
    "DMI201",
    "the runtime is new enough",
    why='Lambda rejects it: "Runtime Enum ... does not support specified feature".',
    fix="Move to python3.13, nodejs22.x, java21, dotnet8 or provided.al2023, or newer.",
    source="Lambda Developer Guide, lambda-managed-instances-runtimes and durable-supported-runtimes",
)
def _runtime(model: Model) -> Iterator[Finding]:
    for function in model.functions.values():
        runtime = function.runtime
        if runtime is None:
            continue
        language, version = runtime
        if language == "provided":
            language, version = "provided.al", (function.item.text("Runtime") or "").partition(".al")[2]
        oldest = limits.MIN_MANAGED_RUNTIMES.get(language)
        if not function.is_managed and language not in _DURABLE_LANGUAGES:
            continue
        if oldest is None or _numbers(version) < oldest:
            wanted = ".".join(map(str, oldest)) if oldest else ""
            fix = f"set {language}{wanted} or newer" if oldest else "use Python, Node.js, Java, .NET or Rust"
            yield function.item.finding(
                f"Runtime must be one that runs {function.kind}, got {function.item.text('Runtime')}: {fix}", "Runtime"
            )


@GROUP.warning(
    "DMI202",
    "no VpcConfig on a function with a capacity provider",
    why=(
        "The network belongs to the capacity provider; the function runs in its subnets. AWS SAM rejects both; "
        f"{_UNCONFIRMED}."
    ),
    fix="Remove VpcConfig, and name subnets and security groups in the capacity provider's VpcConfig.",
    source="AWS SAM translator (mutually exclusive properties); AWS Compute Blog, 2026-03-30 (unconfirmed)",
)
def _vpc(model: Model) -> Iterator[Finding]:
    yield from _should_not_have(model, "VpcConfig", "name subnets in the capacity provider's own, which counts")


@GROUP.warning(
    "DMI203",
    "no provisioned concurrency on managed instances",
    why=(f"Execution environments are kept warm by FunctionScalingConfig. AWS SAM rejects both; {_UNCONFIRMED}."),
    fix="Remove ProvisionedConcurrencyConfig, and set MinExecutionEnvironments.",
    source="AWS SAM translator (mutually exclusive properties); unconfirmed",
)
def _provisioned(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        for owner in (*model.aliases.get(function.id, ()), *model.versions.get(function.id, ())):
            if owner.has("ProvisionedConcurrencyConfig"):
                yield owner.finding(
                    f"ProvisionedConcurrencyConfig should not be set for {function.id}, which has a capacity provider: "
                    "remove it, and set FunctionScalingConfig.MinExecutionEnvironments",
                    "ProvisionedConcurrencyConfig",
                )
    for scaled in model.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        if scaled.get("ScalableDimension") != "lambda:function:ProvisionedConcurrency":
            continue
        target = model.targets.of(_scaled_function(scaled.get("ResourceId")))
        owner_function = model.functions.get(target.function) if target else None
        if owner_function is not None and owner_function.is_managed:
            yield scaled.finding(
                f"a scalable target should not set provisioned concurrency of {owner_function.id}, which has a "
                "capacity provider: remove it, and set FunctionScalingConfig",
                "ResourceId",
            )


@GROUP.warning(
    "DMI204",
    "no reserved concurrency on managed instances",
    why=f"Reserved concurrency bounds functions that Lambda scales by invocation; {_UNCONFIRMED}.",
    fix="Remove ReservedConcurrentExecutions, and bound the function with MaxExecutionEnvironments.",
    source="none; unconfirmed",
)
def _reserved(model: Model) -> Iterator[Finding]:
    yield from _should_not_have(
        model, "ReservedConcurrentExecutions", "set FunctionScalingConfig.MaxExecutionEnvironments"
    )


@GROUP.warning(
    "DMI205",
    "no SnapStart on managed instances",
    why=f"Execution environments on managed instances stay warm, so there is no cold start to shorten; {_UNCONFIRMED}.",
    fix="Remove SnapStart.",
    source="none; unconfirmed",
)
def _snap_start(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        if function.item.text("SnapStart", "ApplyOn", default="None") not in {"None", None}:
            yield function.item.finding(
                "SnapStart should not be set on a function with a capacity provider: remove it", "SnapStart"
            )


@GROUP.warning(
    "DMI206",
    "no file system on managed instances",
    why=f"A function reaches a file system through its own VpcConfig, which it cannot have here; {_UNCONFIRMED}.",
    fix="Remove FileSystemConfigs; keep data in S3 or DynamoDB.",
    source="none; unconfirmed",
)
def _file_systems(model: Model) -> Iterator[Finding]:
    yield from _should_not_have(model, "FileSystemConfigs", "keep data in S3 or DynamoDB")


@GROUP.warning(
    "DMI207",
    "logs are JSON on managed instances",
    why="The log format there is always JSON; Text is not honoured, and filters made for text find nothing.",
    fix="Set LoggingConfig.LogFormat to JSON, or leave it out.",
    source="Lambda Developer Guide, lambda-managed-instances-python-runtime",
)
def _log_format(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        if function.item.text("LoggingConfig", "LogFormat") == "Text":
            yield function.item.finding(
                "LogFormat should be JSON on managed instances, whose logs are never text, got Text: set it to JSON",
                "LoggingConfig",
                "LogFormat",
            )


@GROUP.warning(
    "DMI208",
    "an invocation that a caller waits for ends within 15 minutes",
    why="A synchronous invocation ends after 900 seconds, whatever the function's timeout says.",
    fix="Set Timeout to 900 or less, or let the caller invoke asynchronously.",
    source="CloudFormation schema of Function.Timeout; Lambda Developer Guide, durable-invoking",
)
def _sync_timeout(model: Model) -> Iterator[Finding]:
    for caller in model.triggers:
        function = model.functions.get(caller.target.function)
        if function is None or not caller.waits or caller.kind is TriggerKind.PERMISSION:
            continue
        timeout = function.timeout_s
        if timeout is not None and timeout > limits.MAX_SYNC_INVOCATION_S:
            yield function.item.finding(
                f"Timeout should be at most {limits.MAX_SYNC_INVOCATION_S} seconds where a caller waits for the "
                f"result, as {caller.kind.value} {caller.item.id} does, got {timeout} seconds: lower it, or invoke "
                "asynchronously",
                "Timeout",
            )


@GROUP.warning(
    "DMI209",
    "the function's log group exists, or the role may create it",
    why="A role without logs:CreateLogGroup writes to a log group that exists already. Without one, no line arrives.",
    fix="Add an AWS::Logs::LogGroup and name it in LoggingConfig.LogGroup.",
    source="Lambda Developer Guide, monitoring-cloudwatchlogs and lambda-managed-instances-troubleshooting",
)
def _log_group(model: Model) -> Iterator[Finding]:
    for function in model.functions.values():
        policies = model.policies(function.role)
        if policies is None or not policies.allows("logs:PutLogEvents") or policies.allows("logs:CreateLogGroup"):
            continue
        if not _has_log_group(model, function.item):
            yield function.item.finding(
                "the log group must exist before the first line, since the role may not create it, and the template "
                "has none for this function: add an AWS::Logs::LogGroup and name it in LoggingConfig.LogGroup",
                "LoggingConfig",
            )


@GROUP.warning(
    "DMI210",
    "the role may write logs",
    why="The function runs, and none of its lines is kept.",
    fix="Allow logs:CreateLogStream and logs:PutLogEvents on the function's log group.",
    source="Lambda Developer Guide, lambda-intro-execution-role",
)
def _log_permission(model: Model) -> Iterator[Finding]:
    for function in model.functions.values():
        role = function.role
        policies = model.policies(role)
        if role is None or policies is None:
            continue
        missing = [action for action in ("logs:CreateLogStream", "logs:PutLogEvents") if not policies.allows(action)]
        if missing:
            yield role.finding(
                f"the role of {function.id} should allow {' and '.join(missing)}, got no statement that does: "
                "allow them on the function's log group"
            )


@GROUP.warning(
    "DMI211",
    "without managed instances an invocation ends within 15 minutes",
    why=(
        "The guide gives 900 seconds. The API model has had 1,800 since 2026-11, and no page says yet where that holds "
        "(unconfirmed). Only on managed instances it is 5,400."
    ),
    fix="Set Timeout to 900 or less, and split the work into steps, which each invocation resumes.",
    source="CloudFormation schema of Function.Timeout; Lambda API model (unconfirmed)",
)
def _plain_timeout(model: Model) -> Iterator[Finding]:
    waiting = {caller.target.function for caller in model.triggers if caller.waits}
    for function in model.durable:
        timeout = function.timeout_s
        # Where a caller waits, DMI208 says so.
        if function.id in waiting or timeout is None or not function.item.lacks("CapacityProviderConfig"):
            continue
        whole = function.execution_timeout_s
        # And where it is longer than the whole execution, DMI307.
        is_long = limits.MAX_SYNC_INVOCATION_S < timeout <= limits.MAX_PLAIN_INVOCATION_S
        if is_long and (whole is None or timeout <= whole):
            yield function.item.finding(
                f"Timeout should be at most {limits.MAX_SYNC_INVOCATION_S} seconds on a function without a capacity "
                f"provider, got {timeout} seconds: lower it, and split the work into steps",
                "Timeout",
            )


@GROUP.error(
    "DMI212",
    "an invocation's timeout is from 1 second to 90 minutes, or 30 without managed instances",
    why="Lambda rejects any other. The API model gives 1,800 seconds without managed instances, other sources less.",
    fix="Lower Timeout, and split the work into steps, which each invocation resumes.",
    source="CloudFormation schema of Function.Timeout; Lambda API model",
)
def _timeout(model: Model) -> Iterator[Finding]:
    for function in model.functions.values():
        timeout = function.timeout_s
        is_plain = function.item.lacks("CapacityProviderConfig")
        most = limits.MAX_PLAIN_INVOCATION_S if is_plain else limits.MAX_INVOCATION_TIMEOUT_S
        if timeout is None or (1 <= timeout <= most and timeout == int(timeout)):
            continue
        where = "without a capacity provider" if is_plain else "on managed instances"
        yield function.item.finding(
            f"Timeout must be whole seconds from 1 to {most} {where}, got {timeout} seconds: set it to the longest "
            "that one invocation may take, and split longer work into steps",
            "Timeout",
        )


def _scaled_function(resource_id: object) -> object:
    """Return what a scalable target names: ``function:NAME:ALIAS`` as a name and an alias."""
    parts = list(parts_of(resource_id))
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].removeprefix("function:")
    return joined(parts)


def _should_not_have(model: Model, key: str, instead: str) -> Iterator[Finding]:
    for function in model.managed:
        if function.item.has(key):
            yield function.item.finding(
                f"{key} should not be set on a function with a capacity provider: remove it, and {instead}", key
            )


def _has_log_group(model: Model, function: TemplateResource) -> bool:
    named = function.get("LoggingConfig", "LogGroup")
    if named is not MISSING:
        # A group by reference is in the template; one by name may have been made elsewhere.
        return True
    own = f"/aws/lambda/{function.text('FunctionName') or function.id}"
    for group in model.of_type("AWS::Logs::LogGroup"):
        name = group.get("LogGroupName")
        if isinstance(name, Unknown) or function.id in str(name) or name == own:
            return True
    return any(True for _ in model.of_type("Custom::LogRetention"))


def _numbers(version: str) -> tuple[int, ...]:
    digits = version.split(".")[: len(("major", "minor"))]
    return tuple(int(part) for part in digits if part.isascii() and part.isdecimal() and len(part) < 6) or (0,)  # noqa: PLR2004
