"""The alias moves last: whatever else of the construct fails in a deployment leaves it where it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from durable_mi_constructs import DurableExecutionStatus
from tests.constructs.moves import needed

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import IConstruct

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources

ALIAS = "AWS::Lambda::Alias"
FAILED = [DurableExecutionStatus.FAILED]


@pytest.fixture(scope="session")
def workflow(draining_workflow: Callable[..., DurableManagedFunction]) -> Callable[..., DurableManagedFunction]:
    """Have a janitor in each stack."""
    return draining_workflow


@pytest.fixture
def stack(strict_stack: Callable[..., cdk.Stack]) -> cdk.Stack:
    """Return a stack."""
    return strict_stack()


def out_of_order(found: Resources) -> list[str]:
    """Return what is of a function's construct and comes neither before its alias nor after it."""
    resources = found.json["Resources"]
    misplaced = []
    for alias in found.of_type(ALIAS):
        construct = re.sub(r"Alias\w{8}$", "", alias.logical_id)
        before = needed(resources, alias.logical_id)
        misplaced += [
            name
            for name in sorted(set(resources) - before - {alias.logical_id})
            if name.startswith(construct) and alias.logical_id not in needed(resources, name)
        ]
    return misplaced


def circles(found: Resources) -> list[str]:
    """Return the resources that wait for themselves."""
    resources = found.json["Resources"]
    return [name for name in resources if name in needed(resources, name)]


def waits_for(found: Resources, resource_type: str, *, alias: str = "Alias") -> list[str]:
    """Return the resources of a type that an alias waits for."""
    [made] = [it for it in found.of_type(ALIAS) if alias in it.logical_id]
    before = needed(found.json["Resources"], made.logical_id)
    return [it.logical_id for it in found.of_type(resource_type) if it.logical_id in before]


def notifier(stack: cdk.Stack, construct_id: str, **environment: str) -> lambda_.Function:
    """Make an ordinary function."""
    return lambda_.Function(
        stack,
        construct_id,
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        environment=environment,
    )


def test_the_construct_alone_comes_before_its_alias(
    stack: cdk.Stack,
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Nothing of a function with an own network is left beside the alias."""
    workflow(stack)

    found = synthesize(stack)
    assert [] == out_of_order(found)
    assert [] != waits_for(found, "AWS::SQS::QueuePolicy")
    assert [] != waits_for(found, "AWS::EC2::FlowLog")


def test_what_is_added_later_comes_before_the_alias(
    stack: cdk.Stack,
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Alarms, the dashboard, rules, policies of grants, and what the app puts below the construct."""
    made = workflow(stack)
    topic = sns.Topic(stack, "Topic", enforce_ssl=True)
    made.monitor(actions=[actions.SnsAction(topic)])
    made.on_status_change("Failed", statuses=FAILED, target=targets.SnsTopic(topic))
    made.grants.observe(notifier(stack, "Reader"))
    sqs.Queue(made, "Own", enforce_ssl=True)

    found = synthesize(stack, lint=False)
    assert [] == out_of_order(found)
    assert 13 == len(waits_for(found, "AWS::CloudWatch::Alarm"))
    assert 1 == len(waits_for(found, "AWS::CloudWatch::Dashboard"))
    assert 1 == len(waits_for(found, "AWS::Events::Rule"))
    assert 2 == len(waits_for(found, "AWS::SQS::Queue"))


def test_what_uses_the_alias_comes_after_it(
    stack: cdk.Stack,
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """A rule whose target starts another execution, and alarms that call a function which does."""
    made = workflow(stack)
    again = notifier(stack, "Again", WORKFLOW=made.alias.function_arn)
    made.alias.grant_invoke(again)
    made.on_status_change("Failed", statuses=FAILED, target=targets.LambdaFunction(again))
    made.on_status_change("Ended", statuses=FAILED, target=targets.LambdaFunction(made.alias))
    made.monitor().alarms["Failed"].add_alarm_action(actions.LambdaAction(again))

    found = synthesize(stack, lint=False)
    assert [] == out_of_order(found)
    assert [] == waits_for(found, "AWS::Events::Rule")
    assert 12 == len(waits_for(found, "AWS::CloudWatch::Alarm"))


def test_a_rule_that_starts_executions_sends_to_the_dead_letter_queue(
    stack: cdk.Stack,
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """The policy of the queue names the rule, the rule names the alias: no circle, and the policy comes last."""
    made = workflow(stack)
    rule = events.Rule(stack, "Nightly", schedule=events.Schedule.cron(hour="3", minute="0"))
    rule.add_target(targets.LambdaFunction(made.alias, dead_letter_queue=made.dead_letters.queue))

    found = synthesize(stack)
    assert [] == circles(found)
    assert [] == out_of_order(found)
    assert [] == waits_for(found, "AWS::SQS::QueuePolicy")


def test_two_functions_whose_events_start_each_other_are_no_circle(
    stack: cdk.Stack,
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Each of the rules alone could come first. Both cannot: CloudFormation rejects a circle."""
    first = workflow(stack, "First")
    second = workflow(stack, "Second", capacity=first.capacity)
    first.on_status_change("Failed", statuses=FAILED, target=targets.LambdaFunction(second.alias))
    second.on_status_change("Failed", statuses=FAILED, target=targets.LambdaFunction(first.alias))

    found = synthesize(stack, lint=False)
    assert [] == circles(found)
    assert 1 == len(waits_for(found, "AWS::Events::Rule", alias="FirstAlias"))


def test_a_nested_stack_below_the_construct_is_left_alone(
    stack: cdk.Stack,
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Its resources are of another template; the nested stack itself is waited for."""
    nested = cdk.NestedStack(workflow(stack), "Nested")
    sqs.Queue(nested, "Queue", enforce_ssl=True)

    found = synthesize(stack, lint=False)
    assert [] == out_of_order(found)
    assert 1 == len(waits_for(found, "AWS::CloudFormation::Stack"))


def test_synthesizing_again_changes_nothing(
    stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], synthesize: Callable[..., Resources]
) -> None:
    """Tests of an app synthesize it more than once."""
    workflow(stack).monitor()

    first = synthesize(stack, lint=False).json
    assert first == synthesize(stack, lint=False).json


def test_what_the_app_adds_to_the_log_group_and_the_function_comes_before_the_alias(
    stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], synthesize: Callable[..., Resources]
) -> None:
    """Filters of the logs, and a second alias; a filter that starts executions comes after the alias."""
    made = workflow(stack)
    every = logs.FilterPattern.all_events()
    made.log_group.add_metric_filter("Lines", filter_pattern=every, metric_name="Lines", metric_namespace="Orders")
    starter = notifier(stack, "Starter", WORKFLOW=made.alias.function_arn)
    made.log_group.add_subscription_filter(
        "Start", destination=destinations.LambdaDestination(starter), filter_pattern=every
    )
    lambda_.Alias(made.function, "Beta", alias_name="beta", version=made.version)

    found = synthesize(stack, lint=False)
    assert [] == circles(found)
    assert [] == [name for name in out_of_order(found) if "Beta" not in name]
    assert 1 == len(waits_for(found, "AWS::Logs::MetricFilter", alias="WorkflowAlias"))
    assert [] == waits_for(found, "AWS::Logs::SubscriptionFilter", alias="WorkflowAlias")
    assert 1 == len(waits_for(found, ALIAS, alias="WorkflowAlias"))


def test_a_nested_stack_below_the_construct_that_uses_the_alias_comes_after_it(
    stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], synthesize: Callable[..., Resources]
) -> None:
    """CDK makes a dependency on a resource of the nested stack one on the nested stack, which gets the alias."""
    made = workflow(stack)
    notifier(cdk.NestedStack(made, "Nested"), "Again", WORKFLOW=made.alias.function_arn)

    assert [] == circles(synthesize(stack, lint=False))


def test_a_nested_stack_with_the_same_id_hides_no_user_of_the_alias(
    stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], synthesize: Callable[..., Resources]
) -> None:
    """Logical ids are unique in one template only."""
    made = workflow(stack)
    again = notifier(stack, "Again", WORKFLOW=made.alias.function_arn)
    topic = cdk.CfnResource(cdk.NestedStack(stack, "Nested"), "Topic", type="AWS::SNS::Topic")
    topic.override_logical_id(stack.get_logical_id(cast("cdk.CfnElement", again.node.default_child)))
    made.on_status_change("Failed", statuses=FAILED, target=targets.LambdaFunction(again))
    again.grant_invoke(made)

    found = synthesize(stack, lint=False)
    assert [] == circles(found)
    assert [] == waits_for(found, "AWS::Events::Rule")


