"""Grants in a circle: between the workflow and what starts it, what it invokes, and what it works with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from aws_cdk.assertions import Template

from durable_mi_constructs import ManagedCapacity
from tests.conftest import Resources

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct

    from durable_mi_constructs import DurableManagedFunction


ROLES = ("own role", "role of this stack", "role of another stack")


@pytest.fixture(scope="session")
def workflow(draining_workflow: Callable[..., DurableManagedFunction]) -> Callable[..., DurableManagedFunction]:
    """Have a janitor in each stack."""
    return draining_workflow


def _granted(kind: str, app: cdk.App, workflow: Callable[..., DurableManagedFunction]) -> DurableManagedFunction:
    """Make a workflow with a kind of role, on instances of another app, since here only permissions matter."""
    stack = cdk.Stack(app, "Orders")
    capacity = ManagedCapacity.from_capacity_provider_arn(
        stack,
        "Shared",
        "arn:aws:lambda:us-east-1:111122223333:capacity-provider:shared",
        architecture=lambda_.Architecture.ARM_64,
    )
    if kind == "own role":
        return workflow(stack, capacity=capacity)
    scope = cdk.Stack(app, "Security") if kind == "role of another stack" else stack
    role = iam.Role(scope, "Mine", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    return workflow(stack, capacity=capacity, role=role)


@pytest.fixture(params=ROLES)
def granted(
    request: pytest.FixtureRequest,
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
) -> DurableManagedFunction:
    """Return a workflow in a stack, with each kind of role."""
    return _granted(request.param, strict_app(), workflow)


def _function(scope: Construct, construct_id: str, **environment: str) -> lambda_.Function:
    function = lambda_.Function(
        scope,
        construct_id,
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        environment=environment or None,
    )
    # CDK's function lists its role under DependsOn although it names it.
    cast("lambda_.CfnFunction", function.node.default_child).add_metadata(
        "cfn-lint", {"config": {"ignore_checks": ["W3005"]}}
    )
    return function


def _where(resources: Resources, action: str) -> list[str]:
    return [
        policy.logical_id
        for policy in resources.of_type("AWS::IAM::Policy")
        if f"'{action}'" in str(policy.properties)
        and policy.logical_id.startswith("Workflow")
        and "GrantsTo" not in policy.logical_id
    ]


def _waited_for(resources: Resources) -> list[str]:
    [version] = [
        version for version in resources.of_type("AWS::Lambda::Version") if version.logical_id.startswith("Workflow")
    ]
    return version.waits_for_permissions


def test_notifier_that_completes_callbacks(
    granted: DurableManagedFunction, synthesize: Callable[..., Resources]
) -> None:
    """The workflow invokes the notifier, which completes its callbacks: the version waits for both permissions."""
    stack = cdk.Stack.of(granted)
    notifier = _function(stack, "Notifier")
    notifier.grant_invoke(granted)
    granted.grants.complete_callbacks(notifier)
    resources = synthesize(stack, lint=False)  # CDK's assertions find circles

    assert _where(resources, "lambda:InvokeFunction") == _waited_for(resources)


def test_notifier_in_the_environment(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """The workflow finds the notifier by its environment, and the notifier may complete callbacks and decrypt."""
    stack = strict_stack()
    notifier = _function(stack, "Notifier")
    made = workflow(stack, environment={"NOTIFIER": notifier.function_name}, encryption_key=kms.Key(stack, "Key"))
    notifier.grant_invoke(made)
    made.grants.complete_callbacks(notifier)
    made.grants.observe(notifier)
    resources = synthesize(stack, lint=False)
    [role] = [role for role in resources.of_type("AWS::IAM::Role") if role.logical_id.startswith("Notifier")]

    assert 4 == len(resources.statements(role))


def test_starter_that_the_workflow_invokes(
    granted: DurableManagedFunction, synthesize: Callable[..., Resources]
) -> None:
    """A function that has the alias in its environment needs the version: that one cannot wait for the grant on it."""
    stack = cdk.Stack.of(granted)
    starter = _function(stack, "Starter", WORKFLOW=granted.alias.function_arn)
    granted.grants.start(starter)
    starter.grant_invoke(granted)
    notifier = _function(stack, "Notifier")
    notifier.grant_invoke(granted)
    resources = synthesize(stack, lint=False)
    [after] = _waited_for(resources)
    [alone] = set(_where(resources, "lambda:InvokeFunction")) - {after}

    assert after in _where(resources, "lambda:InvokeFunction")
    assert "PolicyAfterAlias" in alone


def test_workflows_that_need_each_other(
    granted: DurableManagedFunction,
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """One starts the other by its alias, and the other completes its callbacks."""
    stack = cdk.Stack.of(granted)
    approvals = workflow(
        stack, "Approvals", capacity=granted.capacity, environment={"ORDERS": granted.alias.function_arn}
    )
    granted.grants.start(approvals)
    approvals.grants.complete_callbacks(granted)
    approvals.grants.complete_callbacks(approvals)
    resources = synthesize(stack, lint=False)

    assert ["PolicyAfterAlias"] == [
        name.removeprefix("Workflow")[:16] for name in _where(resources, "lambda:SendDurableExecutionCallbackSuccess")
    ]


def _bucket(scope: Construct, workflow: DurableManagedFunction) -> None:
    key = kms.Key(scope, "BucketKey")
    bucket = s3.Bucket(scope, "Bucket", encryption=s3.BucketEncryption.KMS, encryption_key=key)
    bucket.grant_read_write(workflow)
    bucket.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.LambdaDestination(workflow.alias))


def _table(scope: Construct, workflow: DurableManagedFunction) -> None:
    dynamodb.Table(
        scope,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=kms.Key(scope, "TableKey"),
    ).grant_read_write_data(workflow)


def _secret(scope: Construct, workflow: DurableManagedFunction) -> None:
    secretsmanager.Secret(scope, "Secret", encryption_key=kms.Key(scope, "SecretKey")).grant_read(workflow)


def _parameter(scope: Construct, workflow: DurableManagedFunction) -> None:
    ssm.StringParameter(scope, "Parameter", string_value=workflow.alias.function_arn).grant_read(workflow)


def _users(scope: Construct, workflow: DurableManagedFunction) -> None:
    pool = cognito.UserPool(scope, "Users", lambda_triggers=cognito.UserPoolTriggers(post_confirmation=workflow.alias))
    pool.grant(workflow, "cognito-idp:AdminUpdateUserAttributes")


def _machine(scope: Construct, workflow: DurableManagedFunction) -> None:
    task = tasks.LambdaInvoke(
        scope,
        "Ask",
        lambda_function=workflow.alias,
        integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
        payload=sfn.TaskInput.from_object({"token": sfn.JsonPath.task_token}),
        invocation_type=tasks.LambdaInvocationType.EVENT,
    )
    machine = sfn.StateMachine(scope, "Machine", definition_body=sfn.DefinitionBody.from_chainable(task))
    machine.grant_task_response(workflow)


CASES: dict[str, tuple[Any, str, bool]] = {
    "bucket that notifies the alias": (_bucket, "s3:GetObject*", True),
    "encrypted table": (_table, "dynamodb:GetItem", True),
    "encrypted secret": (_secret, "secretsmanager:GetSecretValue", True),
    "parameter with the alias": (_parameter, "ssm:GetParameter", False),
    "user pool that invokes the alias": (_users, "cognito-idp:AdminUpdateUserAttributes", False),
    "state machine that waits for the workflow": (_machine, "states:SendTaskSuccess", False),
}


@pytest.fixture(scope="module", params=ROLES)
def together(
    request: pytest.FixtureRequest,
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    cfn_lint: Callable[[Any], list[str]],
) -> Resources:
    """Return a stack with all cases, in which nothing waits for itself."""
    made = _granted(request.param, strict_app(), workflow)
    stack = cdk.Stack.of(made)
    for build, *_ in CASES.values():
        build(stack, made)
    resources = Resources(Template.from_stack(stack))
    assert [] == [finding for finding in cfn_lint(resources.json) if finding.startswith("E")]
    return resources


@pytest.mark.parametrize("case", CASES)
def test_no_circle_with(together: Resources, case: str) -> None:
    """The version waits for what it can wait for."""
    _, action, waits = CASES[case]
    [policy] = _where(together, action)

    assert waits == (policy in _waited_for(together))
