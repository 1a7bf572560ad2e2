"""Arguments of a wrong type, or objects of a wrong kind: one error in Python that names what to pass."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

import durable_mi_constructs
from durable_mi.checks.vcpu_budget import VcpuDemand
from durable_mi_constructs import (
    AlarmThresholds,
    CapacityScaling,
    DeadLetters,
    DurableManagedFunction,
    FunctionLogging,
    FunctionSettings,
    IManagedCapacity,
    ManagedCapacity,
    ManagedNetwork,
    PythonCode,
)
from durable_mi_constructs.capacity.imported_capacity import ImportedCapacity
from durable_mi_constructs.function.alias_only import AliasOnlyError
from durable_mi_constructs.monitoring.metrics import MetricOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

STACK: Final = cdk.Stack(cdk.App(), "Other")
ROLE_ARN: Final = "arn:aws:iam::111122223333:role/orders"
KEY_ARN: Final = "arn:aws:kms:eu-central-1:111122223333:key/orders"
CAPACITY_ARN: Final = "arn:aws:lambda:eu-central-1:111122223333:capacity-provider:shared"
QUEUE: Final = sqs.Queue(STACK, "Queue")
TOPIC: Final = sns.Topic(STACK, "Topic")
L2_CAPACITY: Final = lambda_.CapacityProvider.from_capacity_provider_arn(STACK, "Provider", CAPACITY_ARN)
LOG_GROUP: Final = logs.LogGroup.from_log_group_name(STACK, "Logs", "orders")
TOKEN: Final = cdk.Token.as_any({"Ref": "Parameter"})

# What is wrong for each kind of argument: other types first, then objects of CDK that one could confuse.
WRONG: Final[Mapping[str, list[Any]]] = {
    "construct": ["Stack", 1, True, cdk.Duration.days(1), cdk.Stack, [STACK], cdk.App(), cdk.Stage(cdk.App(), "Stage")],
    "id": [1, True, "", ["Id"], STACK],
    "string": [1, 1.5, True, b"text", ["text"], {"a": "b"}, STACK, TOKEN, str],
    "number": [
        "4",
        "",
        True,
        False,
        [4],
        cdk.Size.gibibytes(4),
        dt.timedelta(4),
        float("nan"),
        float("inf"),
        int,
        TOKEN,
    ],
    "whole": ["1", True, 1.5, [1], TOKEN, cdk.Token.as_number({"Ref": "Parameter"})],
    "bool": ["true", 0, 1, [True], TOKEN],
    "duration": [3600, 1.5, "1 hour", True, dt.timedelta(hours=1), cdk.Size.gibibytes(1), cdk.Duration, {}, TOKEN],
    "size": [4096, "4 GiB", True, cdk.Duration.hours(1), cdk.Size, TOKEN],
    "role": [ROLE_ARN, True, QUEUE, iam.ServicePrincipal("lambda.amazonaws.com"), iam.Role, LOG_GROUP, {}, TOKEN],
    "grantee": [ROLE_ARN, 1, QUEUE, [QUEUE], iam.Role, LOG_GROUP, TOKEN],
    "key": [KEY_ARN, True, QUEUE, LOG_GROUP, kms.CfnKey(STACK, "CfnKey", key_policy={}), kms.Key, {}, TOKEN],
    "log_group": ["/aws/orders", True, QUEUE, logs.RetentionDays.ONE_DAY, logs.CfnLogGroup(STACK, "CfnLogs"), {}],
    "queue": [QUEUE.queue_arn, 1, TOPIC, LOG_GROUP, sqs.CfnQueue(STACK, "CfnQueue"), DeadLetters.discard()],
    "topic": [TOPIC.topic_arn, 1, QUEUE, LOG_GROUP, sns.CfnTopic(STACK, "CfnTopic")],
    "strings": ["text", b"text", 1, True, {"a": "b"}, [1], [None], ["text", True], [["text"]], iter(["text"])],
    "mapping": [
        "A=b",
        1,
        True,
        [("NAME", "b")],
        {"NAME": 1},
        {"NAME": None},
        {"NAME": True},
        {1: "b"},
        {"NAME": TOKEN},
    ],
    "paths": ["../shared", 1, [("a", "b")], {"shared": 1}, {1: "../shared"}, {"shared": None}],
    "path": [1, True, b"project", ["project"], TOKEN],
    "code": ["workflow", b"def handler(): ...", lambda_.Runtime.PYTHON_3_14, lambda_.Code, {}, L2_CAPACITY],
    "member": [7, True, ["INFO"], "no such", STACK, cdk.RemovalPolicy.RETAIN, cdk.Duration],
    "members": ["FAILED", 7, True, [7], ["no such"], [None], {"FAILED": 1}],
    "capacity": [CAPACITY_ARN, True, False, "", L2_CAPACITY, ManagedCapacity, STACK, {}],
    "dead_letters": [QUEUE, TOPIC, QUEUE.queue_arn, False, {}, DeadLetters],
    "logging": ["JSON", False, {}, lambda_.LoggingFormat.JSON, FunctionSettings(), FunctionLogging],
    "settings": [{}, False, [], FunctionLogging(), FunctionSettings],
    "target": [QUEUE, TOPIC, QUEUE.queue_arn, "", False, [targets.SqsQueue(QUEUE)], targets.SqsQueue],
    "thresholds": [{}, False, 1, {"failed": 1}, AlarmThresholds],
    "alarm_actions": ["topic", 1, TOPIC, [TOPIC], [TOPIC.topic_arn], [None], iter([actions.SnsAction(TOPIC)])],
    "network": ["vpc-1", False, {}, ec2.Vpc.from_vpc_attributes(STACK, "V", vpc_id="v", availability_zones=["a"])],
    "scaling": ["Auto", False, 70, {}, CapacityScaling],
    "instance_types": ["m8g.*", 8, True, [8], [None], {"m8g.*": 1}],
    "security_groups": ["sg-1", 1, ["sg-1"], [None], [LOG_GROUP], {"a": "b"}],
    "vpc": ["vpc-1", False, QUEUE, ec2.CfnVPC(STACK, "CfnVpc"), ec2.Vpc, {}, TOKEN],
    "subnets": [["subnet-1"], "Private", ec2.SubnetType.PRIVATE_ISOLATED, {}, ec2.SubnetSelection],
    "endpoints": ["SQS", 1, ["SQS"], [None], [QUEUE], {"a": "b"}],
    "flow_logs": ["false", 0, 1, QUEUE, LOG_GROUP, []],
    "layers": ["arn:layer", 1, ["arn:layer"], [None], [LOG_GROUP], {"a": "b"}],
    "code_signing": ["arn", True, QUEUE, LOG_GROUP, {}],
    "function": ["Workflow", 1, STACK, L2_CAPACITY],
    "architecture": ["arm64", 1, True, lambda_.Runtime.PYTHON_3_14, lambda_.Architecture],
    "runtime": ["python3.14", 1, True, lambda_.Architecture.ARM_64, lambda_.Runtime],
    "demand": [4, "4", {}, VcpuDemand],
    "prices": [{}, False, 1, "us-east-1"],
    "internal": [{}, False, 1, "text"],
    "rules": ["DMI112", 1, True, [1], [None], [["DMI112"]], ["DMI999"]],
}
_CONSTRUCT: Final = {"scope": "construct", "construct_id": "id"}
_OPTIONS: Final = dict.fromkeys(("statistic", "label", "color", "account", "region"), "string")

# The kind of each argument of each public callable, by the callable's name.
TABLE: Final[Mapping[str, Mapping[str, str]]] = {
    "DurableManagedFunction": _CONSTRUCT
    | {
        "code": "code",
        "handler": "string",
        "execution_timeout": "duration",
        "runtime": "member",
        "memory_size": "size",
        "memory_gib_per_vcpu": "number",
        "timeout": "duration",
        "retention_period": "duration",
        "encryption_key": "key",
        "environment": "mapping",
        "description": "string",
        "max_concurrency": "number",
        "min_execution_environments": "number",
        "max_execution_environments": "number",
        "tracing": "member",
        "capacity": "capacity",
        "role": "role",
        "dead_letters": "dead_letters",
        "log_group": "log_group",
        "logging": "logging",
        "settings": "settings",
    },
    "DurableManagedFunction.on_status_change": {"construct_id": "id", "statuses": "members", "target": "target"},
    "DurableManagedFunction.monitor": {"thresholds": "thresholds", "actions": "alarm_actions", "dashboard": "bool"},
    "DurableManagedFunction.metric": _OPTIONS
    | {"metric_name": "string", "period": "duration", "unit": "member", "dimensions_map": "mapping"},
    "DurableManagedFunctionGrants": {
        "function_arn": "string",
        "alias_name": "string",
        "account": "string",
        "encryption": "internal",
    },
    "DurableManagedFunctionGrants.start": {"grantee": "grantee"},
    "DurableManagedFunctionGrants.observe": {"grantee": "grantee"},
    "DurableManagedFunctionGrants.operate": {"grantee": "grantee"},
    "DurableManagedFunctionGrants.complete_callbacks": {"grantee": "grantee"},
    "DurableManagedFunctionGrants.chained_invoke": {"caller": "grantee"},
    "DurableManagedFunctionMonitoring": _CONSTRUCT
    | {
        "metrics": "internal",
        "name": "string",
        "dead_letter_queue": "queue",
        "thresholds": "thresholds",
        "actions": "alarm_actions",
        "dashboard": "bool",
    },
    "DurableMiPreflight": {"ignore": "rules"},
    "AlarmThresholds": dict.fromkeys(inspect.signature(AlarmThresholds).parameters, "number"),
    "CapacityScaling": {"mode": "member", "cpu_target_percent": "number"},
    "CapacityScaling.target_cpu_utilization": {"percent": "number"},
    "CapacityScaling.config": {"max_vcpus": "number"},
    "DeadLetters": {"queue": "queue", "topic": "topic"},
    "DeadLetters.to_queue": {"queue": "queue"},
    "DeadLetters.to_topic": {"topic": "topic"},
    "DeadLetters.allow": {"role": "role"},
    "FunctionLogging": {"application_log_level": "member", "system_log_level": "member", "retention": "member"},
    "FunctionLogging.log_group": {"scope": "construct", "given": "log_group"},
    "FunctionSettings": {
        "layers": "layers",
        "environment_encryption": "key",
        "ephemeral_storage_size": "size",
        "runtime_management_mode": "member",
        "code_signing_config": "code_signing",
        "tags": "mapping",
    },
    "FunctionSettings.check_layers": {"runtime": "runtime"},
    "FunctionSettings.check_layers_in": {"region": "string", "architecture": "architecture"},
    "FunctionSettings.apply_tags": {"function": "function"},
    "ManagedCapacity": _CONSTRUCT
    | {
        "network": "network",
        "architecture": "member",
        "max_vcpus": "number",
        "allowed_instance_types": "instance_types",
        "excluded_instance_types": "instance_types",
        "scaling": "scaling",
        "kms_key": "key",
        "propagate_tags": "mapping",
        "system_log_group": "log_group",
        "system_log_level": "member",
        "operator_role": "role",
    },
    "ManagedCapacity.from_capacity_provider_arn": _CONSTRUCT
    | {
        "capacity_provider_arn": "string",
        "architecture": "member",
        "max_vcpus": "number",
        "security_groups": "security_groups",
    },
    "ManagedCapacity.reserve": {"reservation": "demand"},
    "ManagedCapacity.cost_floor": {"prices": "prices"},
    "ImportedCapacity.reserve": {"reservation": "demand"},
    "ImportedCapacity.cost_floor": {"prices": "prices"},
    "ManagedNetwork": _CONSTRUCT
    | {
        "egress": "member",
        "nat_gateways": "whole",
        "availability_zones": "strings",
        "vpc": "vpc",
        "vpc_subnets": "subnets",
        "security_groups": "security_groups",
        "endpoints": "endpoints",
        "flow_logs": "flow_logs",
    },
    "PythonCode": {"package": "internal"},
    "PythonCode.from_project": {"path": "path", "requirements": "string", "exclude": "strings", "include": "paths"},
    "PythonCode.for_function": {
        "runtime": "member",
        "architecture": "member",
        "scope": "construct",
        "handler": "string",
        "layers": "bool",
    },
}

# What each callable needs, so that only the argument under test is wrong.
NEEDED: Final[Mapping[str, Mapping[str, Any]]] = {
    "DurableManagedFunction": {
        "code": lambda_.Code.from_inline("def handler(event, context): ..."),
        "handler": "index.handler",
        "execution_timeout": cdk.Duration.hours(1),
    },
    "DurableManagedFunction.on_status_change": {"construct_id": "Ended", "statuses": ["FAILED"]},
    "DurableManagedFunction.metric": {"metric_name": "Errors"},
    "DurableManagedFunctionGrants": {"function_arn": "arn", "alias_name": "live", "account": "1", "encryption": None},
    "DurableManagedFunctionMonitoring": {
        "name": "orders",
        "dead_letter_queue": None,
        "thresholds": AlarmThresholds(),
        "actions": (),
        "dashboard": True,
    },
    "CapacityScaling": {"mode": "Manual"},
    "FunctionLogging.log_group": {"given": None},
    "FunctionSettings.check_layers_in": {"region": "eu-central-1", "architecture": lambda_.Architecture.ARM_64},
    "ManagedCapacity.from_capacity_provider_arn": {
        "capacity_provider_arn": CAPACITY_ARN,
        "architecture": lambda_.Architecture.ARM_64,
    },
    "PythonCode.for_function": {
        "runtime": lambda_.Runtime.PYTHON_3_14,
        "architecture": lambda_.Architecture.ARM_64,
    },
}
TRACE: Final = re.compile(r"jsii|at Object|Kernel|node:|\.js\b|Cannot read|Interface(Dynamic)?Proxy|\n", re.IGNORECASE)


@pytest.fixture(scope="module")
def owners(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Any]:
    """Return an object of each class, for its methods."""
    project = tmp_path_factory.mktemp("project")
    (project / "order.py").write_text("def handler(event, context): ...\n")
    (project / "requirements.txt").write_text("")
    stack = strict_stack()
    made = workflow(stack)
    return {
        "stack": stack,
        "DurableManagedFunction": made,
        "DurableManagedFunctionGrants": made.grants,
        "CapacityScaling": CapacityScaling.auto(),
        "DeadLetters": DeadLetters.to_queue(QUEUE),
        "FunctionLogging": FunctionLogging(),
        "FunctionSettings": FunctionSettings(),
        "ManagedCapacity": made.capacity,
        "ImportedCapacity": ManagedCapacity.from_capacity_provider_arn(
            stack, "Imported", CAPACITY_ARN, architecture=lambda_.Architecture.ARM_64
        ),
        "PythonCode": PythonCode.from_project(project),
    }


def call(name: str, owners: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Call the class or method with the argument under test and what else it needs."""
    owner, _, method = name.partition(".")
    function = getattr(owners.get(owner, getattr(durable_mi_constructs, owner, None)), method) if method else None
    if function is None:
        function = getattr(durable_mi_constructs, owner)
    options = dict(NEEDED.get(name, {}))
    if "scope" in TABLE[name]:
        stack = owners["stack"]
        options |= {"scope": stack, "construct_id": f"C{len(stack.node.children)}"} if not method else {"scope": stack}
        if "construct_id" in TABLE[name]:
            options["construct_id"] = f"C{len(stack.node.children)}"
    if name == "DurableManagedFunctionMonitoring":
        options["metrics"] = owners["DurableManagedFunction"]
    return function(**{**options, **given})


