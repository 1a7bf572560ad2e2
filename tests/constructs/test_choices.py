"""Options that take one of a few members: by the member, by its text, and nothing else."""

from __future__ import annotations

import inspect
import re
import typing
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

import durable_mi_constructs
from durable_mi_constructs import (
    CapacityScaling,
    DeadLetters,
    DurableExecutionStatus,
    Egress,
    FunctionLogging,
    FunctionSettings,
    ManagedCapacity,
    ManagedNetwork,
    PythonCode,
)
from durable_mi_constructs.monitoring.metrics import MetricOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from constructs import Construct

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources

ARN = "arn:aws:lambda:eu-central-1:111122223333:capacity-provider:shared"
LIKE_ENUMS = (lambda_.Architecture, lambda_.Runtime, lambda_.RuntimeManagementMode, CapacityScaling, DeadLetters)


class Options:
    """What takes each option, by the option's name as a test writes it."""

    def __init__(
        self, stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], project: Path, construct_id: str
    ) -> None:
        self._stack = stack
        self._workflow = workflow
        self._project = project
        self._id = construct_id

    def give(self, option: str, value: Any) -> Any:
        """Pass a value to the option, and return what came of it."""
        return getattr(self, f"_{option}")(value)

    def _egress(self, value: Any) -> ManagedNetwork:
        return ManagedNetwork(self._stack, self._id, egress=value)

    def _endpoints(self, value: Any) -> ManagedNetwork:
        return ManagedNetwork(self._stack, self._id, endpoints=value)

    def _flow_logs(self, value: Any) -> ManagedNetwork:
        return ManagedNetwork(self._stack, self._id, flow_logs=value)

    def _architecture(self, value: Any) -> str:
        return ManagedCapacity(self._stack, self._id, architecture=value).architecture.name

    def _imported_architecture(self, value: Any) -> str:
        return ManagedCapacity.from_capacity_provider_arn(
            self._stack, self._id, ARN, architecture=value
        ).architecture.name

    def _system_log_level(self, value: Any) -> ManagedCapacity:
        return ManagedCapacity(self._stack, self._id, system_log_level=value)

    def _scaling(self, value: Any) -> ManagedCapacity:
        return ManagedCapacity(self._stack, self._id, scaling=value)

    def _allowed_instance_types(self, value: Any) -> ManagedCapacity:
        return ManagedCapacity(self._stack, self._id, allowed_instance_types=value)

    def _excluded_instance_types(self, value: Any) -> ManagedCapacity:
        return ManagedCapacity(self._stack, self._id, excluded_instance_types=value)

    def _mode(self, value: Any) -> str:
        return CapacityScaling(value).mode

    def _runtime(self, value: Any) -> str:
        return self._workflow(self._stack, self._id, runtime=value).function.runtime.name

    def _tracing(self, value: Any) -> DurableManagedFunction:
        return self._workflow(self._stack, self._id, tracing=value)

    def _dead_letters(self, value: Any) -> DurableManagedFunction:
        return self._workflow(self._stack, self._id, dead_letters=value)

    def _statuses(self, value: Any) -> cdk.IResource:
        return self._workflow(self._stack, self._id).on_status_change("Ended", statuses=value)

    def _dashboard(self, value: Any) -> Construct:
        return self._workflow(self._stack, self._id).monitor(dashboard=value)

    def _unit(self, value: Any) -> cloudwatch.Unit | None:
        return self._workflow(self._stack, self._id).metric_duration(unit=value).unit

    def _application_log_level(self, value: Any) -> Any:
        return FunctionLogging(application_log_level=value).application_log_level

    def _function_system_log_level(self, value: Any) -> Any:
        return FunctionLogging(system_log_level=value).system_log_level

    def _retention(self, value: Any) -> Any:
        return FunctionLogging(retention=value).retention

    def _removal_policy(self, value: Any) -> Any:
        return FunctionLogging(removal_policy=value).removal_policy

    def _system_log_removal_policy(self, value: Any) -> ManagedCapacity:
        return ManagedCapacity(self._stack, self._id, system_log_removal_policy=value)

    def _flow_log_removal_policy(self, value: Any) -> ManagedNetwork:
        return ManagedNetwork(self._stack, self._id, flow_log_removal_policy=value)

    def _runtime_management_mode(self, value: Any) -> str:
        mode = FunctionSettings(runtime_management_mode=value).runtime_management_mode
        assert mode is not None
        return mode.mode

    def _package_runtime(self, value: Any) -> lambda_.Code:
        return self._package.for_function(value, lambda_.Architecture.ARM_64)

    def _package_architecture(self, value: Any) -> lambda_.Code:
        return self._package.for_function(lambda_.Runtime.PYTHON_3_14, value)

    @property
    def _package(self) -> PythonCode:
        return PythonCode.from_project(self._project)


