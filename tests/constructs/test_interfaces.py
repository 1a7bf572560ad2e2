"""The constructs handed to CDK's own APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from aws_cdk.assertions import Template

from durable_mi_constructs import ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction, IManagedCapacity
    from tests.conftest import Resources


def test_is_grantable(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """A queue's grant takes the function itself and adds to its role."""
    stack = strict_stack()
    queue = sqs.Queue(stack, "Queue", enforce_ssl=True)
    queue.grant_send_messages(workflow(stack))
    resources = synthesize(stack)
    role = resources.follow(resources.only("AWS::Lambda::Function").properties["Role"])

    assert {
        "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
        "Effect": "Allow",
        "Resource": stack.resolve(queue.queue_arn),
    } in resources.statements(role)


def test_new_permissions_stand_before_the_version(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """What is granted later is there before a version whose code needs it."""
    stack = strict_stack()
    table = dynamodb.TableV2(
        stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    table.grant_read_data(workflow(stack))
    resources = synthesize(stack)
    [granted] = [
        policy.logical_id
        for policy in resources.of_type("AWS::IAM::Policy")
        if "dynamodb:GetItem" in str(policy.properties)
    ]

    assert [granted] == resources.only("AWS::Lambda::Version").waits_for_permissions


def test_network_is_connectable(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """A database's connections take capacity and network, and open both sides."""
    stack = strict_stack()
    network = ManagedNetwork(stack, "Network")
    capacity = ManagedCapacity(stack, "Capacity", network=network)
    database = ec2.SecurityGroup(stack, "Database", vpc=network.vpc, allow_all_outbound=False)
    database.connections.allow_from(capacity, ec2.Port.POSTGRES)
    database.connections.allow_from(network, ec2.Port.MYSQL_AURORA)
    resources = synthesize(stack)
    [reference] = resources.only("AWS::Lambda::CapacityProvider").properties["VpcConfig"]["SecurityGroupIds"]

    assert [(reference, 5432), (reference, 3306)] == [
        (rule.properties["SourceSecurityGroupId"], rule.properties["FromPort"])
        for rule in resources.of_type("AWS::EC2::SecurityGroupIngress")
    ]
    assert [(reference, 5432), (reference, 3306)] == [
        (rule.properties["GroupId"], rule.properties["FromPort"])
        for rule in resources.of_type("AWS::EC2::SecurityGroupEgress")
    ]


def test_is_connectable(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """A database's connections take the function itself, and open for its capacity provider."""
    stack = strict_stack()
    capacity = ManagedCapacity(stack, "Capacity")
    database = rds.DatabaseInstance(
        stack, "Database", engine=rds.DatabaseInstanceEngine.POSTGRES, vpc=capacity.network.vpc
    )
    database.connections.allow_default_port_from(workflow(stack, capacity=capacity))
    resources = synthesize(stack)
    [reference] = resources.only("AWS::Lambda::CapacityProvider").properties["VpcConfig"]["SecurityGroupIds"]

    assert reference == resources.only("AWS::EC2::SecurityGroupIngress").properties["SourceSecurityGroupId"]


@pytest.mark.parametrize("imported", [False, True])
def test_a_database_in_the_functions_stack_opens_to_capacity_of_another(
    strict_app: Callable[..., cdk.App], workflow: Callable[..., DurableManagedFunction], *, imported: bool
) -> None:
    """Both sides of the rule are in the database's stack, or the stacks would need each other."""
    app = strict_app()
    platform, stack = cdk.Stack(app, "Platform"), cdk.Stack(app, "Orders")
    capacity: IManagedCapacity = ManagedCapacity(platform, "Capacity", network=(made := ManagedNetwork(platform, "N")))
    if imported:
        arn = capacity.capacity_provider_arn
        groups = made.security_groups
        capacity = ManagedCapacity.from_capacity_provider_arn(
            stack, "Imported", arn, architecture=lambda_.Architecture.ARM_64, security_groups=groups
        )
    ec2.SecurityGroup(stack, "Database", vpc=made.vpc).connections.allow_from(
        workflow(stack, capacity=capacity), ec2.Port.POSTGRES
    )

    rules = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
    resources = Template.from_stack(stack).to_json()["Resources"].values()
    assert sorted(rules) == sorted(it["Type"] for it in resources if it["Type"] in rules)


def test_rejects_connections_of_an_imported_capacity_without_groups(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Security groups that are not known cannot be opened."""
    stack = strict_stack()
    capacity = ManagedCapacity.from_capacity_provider_arn(
        stack,
        "Shared",
        "arn:aws:lambda:us-east-1:111122223333:capacity-provider:shared",
        architecture=lambda_.Architecture.ARM_64,
    )

    with pytest.raises(ValueError, match=r"must know its security groups, got none: pass security_groups"):
        _ = workflow(stack, capacity=capacity).connections


def test_alias_is_a_rule_target(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """An EventBridge rule invokes the alias and may."""
    stack = strict_stack()
    events.Rule(
        stack,
        "Rule",
        event_pattern=events.EventPattern(source=["orders"]),
        targets=[targets.LambdaFunction(workflow(stack).alias)],
    )
    resources = synthesize(stack)
    alias = {"Ref": resources.only("AWS::Lambda::Alias").logical_id}

    assert resources.only("AWS::Events::Rule").properties["Targets"][0]["Arn"] == alias
    assert resources.only("AWS::Lambda::Permission").properties["FunctionName"] == alias


def test_alias_is_a_schedule_target(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """EventBridge Scheduler starts executions on the alias."""
    stack = strict_stack()
    scheduler.Schedule(
        stack,
        "Nightly",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
        target=scheduler_targets.LambdaInvoke(workflow(stack).alias),
    )
    resources = synthesize(stack)

    assert resources.only("AWS::Scheduler::Schedule").properties["Target"]["Arn"] == {
        "Ref": resources.only("AWS::Lambda::Alias").logical_id
    }


def test_alias_is_a_step_functions_task(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """A state machine's task names the alias."""
    stack = strict_stack()
    task = tasks.LambdaInvoke(stack, "Start", lambda_function=workflow(stack).alias)
    machine = sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(task))
    # CDK's state machine lists its role under DependsOn although it names it.
    cast("sfn.CfnStateMachine", machine.node.default_child).add_metadata(
        "cfn-lint", {"config": {"ignore_checks": ["W3005"]}}
    )
    # The task waits for an execution that may last an hour.
    resources = synthesize(stack, preflight=["DMI305"])
    definition = resources.only("AWS::StepFunctions::StateMachine").properties["DefinitionString"]["Fn::Join"][1]

    assert {"Ref": resources.only("AWS::Lambda::Alias").logical_id} in definition