CASES: Final = [
    pytest.param(name, argument, WRONG[kind], id=f"{name}-{argument}")
    for name, arguments in TABLE.items()
    for argument, kind in arguments.items()
]


@pytest.mark.parametrize(("name", "argument", "values"), CASES)
def test_rejects_the_wrong_kind(owners: Mapping[str, Any], name: str, argument: str, values: list[Any]) -> None:
    """One line in Python, which names the argument, what must hold, what came and what to pass."""
    for value in values:
        with pytest.raises((ValueError, TypeError)) as caught:
            call(name, owners, {argument: value})
        message = str(caught.value)

        assert re.match(rf"(each of )?{argument} must .*\bgot .*: .+", message), message
        assert TRACE.search(message) is None, message
        assert not isinstance(caught.value, AttributeError)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        (name, argument)
        for name, arguments in TABLE.items()
        for argument in arguments
        if name != "DurableManagedFunction.metric"  # its options are no parameters
    ],
)
def test_none_is_accepted_only_where_it_has_a_meaning(owners: Mapping[str, Any], name: str, argument: str) -> None:
    """That is where the annotation has it; anywhere else it is an error that names the argument."""
    owner, _, method = name.partition(".")
    cls = {"ImportedCapacity": ImportedCapacity}.get(owner) or getattr(durable_mi_constructs, owner)
    annotation = _signature(getattr(cls, method) if method else cls).parameters[argument].annotation
    if not str(annotation).endswith("None"):
        with pytest.raises((ValueError, TypeError), match=rf"^{argument} must .*got None"):
            call(name, owners, {argument: None})