@pytest.fixture(scope="module")
def stack(strict_stack: Callable[..., cdk.Stack]) -> cdk.Stack:
    """One stack for all values that fail, each under an id of its own."""
    return strict_stack()


@pytest.fixture
def options(
    stack: cdk.Stack,
    workflow: Callable[..., DurableManagedFunction],
    tmp_path: Path,
) -> Options:
    """Return what takes each option."""
    (tmp_path / "order.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "requirements.txt").write_text("")
    return Options(stack, workflow, tmp_path, f"C{len(stack.node.children)}")


# Each option, the name in its message, and the list of what it takes.
TEXTS = {
    "egress": ("egress", "NAT, IPV6, PRIVATE"),
    "architecture": ("architecture", "ARM_64, X86_64"),
    "imported_architecture": ("architecture", "ARM_64, X86_64"),
    "package_architecture": ("architecture", "ARM_64, X86_64"),
    "system_log_level": ("system_log_level", "INFO, DEBUG, WARN"),
    "function_system_log_level": ("system_log_level", "INFO, DEBUG, WARN"),
    "application_log_level": ("application_log_level", "INFO, DEBUG, WARN, TRACE, ERROR, FATAL"),
    "retention": ("retention", "ONE_DAY, THREE_DAYS, "),
    "removal_policy": ("removal_policy", "DESTROY, RETAIN, "),
    "system_log_removal_policy": ("system_log_removal_policy", "DESTROY, RETAIN, "),
    "flow_log_removal_policy": ("flow_log_removal_policy", "DESTROY, RETAIN, "),
    "mode": ("mode", "Auto, Manual"),
    "runtime": ("runtime", "PYTHON_3_13, PYTHON_3_14"),
    "package_runtime": ("runtime", "PYTHON_3_13, PYTHON_3_14"),
    "runtime_management_mode": ("runtime_management_mode", "AUTO, FUNCTION_UPDATE"),
    "tracing": ("tracing", "ACTIVE, PASS_THROUGH, DISABLED"),
    "unit": ("unit", "SECONDS, MICROSECONDS, "),
}
NONE_IS_A_DEFAULT = {
    "egress",
    "architecture",
    "system_log_level",
    "retention",
    "removal_policy",
    "system_log_removal_policy",
    "flow_log_removal_policy",
    "runtime",
    "runtime_management_mode",
}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (option, value)
        for option in TEXTS
        for value in ("Private", "", 30, True, None, ["ACTIVE"], lambda_.LoggingFormat.JSON)
        if value is not None or option not in NONE_IS_A_DEFAULT
    ],
    ids=str,
)
def test_rejects_what_is_no_member(options: Options, option: str, value: Any) -> None:
    """A wrong text, number, flag, list, or member of another enum is a ValueError in Python, never a JavaScript one."""
    name, members = TEXTS[option]
    with pytest.raises(ValueError, match=f"^{name} must be one of {re.escape(members)}.*, got .*: pass .* the string"):
        options.give(option, value)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("scaling", "Auto", r"scaling must be of type CapacityScaling, got 'Auto': pass CapacityScaling\.auto\(\)"),
        ("scaling", False, r"scaling must be of type CapacityScaling, got False"),
        ("dead_letters", "discard", r"dead_letters must be of type DeadLetters, got 'discard': pass DeadLetters"),
        ("dead_letters", {}, r"dead_letters must be of type DeadLetters, got a dict"),
        ("endpoints", "SQS", r"endpoints must be a list, got 'SQS'"),
        ("endpoints", None, r"endpoints must be a list, got None"),
        ("endpoints", ["SQS"], r"each of endpoints must be of type .*AwsService, got 'SQS': name a service such as"),
        ("flow_logs", "false", r"flow_logs must be of type bool or FlowLogDestination, got 'false': pass True, False"),
        ("flow_logs", 0, r"flow_logs must be of type bool or FlowLogDestination, got 0"),
        ("dashboard", "false", r"dashboard must be of type bool, got 'false': pass True or False"),
        ("statuses", "FAILED", r"statuses must be a list, got 'FAILED'"),
        ("statuses", None, r"statuses must be a list, got None"),
        ("statuses", ["failed"], r"each of statuses must be one of RUNNING, .*, got 'failed': .* the string 'FAILED'"),
        ("statuses", ["FAILED", None], r"each of statuses must be one of RUNNING, .*, got None"),
        ("allowed_instance_types", "m8g.*", r"allowed_instance_types must be a list, got 'm8g\.\*'"),
        ("excluded_instance_types", "m8g.*", r"excluded_instance_types must be a list, got 'm8g\.\*'"),
        ("allowed_instance_types", [8], r"each of allowed_instance_types must be of type str or InstanceType, got 8"),
    ],
)
def test_rejects_what_has_no_text(options: Options, option: str, value: Any, message: str) -> None:
    """Where a member has arguments, or a text would have two meanings, the object itself is wanted."""
    with pytest.raises(ValueError, match=f"^{message}"):
        options.give(option, value)


