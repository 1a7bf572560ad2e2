"""Roles that the app brings: of another stack, shared by many functions, made elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from durable_mi_constructs import DeadLetters, ManagedCapacity
from tests.conftest import Resources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi_constructs import DurableManagedFunction

MOST_INLINE = 10_240
MOST_MANAGED = 6_144
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
DURABLE = ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"]
LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
XRAY = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


def _role(scope: cdk.Stack, name: str = "Role") -> iam.Role:
    return iam.Role(scope, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def _actions(policy: Any) -> list[Any]:
    return [statement["Action"] for statement in policy.properties["PolicyDocument"]["Statement"]]


def _deployed(value: Any) -> Any:
    """Put in what CloudFormation returns, each as long as it gets."""
    match value:
        case {"Fn::GetAtt": [str(name), _]}:
            service = "logs" if "Log" in name else "sqs" if "Queue" in name else "lambda"
            longest = {
                "logs": "arn:aws:logs:ap-southeast-1:111122223333:log-group:" + 72 * "x" + ":*",
                "sqs": "arn:aws:sqs:ap-southeast-1:111122223333:" + 80 * "x",
                "lambda": "arn:aws:lambda:ap-southeast-1:111122223333:function:" + 64 * "x",
            }
            return longest[service]
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(_deployed(part) for part in parts)
        case {"Ref": str(name)}:
            return {"AWS::Partition": "aws", "AWS::Region": "ap-southeast-1"}.get(name, 64 * "x")
        case dict():
            return {key: _deployed(item) for key, item in value.items()}
        case list():
            return [_deployed(item) for item in value]
    return value


def _characters(policy: Any) -> int:
    return len(json.dumps(_deployed(policy.properties["PolicyDocument"]), separators=(",", ":")))


def test_role_of_another_stack(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """The security stack has the role and nothing of the function; the function waits for its policy."""
    app = strict_app()
    security, orders = cdk.Stack(app, "Security"), cdk.Stack(app, "Orders")
    made = workflow(orders, role=_role(security), tracing=lambda_.Tracing.ACTIVE)
    dynamodb.TableV2(
        orders, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    ).grant_read_data(made)
    resources = synthesize(orders)
    before, after = (p for p in resources.of_type("AWS::IAM::Policy") if "Capacity" not in p.logical_id)
    function = resources.only("AWS::Lambda::Function")

    assert [] == [dependency.node.path for dependency in security.dependencies]
    assert ["AWS::IAM::Role"] == [resource["Type"] for resource in synthesize(security).json["Resources"].values()]
    assert ["sqs:SendMessage", XRAY] == _actions(before)
    assert [LOGS, DURABLE] == _actions(after)[:2]
    assert "dynamodb:GetItem" in _actions(after)[2]
    assert [before.logical_id] == function.depends_on
    assert [after.logical_id] == resources.only("AWS::Lambda::Version").waits_for_permissions
    assert ["Orders-Workflow-?-FunctionRolePolicy", "Orders-Workflow-?-ExecutionPolicy?"] == [
        re.sub("[0-9A-F]{8}", "?", policy.properties["PolicyName"]) for policy in (before, after)
    ]


def test_everything_with_a_role_of_another_stack(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
) -> None:
    """Key, secret, encrypted bucket and an event source of the alias, all in the function's stack."""
    app = strict_app()
    security, orders = cdk.Stack(app, "Security"), cdk.Stack(app, "Orders")
    made = workflow(orders, role=_role(security), encryption_key=kms.Key(orders, "DataKey"))
    bucket = s3.Bucket(
        orders, "Bucket", encryption=s3.BucketEncryption.KMS, encryption_key=kms.Key(orders, "BucketKey")
    )
    bucket.grant_read_write(made)
    secretsmanager.Secret(orders, "Secret", encryption_key=kms.Key(orders, "SecretKey")).grant_read(made)
    queue = sqs.Queue(orders, "Queue", visibility_timeout=cdk.Duration.minutes(90))
    made.alias.add_event_source(sources.SqsEventSource(queue))
    synthesized = app.synth()
    template = synthesized.get_stack_by_name("Orders").template
    actions = json.dumps(template["Resources"])

    assert ["AWS::IAM::Role"] == [
        resource["Type"] for resource in synthesized.get_stack_by_name("Security").template["Resources"].values()
    ]
    for action in ("secretsmanager:GetSecretValue", "s3:GetObject*", "sqs:ReceiveMessage", "kms:Decrypt"):
        assert f'"{action}"' in actions