def _signature(member: Any) -> inspect.Signature:
    """Return the signature; that of a construct's class is hidden by its metaclass."""
    return inspect.signature(member.__init__ if inspect.isclass(member) else member)


def _callables() -> Iterator[tuple[str, Any]]:
    """Yield what users of the public names can call, by its name."""
    classes = {name: getattr(durable_mi_constructs, name) for name in durable_mi_constructs.__all__}
    for name, cls in (classes | {"ImportedCapacity": ImportedCapacity}).items():
        if issubclass(cls, Enum) or cls is IManagedCapacity:
            continue
        if cls is not ImportedCapacity:  # made by from_capacity_provider_arn
            yield name, cls
        for method, member in inspect.getmembers(cls):
            function = getattr(member, "__func__", member)
            module = getattr(function, "__module__", None) or ""
            if method.startswith("_") or not inspect.isfunction(function) or "durable_mi" not in module:
                continue
            # CDK alone calls the first; the others only pass their options on to metric().
            if method != "validate" and not method.startswith("metric_") and "alias_only" not in module:
                yield f"{name}.{method}", member


def test_every_argument_is_in_the_table() -> None:
    """A new argument of any public class or method must be tried with wrong values."""
    expected = {}
    for name, member in _callables():
        names = [
            parameter.name
            for parameter in _signature(member).parameters.values()
            if parameter.name != "self" and parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        names += MetricOptions.__annotations__ if name.endswith(".metric") else ()
        if names:
            expected[name] = sorted(names)

    assert expected == {name: sorted(arguments) for name, arguments in TABLE.items()}


def test_rejects_a_wrong_option_of_every_metric(owners: Mapping[str, Any]) -> None:
    """Each method passes its options through the same check."""
    made = owners["DurableManagedFunction"]
    methods = [name for name in dir(DurableManagedFunction) if re.match(r"metric_(?!function_name|capacity)", name)]

    assert len(methods) > 10
    for method in methods:
        with pytest.raises(ValueError, match=r"^period must be of type Duration, got 60: pass cdk\.Duration\.seconds"):
            getattr(made, method)(period=60)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"execution_timeout": dt.timedelta(hours=1)},
            r"execution_timeout must be of type Duration, got a timedelta: pass cdk\.Duration\.seconds\(\.\.\.\), .*",
        ),
        ({"role": ROLE_ARN}, r"role must be of type IRole, got 'arn:.*': pass an iam\.Role, or .*from_role_arn\(.*\)"),
        ({"role": LOG_GROUP}, r"role must be of type IRole, got an object of type ILogGroup: .*"),
        ({"role": iam.Role}, r"role must be of type IRole, got the class Role: .*"),
        ({"dead_letters": QUEUE}, r"dead_letters must be of type DeadLetters, got a Queue: pass .*\.to_queue\(.*"),
        ({"scope": cdk.App()}, r"scope must be a stack, or a construct in one, got an App: pass cdk\.Stack\(.*"),
        ({"capacity": L2_CAPACITY}, r"capacity must be a ManagedCapacity, got .*ICapacityProvider: pass .*"),
        ({"environment": {"COUNT": 3}}, r"each of environment must be a string, got 3 for 'COUNT': .*"),
        ({"description": "x" * 500, "handler": b"h"}, r"handler must be a string, got a bytes: .*"),
        ({"logging": "x" * 500}, r"logging must be of type FunctionLogging, got 'x{119}\.\.\.: .*"),
    ],
)
def test_rejects_with_what_to_pass(owners: Mapping[str, Any], given: Mapping[str, Any], message: str) -> None:
    """The words of the mistakes that are likely."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - matched below, as a whole
        call("DurableManagedFunction", owners, given)

    assert re.fullmatch(message, str(caught.value)), str(caught.value)


def test_rejects_a_queue_together_with_a_topic() -> None:
    """Lambda has one target for dead letters."""
    with pytest.raises(ValueError, match="queue and topic must not be given together, got both"):
        DeadLetters(queue=QUEUE, topic=TOPIC)


@jsii.implements(iam.IRole)
class RoleOfTheirOwn(cdk.Resource):
    """A role by its interface alone, as a company's library has them."""


