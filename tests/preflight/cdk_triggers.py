"""Every trigger that CDK's own constructs put on a function, a version or an alias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as pipeline_actions
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_config as config
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as elbv2_targets
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as events_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as logs_destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as s3_notifications
from aws_cdk import aws_s3objectlambda as object_lambda
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses
from aws_cdk import aws_ses_actions as ses_actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct

__all__ = ["TRIGGERS", "Trigger"]

_HOUR = cdk.Duration.hours(1)
_HEADER = "integration.request.header.X-Amz-Invocation-Type"
_FIRST = lambda_.StartingPosition.TRIM_HORIZON


@dataclass(frozen=True, slots=True)
class Trigger:
    """One way to put a trigger on a function.

    Attributes:
        rule_id: The rule about what the trigger points at.
        build: Puts it on a function.
        limit: The rule that looks at how long an execution may last; empty where no such rule holds.
        permission: Whether CDK adds a permission on what it points at.
    """

    rule_id: str
    build: Callable[[Construct, lambda_.IFunction], object]
    limit: str = ""
    permission: bool = True


def _table(scope: Construct) -> dynamodb.Table:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(scope, "Table", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)


def _secret(scope: Construct) -> secretsmanager.Secret:
    return secretsmanager.Secret(scope, "Secret")


def _kafka(_scope: Construct) -> sources.ManagedKafkaEventSource:
    cluster = f"arn:aws:kafka:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:cluster/orders/1"
    return sources.ManagedKafkaEventSource(cluster_arn=cluster, topic="orders", starting_position=_FIRST)


def _own_kafka(scope: Construct) -> sources.SelfManagedKafkaEventSource:
    return sources.SelfManagedKafkaEventSource(
        bootstrap_servers=["kafka.example.com:9092"],
        topic="orders",
        starting_position=_FIRST,
        secret=_secret(scope),
        authentication_method=sources.AuthenticationMethod.SASL_SCRAM_512_AUTH,
    )


def _source(make: Callable[[Construct], lambda_.IEventSource]) -> Trigger:
    def build(scope: Construct, target: lambda_.IFunction) -> None:
        target.add_event_source(make(scope))

    return Trigger("DMI403", build, limit="DMI303", permission=False)


def _rule(scope: Construct, target: lambda_.IFunction) -> None:
    events.Rule(scope, "Rule", schedule=events.Schedule.rate(_HOUR), targets=[events_targets.LambdaFunction(target)])


def _schedule(scope: Construct, target: lambda_.IFunction) -> None:
    invoke = scheduler_targets.LambdaInvoke(target)
    scheduler.Schedule(scope, "Schedule", schedule=scheduler.ScheduleExpression.rate(_HOUR), target=invoke)


def _topic(scope: Construct, target: lambda_.IFunction) -> None:
    sns.Topic(scope, "Topic").add_subscription(subscriptions.LambdaSubscription(target))


def _bucket(scope: Construct, target: lambda_.IFunction) -> None:
    made = s3.Bucket(scope, "Bucket")
    made.add_event_notification(s3.EventType.OBJECT_CREATED, s3_notifications.LambdaDestination(target))


def _object_lambda(scope: Construct, target: lambda_.IFunction) -> None:
    bucket = s3.CfnAccessPoint(scope, "Support", bucket=s3.Bucket(scope, "Bucket").bucket_name)
    transformation = object_lambda.CfnAccessPoint.TransformationConfigurationProperty(
        actions=["GetObject"], content_transformation={"AwsLambda": {"FunctionArn": target.function_arn}}
    )
    configuration = object_lambda.CfnAccessPoint.ObjectLambdaConfigurationProperty(
        supporting_access_point=bucket.attr_arn, transformation_configurations=[transformation]
    )
    object_lambda.CfnAccessPoint(scope, "Access", object_lambda_configuration=configuration)


def _rest(**options: Any) -> Callable[[Construct, lambda_.IFunction], None]:
    def build(scope: Construct, target: lambda_.IFunction) -> None:
        integration = apigateway.LambdaIntegration(target, allow_test_invoke=False, **options)
        apigateway.RestApi(scope, "Api", cloud_watch_role=False).root.add_method("POST", integration)

    return build


def _spec(scope: Construct, target: lambda_.IFunction) -> None:
    path = f"path/2015-03-31/functions/{target.function_arn}/invocations"
    uri = f"arn:{cdk.Aws.PARTITION}:apigateway:{cdk.Aws.REGION}:lambda:{path}"
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}
    paths = {"/": {"post": {"x-amazon-apigateway-integration": integration}}}
    definition = apigateway.ApiDefinition.from_inline({"openapi": "3.0.1", "paths": paths})
    apigateway.SpecRestApi(scope, "Api", api_definition=definition, cloud_watch_role=False)


def _rest_authorizer(scope: Construct, target: lambda_.IFunction) -> None:
    authorizer = apigateway.TokenAuthorizer(scope, "Authorizer", handler=target)
    api = apigateway.RestApi(scope, "Api", cloud_watch_role=False)
    api.root.add_method("GET", apigateway.MockIntegration(), authorizer=authorizer)


def _http(scope: Construct, target: lambda_.IFunction) -> None:
    integration = integrations.HttpLambdaIntegration("Integration", target)
    apigatewayv2.HttpApi(scope, "Api", default_integration=integration)


def _http_authorizer(scope: Construct, target: lambda_.IFunction) -> None:
    integration = integrations.HttpUrlIntegration("Integration", "https://example.com")
    authorizer = authorizers.HttpLambdaAuthorizer("Authorizer", target)
    apigatewayv2.HttpApi(scope, "Api", default_integration=integration, default_authorizer=authorizer)


def _web_socket(scope: Construct, target: lambda_.IFunction) -> None:
    integration = integrations.WebSocketLambdaIntegration("Integration", target)
    route = apigatewayv2.WebSocketRouteOptions(integration=integration)
    apigatewayv2.WebSocketApi(scope, "Api", default_route_options=route)


def _url(scope: Construct, target: lambda_.IFunction) -> None:
    del scope
    # CDK itself refuses a URL on a version.
    if not isinstance(target, lambda_.Version):
        target.add_function_url()


def _machine(state: Callable[[Construct, lambda_.IFunction], sfn.IChainable]) -> Callable[..., None]:
    def build(scope: Construct, target: lambda_.IFunction) -> None:
        body = sfn.DefinitionBody.from_chainable(state(scope, target))
        sfn.StateMachine(scope, "Machine", definition_body=body)

    return build


def _waiting_task(scope: Construct, target: lambda_.IFunction) -> sfn.IChainable:
    return tasks.LambdaInvoke(scope, "Run", lambda_function=target)


def _token_task(scope: Construct, target: lambda_.IFunction) -> sfn.IChainable:
    token = sfn.TaskInput.from_object({"token": sfn.JsonPath.task_token})
    pattern = sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN
    return tasks.LambdaInvoke(scope, "Run", lambda_function=target, integration_pattern=pattern, payload=token)


def _response_task(scope: Construct, target: lambda_.IFunction) -> sfn.IChainable:
    return tasks.LambdaInvoke(scope, "Run", lambda_function=target, payload_response_only=True)


def _starting_task(scope: Construct, target: lambda_.IFunction) -> sfn.IChainable:
    invocation = tasks.LambdaInvocationType.EVENT
    return tasks.LambdaInvoke(scope, "Run", lambda_function=target, invocation_type=invocation)


def _jsonata_task(scope: Construct, target: lambda_.IFunction) -> sfn.IChainable:
    return tasks.LambdaInvoke.jsonata(scope, "Run", lambda_function=target)


def _mapped_task(scope: Construct, target: lambda_.IFunction) -> sfn.IChainable:
    return sfn.Map(scope, "Map").item_processor(_waiting_task(scope, target))


def _destination(scope: Construct, target: lambda_.IFunction) -> None:
    lambda_.Function(
        scope,
        "Trigger",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        on_success=destinations.LambdaDestination(target),
    )


def _user_pool(scope: Construct, target: lambda_.IFunction) -> None:
    cognito.UserPool(scope, "Pool").add_trigger(cognito.UserPoolOperation.PRE_SIGN_UP, target)


def _user_pool_sender(scope: Construct, target: lambda_.IFunction) -> None:
    pool = cognito.UserPool(scope, "Pool", custom_sender_kms_key=cdk.aws_kms.Key(scope, "Key"))
    pool.add_trigger(cognito.UserPoolOperation.CUSTOM_EMAIL_SENDER, target)


def _graphql(scope: Construct, target: lambda_.IFunction) -> None:
    api = appsync.EventApi(scope, "Api", api_name="orders")
    api.add_lambda_data_source("Source", target)


def _topic_rule(scope: Construct, target: lambda_.IFunction) -> None:
    call = iot.CfnTopicRule.LambdaActionProperty(function_arn=target.function_arn)
    action = iot.CfnTopicRule.ActionProperty(lambda_=call)
    payload = iot.CfnTopicRule.TopicRulePayloadProperty(sql="SELECT * FROM 'orders'", actions=[action])
    iot.CfnTopicRule(scope, "TopicRule", topic_rule_payload=payload)


def _config_rule(scope: Construct, target: lambda_.IFunction) -> None:
    config.CustomRule(scope, "Rule", lambda_function=target, periodic=True)


def _rotation(scope: Construct, target: lambda_.IFunction) -> None:
    _secret(scope).add_rotation_schedule("Rotation", rotation_lambda=target)


def _subscription_filter(scope: Construct, target: lambda_.IFunction) -> None:
    destination = logs_destinations.LambdaDestination(target)
    group = logs.LogGroup(scope, "Log")
    group.add_subscription_filter("Filter", destination=destination, filter_pattern=logs.FilterPattern.all_events())


def _receipt(scope: Construct, target: lambda_.IFunction) -> None:
    action = ses_actions.Lambda(function=target, invocation_type=ses_actions.LambdaInvocationType.EVENT)
    ses.ReceiptRuleSet(scope, "Rules").add_rule("Rule", actions=[action])


def _waiting_receipt(scope: Construct, target: lambda_.IFunction) -> None:
    action = ses_actions.Lambda(function=target, invocation_type=ses_actions.LambdaInvocationType.REQUEST_RESPONSE)
    ses.ReceiptRuleSet(scope, "Rules").add_rule("Rule", actions=[action])


def _delivery(scope: Construct, target: lambda_.IFunction) -> None:
    destination = firehose.S3Bucket(s3.Bucket(scope, "Bucket"), processor=firehose.LambdaFunctionProcessor(target))
    firehose.DeliveryStream(scope, "Delivery", destination=destination)


def _pipeline(scope: Construct, target: lambda_.IFunction) -> None:
    artifact = codepipeline.Artifact()
    read = pipeline_actions.S3SourceAction(
        action_name="Read", bucket=s3.Bucket(scope, "Source"), bucket_key="app.zip", output=artifact
    )
    invoke = pipeline_actions.LambdaInvokeAction(action_name="Run", lambda_=target)
    pipeline = codepipeline.Pipeline(scope, "Pipeline")
    pipeline.add_stage(stage_name="Source", actions=[read])
    pipeline.add_stage(stage_name="Run", actions=[invoke])


def _load_balancer(scope: Construct, target: lambda_.IFunction) -> None:
    elbv2.ApplicationTargetGroup(scope, "Group", targets=[elbv2_targets.LambdaTarget(target)])


def _custom_resource(scope: Construct, target: lambda_.IFunction) -> None:
    cdk.CustomResource(scope, "Custom", service_token=target.function_arn)


def _named_custom_resource(scope: Construct, target: lambda_.IFunction) -> None:
    cdk.CustomResource(scope, "Custom", service_token=target.function_arn, resource_type="Custom::Orders")


def _permission(scope: Construct, target: lambda_.IFunction) -> None:
    del scope
    target.add_permission("Permission", principal=iam.ServicePrincipal("events.amazonaws.com"))


TRIGGERS: dict[str, Trigger] = {
    "SQS": _source(lambda scope: sources.SqsEventSource(sqs.Queue(scope, "Queue"))),
    "Kinesis": _source(
        lambda scope: sources.KinesisEventSource(kinesis.Stream(scope, "Stream"), starting_position=_FIRST)
    ),
    "DynamoDB": _source(lambda scope: sources.DynamoEventSource(_table(scope), starting_position=_FIRST)),
    "MSK": _source(_kafka),
    "own Kafka": _source(_own_kafka),
    "EventBridge": Trigger("DMI401", _rule),
    "Scheduler": Trigger("DMI402", _schedule, permission=False),
    "SNS": Trigger("DMI404", _topic),
    "S3": Trigger("DMI405", _bucket),
    "REST proxy": Trigger("DMI406", _rest(), limit="DMI305"),
    "REST, not proxy": Trigger("DMI406", _rest(proxy=False), limit="DMI305"),
    "REST, asynchronous": Trigger(
        "DMI406",
        _rest(proxy=False, request_parameters={_HEADER: "'Event'"}),
    ),
    "REST, the client chooses": Trigger(
        "DMI406",
        _rest(proxy=False, request_parameters={_HEADER: "method.request.header.InvocationType"}),
    ),
    "REST proxy with the header": Trigger("DMI406", _rest(request_parameters={_HEADER: "'Event'"}), limit="DMI305"),
    "OpenAPI": Trigger("DMI406", _spec, limit="DMI305", permission=False),
    "REST authorizer": Trigger("DMI406", _rest_authorizer, limit="DMI305"),
    "HTTP": Trigger("DMI406", _http, limit="DMI305"),
    "HTTP authorizer": Trigger("DMI406", _http_authorizer, limit="DMI305"),
    "WebSocket": Trigger("DMI406", _web_socket, limit="DMI305"),
    "function URL": Trigger("DMI407", _url, limit="DMI305", permission=False),
    "Step Functions": Trigger("DMI408", _machine(_waiting_task), limit="DMI305", permission=False),
    "Step Functions, token": Trigger("DMI408", _machine(_token_task), limit="DMI305", permission=False),
    "Step Functions, response": Trigger("DMI408", _machine(_response_task), limit="DMI305", permission=False),
    "Step Functions, event": Trigger("DMI408", _machine(_starting_task), permission=False),
    "Step Functions, JSONata": Trigger("DMI408", _machine(_jsonata_task), limit="DMI305", permission=False),
    "Step Functions, map": Trigger("DMI408", _machine(_mapped_task), limit="DMI305", permission=False),
    "permission": Trigger("DMI409", _permission, permission=False),
    "destination": Trigger("DMI410", _destination, permission=False),
    "Cognito": Trigger("DMI410", _user_pool, limit="DMI305"),
    "Cognito sender": Trigger("DMI410", _user_pool_sender, limit="DMI305"),
    "AppSync": Trigger("DMI410", _graphql, limit="DMI305", permission=False),
    "IoT": Trigger("DMI410", _topic_rule, permission=False),
    "Config": Trigger("DMI410", _config_rule),
    "rotation": Trigger("DMI410", _rotation),
    "Logs": Trigger("DMI410", _subscription_filter),
    "SES": Trigger("DMI410", _receipt),
    "SES, waiting": Trigger("DMI410", _waiting_receipt, limit="DMI305"),
    "Firehose": Trigger("DMI410", _delivery, limit="DMI305", permission=False),
    "CodePipeline": Trigger("DMI410", _pipeline, permission=False),
    "load balancer": Trigger("DMI410", _load_balancer, limit="DMI305"),
    "S3 Object Lambda": Trigger("DMI410", _object_lambda, limit="DMI305", permission=False),
    "custom resource": Trigger("DMI410", _custom_resource, permission=False),
    "named custom resource": Trigger("DMI410", _named_custom_resource, permission=False),
}