@pytest.mark.parametrize(
    ("option", "values", "expected"),
    [
        ("architecture", ["X86_64", "x86_64"], "x86_64"),
        ("imported_architecture", ["ARM_64", "arm64"], "arm64"),
        ("application_log_level", ["DEBUG", lambda_.ApplicationLogLevel.DEBUG], lambda_.ApplicationLogLevel.DEBUG),
        ("function_system_log_level", ["WARN"], lambda_.SystemLogLevel.WARN),
        ("retention", ["ONE_MONTH"], logs.RetentionDays.ONE_MONTH),
        ("retention", [None], None),
        ("mode", ["Auto"], "Auto"),
        ("runtime", ["PYTHON_3_13", "python3.13", lambda_.Runtime.PYTHON_3_13], "python3.13"),
        ("runtime_management_mode", ["FUNCTION_UPDATE", "FunctionUpdate"], "FunctionUpdate"),
        ("unit", ["MILLISECONDS"], cloudwatch.Unit.MILLISECONDS),
    ],
)
def test_takes_the_text_of_a_member(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    tmp_path: Path,
    option: str,
    values: list[Any],
    expected: Any,
) -> None:
    """By the name in Python, and where the service has another by that one too."""
    for value in values:
        assert expected == Options(strict_stack(), workflow, tmp_path, "Made").give(option, value)


def test_a_package_takes_texts(options: Options) -> None:
    """The same package, whichever way its platform was named."""
    assert isinstance(options.give("package_runtime", "python3.14"), lambda_.AssetCode)
    assert isinstance(options.give("package_architecture", "arm64"), lambda_.AssetCode)


@pytest.mark.parametrize("egress", list(Egress))
def test_egress_by_its_text_makes_the_same_network(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources], egress: Egress
) -> None:
    """A network from a context value has the way out that one by the member has."""
    templates = []
    values: list[Any] = [egress, egress.value]
    for value in values:
        stack = strict_stack()
        ManagedCapacity(stack, "Capacity", network=ManagedNetwork(stack, "Network", egress=value))
        # Each of these networks is linted in `test_network.py`.
        templates.append(synthesize(stack, lint=False).template.to_json())

    assert templates[0] == templates[1]


def test_statuses_and_tracing_by_their_texts(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Both reach the template; private egress gets the endpoint that traces need."""
    stack = strict_stack()
    capacity = ManagedCapacity(
        stack,
        "Capacity",
        network=ManagedNetwork(stack, "Network", egress=typing.cast("Egress", "PRIVATE")),
        system_log_level=typing.cast("lambda_.SystemLogLevel", "DEBUG"),
    )
    made = workflow(stack, tracing="ACTIVE", capacity=capacity)
    made.on_status_change("Ended", statuses=[typing.cast("DurableExecutionStatus", "FAILED")])
    resources = synthesize(stack)
    provider = resources.only("AWS::Lambda::CapacityProvider").properties

    assert {"Mode": "Active"} == resources.only("AWS::Lambda::Function").properties["TracingConfig"]
    assert "DEBUG" == provider["TelemetryConfig"]["LoggingConfig"]["SystemLogLevel"]
    assert ["FAILED"] == resources.only("AWS::Events::Rule").properties["EventPattern"]["detail"]["status"]
    assert "xray" in capacity.network.endpoints


def _annotated(owner: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parameters of a class and its public methods, with their types."""
    members = [owner.__init__, *(member for name, member in inspect.getmembers(owner) if not name.startswith("_"))]
    for member in members:
        function = getattr(member, "__func__", member)
        if inspect.isfunction(function) and function.__module__.startswith("durable_mi_constructs"):
            for name, annotation in function.__annotations__.items():
                if name != "return":
                    yield name, annotation


def test_no_option_is_left_out_of_these_tests() -> None:
    """Every parameter of a public name whose type mentions an enum, or a class used like one, is tested here."""
    enums = {
        name
        for module in (lambda_, logs, cdk, cloudwatch, durable_mi_constructs)
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, Enum) and value not in (Enum, StrEnum)
    } | {kind.__name__ for kind in LIKE_ENUMS}
    found = {
        name
        for public in durable_mi_constructs.__all__
        for name, annotation in _annotated(getattr(durable_mi_constructs, public))
        if enums & set(re.findall(r"\w+", str(annotation)))
    }
    found |= {
        name for name, hint in MetricOptions.__annotations__.items() if enums & set(re.findall(r"\w+", str(hint)))
    }

    assert {
        "application_log_level",
        "architecture",
        "dead_letters",
        "egress",
        "flow_log_removal_policy",
        "removal_policy",
        "retention",
        "runtime",
        "runtime_management_mode",
        "scaling",
        "statuses",
        "system_log_level",
        "system_log_removal_policy",
        "tracing",
        "unit",
    } == found