class Orders(sqs.Queue):
    """A company's queue."""


def test_takes_whatever_is_of_the_kind(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Created, imported, looked up, wrapped by CDK, subclassed or implemented in Python."""
    stack = strict_stack(cdk.Environment(account="111122223333", region="eu-central-1"))
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b", "c"], private_subnet_ids=["s-1", "s-2", "s-3"]
    )
    alias = kms.Alias.from_alias_name(stack, "Alias", "alias/orders")
    capacity = ManagedCapacity(
        stack,
        "Capacity",
        network=ManagedNetwork(stack, "Network", vpc=vpc, security_groups=(group,)),
        system_log_group=logs.LogGroup.from_log_group_name(stack, "System", "system"),
        operator_role=iam.Role.from_role_arn(stack, "Operator", ROLE_ARN),
        kms_key=kms.Key.from_key_arn(stack, "Disks", KEY_ARN),
        max_vcpus=int(cdk.Token.as_number({"Ref": "AWS::NoValue"})),
    )
    layer = lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", f"{CAPACITY_ARN}:1")
    settings = FunctionSettings(layers=(layer,), environment_encryption=alias)
    roles: list[iam.IRole] = [
        role,
        role.without_policy_updates(),
        iam.Role.from_role_arn(stack, "Imported", ROLE_ARN),
        iam.Role.from_role_name(stack, "Named", "orders"),
        iam.Role.from_lookup(stack, "LookedUp", role_name="orders"),
    ]
    made = [
        workflow(stack, f"Workflow{number}", role=each, capacity=capacity, settings=settings)
        for number, each in enumerate(roles)
    ]

    assert [each.role for each in made] == roles
    assert DeadLetters.to_queue(Orders(stack, "Orders")).queue is not None
    assert DeadLetters(queue=sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-central-1:1:q")).topic is None
    own: Any = RoleOfTheirOwn(stack, "Own")
    DeadLetters.discard().allow(own)
    made[0].grants.start(made[1])


def test_takes_a_capacity_by_its_interface() -> None:
    """Any class with the members of `IManagedCapacity`, of which none is read."""
    from durable_mi_constructs.capacity.interface import CAPACITY  # noqa: PLC0415 - of this test alone

    def refuse(_self: object) -> None:
        msg = "a member was read"
        raise AssertionError(msg)

    members = [name for name in vars(IManagedCapacity) if not name.startswith("_")]
    theirs = type("Theirs", (), {name: property(refuse) for name in members})
    CAPACITY.check("capacity", theirs())

    with pytest.raises(ValueError, match="capacity must be a ManagedCapacity, got a Half"):
        CAPACITY.check("capacity", type("Half", (), {members[0]: 1})())


def test_aliased_only_error_is_found_by_hasattr(owners: Mapping[str, Any]) -> None:
    """Code that asks whether a member is there goes on without it."""
    assert not hasattr(owners["DurableManagedFunction"], "function_arn")
    with pytest.raises(AliasOnlyError, match=r"got the construct Orders/Workflow, which has no function_arn: pass"):
        _ = owners["DurableManagedFunction"].function_arn