def test_a_hook_of_codedeploy_that_uses_the_alias_comes_after_it(
    stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], synthesize: Callable[..., Resources]
) -> None:
    """Another alias, which a rule of the function starts, names the hook in its update policy."""
    first = workflow(stack, "First")
    second = workflow(stack, "Second", capacity=first.capacity)
    codedeploy.LambdaDeploymentGroup(
        stack,
        "Deployment",
        alias=second.alias,
        pre_hook=notifier(stack, "Hook", WORKFLOW=first.alias.function_arn),
        deployment_config=codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
    )
    first.on_status_change("Failed", statuses=FAILED, target=targets.LambdaFunction(second.alias))

    assert [] == circles(synthesize(stack, lint=False))


def test_what_a_condition_can_leave_out_is_not_waited_for(
    stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], synthesize: Callable[..., Resources]
) -> None:
    """CDK's validator rejects a template in which something waits for it, unless both have the condition."""
    made = workflow(stack)
    there = cdk.CfnCondition(stack, "Prod", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "us-east-1"))
    queue = sqs.Queue(made, "Own", enforce_ssl=True)
    for child in queue.node.find_all():
        if isinstance(child, cdk.CfnResource):
            child.cfn_options.condition = there

    found = synthesize(stack, lint=False)
    assert 1 == len(waits_for(found, "AWS::SQS::Queue"))  # the dead-letter queue


@jsii.implements(cdk.IAspect)
class Nightly:
    """Lets a rule start executions, and sends what cannot start to the function's queue."""

    def __init__(self, rule: events.Rule, made: DurableManagedFunction) -> None:
        self.rule = rule
        self.made = made

    def visit(self, node: IConstruct) -> None:
        """Add the target once."""
        if node is self.rule:
            queue = self.made.dead_letters.queue
            self.rule.add_target(targets.LambdaFunction(self.made.alias, dead_letter_queue=queue))


def test_an_aspect_can_let_the_queue_lead_to_the_alias(
    stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction], synthesize: Callable[..., Resources]
) -> None:
    """What waits for what is decided after all aspects."""
    made = workflow(stack)
    rule = events.Rule(stack, "Nightly", schedule=events.Schedule.cron(hour="3", minute="0"))
    cdk.Aspects.of(stack).add(Nightly(rule, made))

    found = synthesize(stack, lint=False)
    assert [] == circles(found)
    assert [] == waits_for(found, "AWS::SQS::QueuePolicy")


def test_reading_the_dead_letters_changes_nothing(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """The version waits for the queue's policy unless that leads to the alias."""
    unread, read = strict_stack(), strict_stack()
    workflow(unread)
    assert workflow(read).dead_letters.queue is not None

    assert synthesize(read, lint=False).json == synthesize(unread, lint=False).json
