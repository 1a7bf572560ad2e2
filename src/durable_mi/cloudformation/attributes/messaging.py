"""Topics, queues, streams, events and state machines."""

from __future__ import annotations

from typing import Final

from durable_mi.cloudformation.attributes.shape import shape

__all__ = ["SHAPES"]

_QUEUE_URL: Final = "https://sqs.{region}.{suffix}/{account}/{id}"

SHAPES: Final = {
    "AWS::SNS::Topic": shape(
        "TopicName", arn="sns:{region}:{account}:{id}", ref="{arn}", TopicArn="{arn}", TopicName="{id}"
    ),
    "AWS::SNS::Subscription": shape(arn="sns:{region}:{account}:{segment:TopicArn}:{uuid}", ref="{arn}"),
    "AWS::SQS::Queue": shape(
        "QueueName",
        arn="sqs:{region}:{account}:{id}",
        ref=_QUEUE_URL,
        QueueUrl=_QUEUE_URL,
        QueueName="{id}",
        Arn="{arn}",
    ),
    "AWS::Kinesis::Stream": shape("Name", arn="kinesis:{region}:{account}:stream/{id}"),
    "AWS::Kinesis::StreamConsumer": shape(
        "ConsumerName",
        arn="kinesis:{region}:{account}:stream/{segment:StreamARN}/consumer/{id}:1700000000",
        ref="{arn}",
        ConsumerARN="{arn}",
        ConsumerName="{id}",
        ConsumerStatus="ACTIVE",
        StreamARN="{property:StreamARN}",
    ),
    "AWS::KinesisFirehose::DeliveryStream": shape(
        "DeliveryStreamName", arn="firehose:{region}:{account}:deliverystream/{id}"
    ),
    "AWS::StepFunctions::StateMachine": shape(
        "StateMachineName",
        arn="states:{region}:{account}:stateMachine:{id}",
        ref="{arn}",
        Name="{id}",
        Arn="{arn}",
        StateMachineRevisionId="{uuid}",
    ),
    "AWS::StepFunctions::StateMachineVersion": shape(
        ref="{property:StateMachineArn}:1", Arn="{property:StateMachineArn}:1"
    ),
    "AWS::StepFunctions::StateMachineAlias": shape(
        "Name", arn="states:{region}:{account}:stateMachine:{stack}:{id}", ref="{arn}"
    ),
    "AWS::StepFunctions::Activity": shape(
        "Name", arn="states:{region}:{account}:activity:{id}", ref="{arn}", Name="{id}", Arn="{arn}"
    ),
    "AWS::Events::EventBus": shape("Name", arn="events:{region}:{account}:event-bus/{id}", Name="{id}", Arn="{arn}"),
    "AWS::Events::Rule": shape("Name", arn="events:{region}:{account}:rule/{id}", Arn="{arn}", RuleName="{id}"),
    "AWS::Events::Archive": shape("ArchiveName", arn="events:{region}:{account}:archive/{id}"),
    "AWS::Events::Connection": shape(
        "Name",
        arn="events:{region}:{account}:connection/{id}/{uuid}",
        SecretArn="arn:{partition}:secretsmanager:{region}:{account}:secret:events!connection/{id}/{uuid}-{alnum:6}",
        Arn="{arn}",
        ArnForPolicy="arn:{partition}:events:{region}:{account}:connection/{id}",
    ),
    "AWS::Events::ApiDestination": shape(
        "Name",
        arn="events:{region}:{account}:api-destination/{id}/{uuid}",
        Arn="{arn}",
        ArnForPolicy="arn:{partition}:events:{region}:{account}:api-destination/{id}",
    ),
    "AWS::EventSchemas::Registry": shape(
        "RegistryName",
        arn="schemas:{region}:{account}:registry/{id}",
        ref="{arn}",
        RegistryArn="{arn}",
        RegistryName="{id}",
    ),
    "AWS::Pipes::Pipe": shape("Name", arn="pipes:{region}:{account}:pipe/{id}"),
    "AWS::Scheduler::Schedule": shape(
        "Name", arn="scheduler:{region}:{account}:schedule/{property:GroupName:default}/{id}"
    ),
    "AWS::Scheduler::ScheduleGroup": shape("Name", arn="scheduler:{region}:{account}:schedule-group/{id}"),
    "AWS::MSK::Cluster": shape("ClusterName", arn="kafka:{region}:{account}:cluster/{id}/{uuid}-1", ref="{arn}"),
    "AWS::MSK::ServerlessCluster": shape(
        "ClusterName", arn="kafka:{region}:{account}:cluster/{id}/{uuid}-s1", ref="{arn}"
    ),
    "AWS::AmazonMQ::Broker": shape(
        made="b-{uuid}", arn="mq:{region}:{account}:broker:{property:BrokerName}:{id}", Id="{id}", Arn="{arn}"
    ),
    "AWS::SES::ConfigurationSet": shape("Name"),
    "AWS::SES::EmailIdentity": shape("EmailIdentity"),
}