def test_imports_of_one_role_do_not_share_policy_names(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Policies of two stacks have the same logical ids, and would overwrite each other on the role."""
    app = strict_app()
    stacks = [cdk.Stack(app, name) for name in ("Orders", "Invoices")]
    for stack in stacks:
        workflow(stack, role=iam.Role.from_role_arn(stack, "Mine", "arn:aws:iam::111122223333:role/orders"))
    names = [
        policy.properties["PolicyName"]
        for stack in stacks
        for policy in synthesize(stack, lint=False).of_type("AWS::IAM::Policy")
        if policy.properties["Roles"] == ["orders"]
    ]

    assert 3 == len(names)
    assert sorted(set(names)) == sorted(names)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("same stack", id="same stack"),
        pytest.param("other stack", id="other stack", marks=pytest.mark.slow),
    ],
)
def thirty(
    request: pytest.FixtureRequest,
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
) -> Resources:
    """Return thirty functions with one role, each with a log group and a queue of its own."""
    app = strict_app()
    stack = cdk.Stack(app, "Orders")
    role = _role(cdk.Stack(app, "Security") if request.param == "other stack" else stack)
    capacity = ManagedCapacity(stack, "Instances", max_vcpus=2000)
    for number in range(30):
        workflow(stack, f"Workflow{number}", role=role, capacity=capacity)
    return Resources(Template.from_stack(stack))  # cfn-lint would take half a minute, and reads smaller ones


def test_thirty_functions_share_a_role(thirty: Resources) -> None:
    """IAM counts the inline policies of a role together and each managed policy by itself."""
    inline = [policy for policy in thirty.of_type("AWS::IAM::Policy") if "InstancesOperator" not in policy.logical_id]
    managed = thirty.of_type("AWS::IAM::ManagedPolicy")

    assert sum(map(_characters, inline)) <= 0.9 * MOST_INLINE
    assert 2 == len(managed)
    assert all(_characters(policy) <= MOST_MANAGED for policy in managed)


def test_each_of_thirty_waits_for_its_permissions(thirty: Resources) -> None:
    """A function for its logs and its queue, its version for its executions."""
    policies = {policy.logical_id: policy for type_ in POLICIES for policy in thirty.of_type(type_)}
    for version in thirty.of_type("AWS::Lambda::Version"):
        function = thirty.follow(version.properties["FunctionName"])
        [after] = [policies[name] for name in version.waits_for_permissions]
        needed = [policies[name] for name in function.depends_on if name in policies]
        queue = function.properties["DeadLetterConfig"]["TargetArn"]
        log_group = {"Fn::GetAtt": [function.properties["LoggingConfig"]["LogGroup"]["Ref"], "Arn"]}

        assert {"Fn::GetAtt": [function.logical_id, "Arn"]} in _resources(after, DURABLE)
        assert queue in [found for policy in needed for found in _resources(policy, ["sqs:SendMessage"])]
        assert log_group in [found for policy in [*needed, after] for found in _resources(policy, LOGS)]


def _resources(policy: Any, actions: list[str]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for statement in policy.properties["PolicyDocument"]["Statement"]:
        if sorted(actions) == sorted(
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        ):
            resources = statement["Resource"]
            found += resources if isinstance(resources, list) else [resources]
    return [item["Fn::Join"][1][0] if "Fn::Join" in item else item for item in found]


def test_shared_log_group_and_queue_leave_four_resources(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Function, version, alias and execution policy."""
    counts = []
    for functions in (2, 3):
        stack = strict_stack()
        shared = {
            "role": _role(stack),
            "capacity": ManagedCapacity(stack, "Instances"),
            "log_group": logs.LogGroup(stack, "Logs"),
            "dead_letters": DeadLetters.to_queue(sqs.Queue(stack, "Queue", enforce_ssl=True)),
        }
        for number in range(functions):
            workflow(stack, f"Workflow{number}", **shared)
        counts.append(len(synthesize(stack, lint=False).json["Resources"]))

    assert 4 == counts[1] - counts[0]


def test_roles_made_elsewhere(workflow: Callable[..., DurableManagedFunction]) -> None:
    """No policy is in the template, and CDK's report has every statement, also of later grants."""
    app = cdk.App()  # the ARN of a role without a name is against CDK's template rules
    iam.Role.customize_roles(app)
    stack = cdk.Stack(app, "Orders")
    made = workflow(stack, tracing=lambda_.Tracing.ACTIVE)
    sqs.Queue(stack, "Queue", enforce_ssl=True).grant_send_messages(made)
    template = app.synth().get_stack_by_name("Orders").template
    report = (Path(app.outdir) / "iam-policy-report.json").read_text()

    assert [] == [
        name for name, resource in template["Resources"].items() if resource["Type"] in ("AWS::IAM::Role", *POLICIES)
    ]
    for action in ("sqs:SendMessage", "sqs:GetQueueUrl", *DURABLE, *LOGS, *XRAY):
        assert f'"{action}"' in report


def test_given_roles_made_elsewhere(workflow: Callable[..., DurableManagedFunction]) -> None:
    """The same for a role of another stack that two functions share, with the name that the app gives it."""
    app = cdk.App()
    iam.Role.customize_roles(app, use_precreated_roles={"Security/Role": "orders-role"})
    security, orders = cdk.Stack(app, "Security"), cdk.Stack(app, "Orders")
    role = _role(security)
    capacity = ManagedCapacity(orders, "Instances", operator_role=_role(security, "Operator"))
    for name in ("First", "Second"):
        workflow(orders, name, role=role, capacity=capacity)
    template = app.synth().get_stack_by_name("Orders").template

    assert [] == [name for name, resource in template["Resources"].items() if resource["Type"] in POLICIES]
    assert all(
        "role/orders-role" in json.dumps(resource["Properties"]["Role"])
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function" and "DurableConfig" in resource["Properties"]
    )


def test_immutable_role_of_another_stack(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """A role that must stay as it is gets nothing, for the first function or the second."""
    app = strict_app()
    security, orders = cdk.Stack(app, "Security"), cdk.Stack(app, "Orders")
    role = _role(security).without_policy_updates()
    first = workflow(orders, "First", role=role)
    workflow(orders, "Second", role=role, capacity=first.capacity)

    assert [] == [
        policy.logical_id
        for type_ in POLICIES
        for policy in synthesize(orders).of_type(type_)
        if "Capacity" not in policy.logical_id
    ]
