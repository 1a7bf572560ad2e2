"""A durable function where CDK wants a ``lambda_.IFunction``, and arguments that only ``lambda_.Function`` has."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks

from durable_mi_constructs import DurableManagedFunction
from durable_mi_constructs.function.unsupported import reject_unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

HOURLY = cdk.Duration.hours(1)
# Each passes the construct to CDK, as a user would the alias; Any, since mypy rejects it.
TRIGGERS: dict[str, Callable[[cdk.Stack, Any], object]] = {
    "events rule": lambda stack, given: events.Rule(
        stack, "Rule", schedule=events.Schedule.rate(HOURLY), targets=[targets.LambdaFunction(given)]
    ),
    "schedule": lambda stack, given: scheduler.Schedule(
        stack,
        "Schedule",
        schedule=scheduler.ScheduleExpression.rate(HOURLY),
        target=scheduler_targets.LambdaInvoke(given),
    ),
    "topic": lambda stack, given: sns.Topic(stack, "Topic").add_subscription(subscriptions.LambdaSubscription(given)),
    "bucket": lambda stack, given: s3.Bucket(stack, "Bucket").add_event_notification(
        s3.EventType.OBJECT_CREATED, notifications.LambdaDestination(given)
    ),
    "api": lambda stack, given: apigateway.RestApi(stack, "Api").root.add_method(
        "POST", apigateway.LambdaIntegration(given)
    ),
    "logs": lambda stack, given: logs.LogGroup(stack, "Logs").add_subscription_filter(
        "Filter", destination=destinations.LambdaDestination(given), filter_pattern=logs.FilterPattern.all_events()
    ),
    "alarm": lambda stack, given: cloudwatch.Alarm(
        stack, "Alarm", metric=given.metric_errors(), threshold=1, evaluation_periods=1
    ).add_alarm_action(cloudwatch_actions.LambdaAction(given)),
    "state machine": lambda stack, given: stepfunctions.StateMachine(
        stack,
        "StateMachine",
        definition_body=stepfunctions.DefinitionBody.from_chainable(
            tasks.LambdaInvoke(stack, "Task", lambda_function=given)
        ),
    ),
    "event source mapping": lambda stack, given: lambda_.EventSourceMapping(
        stack, "Mapping", target=given, event_source_arn="arn:aws:sqs:eu-central-1:111122223333:orders"
    ),
    "function URL": lambda stack, given: lambda_.FunctionUrl(stack, "Url", function=given),
    "add_event_source": lambda stack, given: given.add_event_source(sources.SqsEventSource(sqs.Queue(stack, "Queue"))),
    "add_function_url": lambda _stack, given: given.add_function_url(),
    "grant_invoke": lambda _stack, given: given.grant_invoke(iam.ServicePrincipal("events.amazonaws.com")),
}


@pytest.fixture(scope="module")
def made(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> DurableManagedFunction:
    """One function for all triggers, each with a stack of its own in the app."""
    return workflow(strict_stack())


@pytest.mark.parametrize("name", TRIGGERS)
def test_rejects_the_construct_where_the_alias_is_wanted(made: DurableManagedFunction, name: str) -> None:
    """The error names the construct and the alias; raised within CDK, it arrives as a RuntimeError."""
    stack = cdk.Stack(cdk.App.of(made), name.title().replace(" ", "").replace("_", ""))
    message = (
        r"^a durable function must be used by its alias, got the construct Orders/Workflow"
        r"( and its \w+, which has no alias|, which has no \w+): pass workflow\.alias$"
    )
    with pytest.raises((RuntimeError, ValueError), match=message):
        TRIGGERS[name](stack, made)


@pytest.mark.parametrize("name", TRIGGERS)
def test_takes_the_alias(made: DurableManagedFunction, name: str) -> None:
    """The same triggers work with the alias, so that the test before shows what it means to."""
    stack = cdk.Stack(cdk.App.of(made), f"{name.title().replace(' ', '').replace('_', '')}Alias")
    TRIGGERS[name](stack, made.alias)


def test_every_argument_of_lambda_function_is_passed_on_or_refused() -> None:
    """An argument that a later CDK adds is decided on here, and not by its first user."""
    of_cdk = set(inspect.signature(lambda_.Function.__init__).parameters) - {"self", "scope", "id"}
    of_construct = set(inspect.signature(DurableManagedFunction.__init__).parameters)
    refused = {name for name in of_cdk if _refusal(name) is not None}

    assert set() == of_cdk - of_construct - refused
    assert {name for name in refused if name in of_construct} == set()


def _refusal(name: str) -> str | None:
    """Return the reason for which an argument is refused; ``None`` for one that is not known."""
    try:
        reject_unsupported([name])
    except ValueError as error:
        return str(error)
    except TypeError:
        return None
    return None


@pytest.mark.parametrize(
    ("name", "value", "alternative"),
    [
        ("adot_instrumentation", None, "FunctionSettings(layers="),
        ("insights_version", lambda_.LambdaInsightsVersion.VERSION_1_0_119_0, "FunctionSettings(layers="),
        ("params_and_secrets", None, "FunctionSettings(layers="),
        ("profiling", True, "environment"),
        ("profiling_group", None, "environment"),
        ("recursive_loop", lambda_.RecursiveLoop.ALLOW, "steps and waits"),
        ("log_retention_role", None, "FunctionLogging(retention="),
        ("log_retention_retry_options", None, "FunctionLogging(retention="),
    ],
)
def test_rejects_an_argument_of_lambda_function(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    name: str,
    value: object,
    alternative: str,
) -> None:
    """Also with the value that means nothing to CDK, since it means something to whoever wrote it."""
    with pytest.raises(
        ValueError, match=f"^{name} must not be given to a durable function on managed instances: "
    ) as e:
        workflow(strict_stack(), **{name: value})

    assert alternative in str(e.value)
