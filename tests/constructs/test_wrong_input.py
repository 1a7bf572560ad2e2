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
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

import durable_mi_constructs
from durable_mi_constructs import (
    AlarmThresholds,
    CapacityScaling,
    DeadLetters,
    DurableManagedFunction,
    FunctionLogging,
    FunctionSettings,
    IDurableManagedFunction,
    IManagedCapacity,
    ManagedCapacity,
    ManagedNetwork,
    PythonCode,
)
from durable_mi_constructs.capacity.imported_capacity import ImportedCapacity
from durable_mi_constructs.function.alias_only import AliasOnlyError
from durable_mi_constructs.function.imported_function import ImportedFunction
from durable_mi_constructs.monitoring.metrics import MetricOptions
from tests.constructs.kinds_of_arguments import (
    CAPACITY_ARN,
    FUNCTION_ARN,
    KEY_ARN,
    L2_CAPACITY,
    LOG_GROUP,
    QUEUE,
    ROLE_ARN,
    TABLE,
    TOPIC,
    WRONG,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Classes that are made by a method of a public one.
IMPORTED: Final[Mapping[str, Any]] = {"ImportedCapacity": ImportedCapacity, "ImportedFunction": ImportedFunction}
# What each callable needs, so that only the argument under test is wrong.
NEEDED: Final[Mapping[str, Mapping[str, Any]]] = {
    "DurableManagedFunction": {
        "code": lambda_.Code.from_inline("def handler(event, context): ..."),
        "handler": "index.handler",
        "execution_timeout": cdk.Duration.hours(1),
    },
    "DurableManagedFunction.from_function_arn": {"function_arn": FUNCTION_ARN},
    "DurableManagedFunction.from_attributes": {"function_arn": FUNCTION_ARN},
    "DurableManagedFunction.on_status_change": {"construct_id": "Ended", "statuses": ["FAILED"]},
    "DurableManagedFunction.metric": {"metric_name": "Errors"},
    "ImportedFunction.on_status_change": {"construct_id": "Ended", "statuses": ["FAILED"]},
    "ImportedFunction.metric": {"metric_name": "Errors"},
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
NUMBER: Final = cdk.Token.as_number({"Ref": "Parameter"})
TRACE: Final = re.compile(r"jsii|at Object|Kernel|node:|\.js\b|Cannot read|Proxy|object at|\n", re.IGNORECASE)


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
        "ImportedFunction": DurableManagedFunction.from_attributes(
            stack, "ImportedFunction", function_arn=FUNCTION_ARN, capacity_provider_name="shared"
        ),
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
        options["scope"] = owners["stack"]
        if "construct_id" in TABLE[name]:
            options["construct_id"] = f"C{len(owners['stack'].node.children)}"
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
        if not name.endswith(".metric")  # its options are no parameters
    ],
)
def test_none_is_accepted_only_where_it_has_a_meaning(owners: Mapping[str, Any], name: str, argument: str) -> None:
    """That is where the annotation has it; anywhere else it is an error that names the argument."""
    owner, _, method = name.partition(".")
    cls = IMPORTED.get(owner) or getattr(durable_mi_constructs, owner)
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
    for name, cls in {**classes, **IMPORTED}.items():
        if issubclass(cls, Enum) or cls in {IDurableManagedFunction, IManagedCapacity}:
            continue
        if name not in IMPORTED:
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


@pytest.mark.parametrize(
    ("given", "unit"),
    [
        ({"execution_timeout": cdk.Duration.hours(NUMBER)}, "seconds"),
        ({"timeout": cdk.Duration.minutes(NUMBER)}, "seconds"),
        ({"retention_period": cdk.Duration.hours(NUMBER)}, "days"),
        ({"memory_size": cdk.Size.gibibytes(NUMBER)}, "mebibytes"),
    ],
)
def test_rejects_a_token_in_another_unit(owners: Mapping[str, Any], given: Mapping[str, Any], unit: str) -> None:
    """CDK converts no tokens, and does not name the argument that has one."""
    [name] = given
    with pytest.raises(
        ValueError, match=rf"^{name} must be in {unit} where it is a token, got .*: pass cdk\.\w+\.{unit}"
    ):
        call("DurableManagedFunction", owners, given)


def test_rejects_a_token_of_tmp_in_another_unit() -> None:
    """A setting is checked where it is made."""
    with pytest.raises(ValueError, match=r"^ephemeral_storage_size must be in mebibytes where it is a token, got"):
        FunctionSettings(ephemeral_storage_size=cdk.Size.gibibytes(NUMBER))


def test_takes_tokens_in_the_units_of_the_service(owners: Mapping[str, Any]) -> None:
    """What CloudFormation gets needs no conversion."""
    given = {
        "execution_timeout": cdk.Duration.seconds(NUMBER),
        "timeout": cdk.Duration.seconds(NUMBER),
        "retention_period": cdk.Duration.days(NUMBER),
        "memory_size": cdk.Size.mebibytes(NUMBER),
        "settings": FunctionSettings(ephemeral_storage_size=cdk.Size.mebibytes(NUMBER)),
    }

    assert isinstance(call("DurableManagedFunction", owners, given), DurableManagedFunction)


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
    for name, path in (("DurableManagedFunction", "Orders/Workflow"), ("ImportedFunction", "Orders/ImportedFunction")):
        assert not hasattr(owners[name], "latest_version")
        with pytest.raises(AliasOnlyError, match=rf"got the construct {path}, which has no latest_version: pass"):
            _ = owners[name].latest_version
