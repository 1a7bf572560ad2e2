"""What is wrong for each kind of argument, and the kind of each argument of each public class and method."""

from __future__ import annotations

import datetime as dt
import inspect
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from durable_mi.checks.vcpu_budget import VcpuDemand
from durable_mi_constructs import (
    AlarmThresholds,
    CapacityScaling,
    DeadLetters,
    FunctionLogging,
    FunctionSettings,
    ManagedCapacity,
    Releases,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK: Final = cdk.Stack(cdk.App(), "Other")
ROLE_ARN: Final = "arn:aws:iam::111122223333:role/orders"
KEY_ARN: Final = "arn:aws:kms:eu-central-1:111122223333:key/orders"
FUNCTION_ARN: Final = "arn:aws:lambda:eu-central-1:111122223333:function:orders"
CAPACITY_ARN: Final = "arn:aws:lambda:eu-central-1:111122223333:capacity-provider:shared"
QUEUE: Final = sqs.Queue(STACK, "Queue")
TOPIC: Final = sns.Topic(STACK, "Topic")
L2_CAPACITY: Final = lambda_.CapacityProvider.from_capacity_provider_arn(STACK, "Provider", CAPACITY_ARN)
LOG_GROUP: Final = logs.LogGroup.from_log_group_name(STACK, "Logs", "orders")
IMPORTED: Final = sqs.Queue.from_queue_arn(STACK, "Imported", "arn:aws:sqs:eu-central-1:111122223333:orders")
TOKEN: Final = cdk.Token.as_any({"Ref": "Parameter"})

# What is wrong for each kind of argument: other types first, then objects of CDK that one could confuse.
WRONG: Final[Mapping[str, list[Any]]] = {
    "construct": ["Stack", 1, True, cdk.Duration.days(1), cdk.Stack, [STACK], cdk.App(), cdk.Stage(cdk.App(), "Stage")],
    "id": [1, True, "", ["Id"], STACK, cdk.Aws.REGION],
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
    "tags": ["team=orders", 1, [("team", "b")], {"team": 1}, {"team": None}, {1: "b"}, {"team": TOKEN}, TOKEN],
    "paths": ["../shared", 1, [("a", "b")], {"shared": 1}, {1: "../shared"}, {"shared": None}],
    "path": [1, True, b"project", ["project"], TOKEN],
    "code": ["workflow", b"def handler(): ...", lambda_.Runtime.PYTHON_3_14, lambda_.Code, {}, L2_CAPACITY],
    "member": [7, True, ["INFO"], "no such", STACK, IMPORTED, cdk.RemovalPolicy.RETAIN, cdk.Duration],
    "policy": [
        7,
        True,
        ["RETAIN"],
        "no such",
        "retain",
        STACK,
        LOG_GROUP,
        logs.RetentionDays.ONE_DAY,
        cdk.RemovalPolicy,
    ],
    "members": ["FAILED", 7, True, [7], ["no such"], [None], {"FAILED": 1}, IMPORTED],
    "capacity": [CAPACITY_ARN, True, False, "", L2_CAPACITY, ManagedCapacity, STACK, {}],
    "dead_letters": [QUEUE, TOPIC, QUEUE.queue_arn, False, {}, DeadLetters],
    "logging": ["JSON", False, {}, lambda_.LoggingFormat.JSON, FunctionSettings(), FunctionLogging],
    "settings": [{}, False, [], FunctionLogging(), FunctionSettings],
    "releases": ["drain", False, {}, [], cdk.RemovalPolicy.RETAIN, Releases],
    "opening_hours": [7, True, ["Mo-Fr 07:00-19:00 Europe/Berlin"], {}, cdk.Duration.hours(1), dt.time(7)],
    "target": [QUEUE, TOPIC, QUEUE.queue_arn, "", False, [targets.SqsQueue(QUEUE)], targets.SqsQueue],
    "thresholds": [{}, False, 1, {"failed": 1}, AlarmThresholds],
    "alarm_actions": ["topic", 1, TOPIC, [TOPIC], [TOPIC.topic_arn], [None], iter([actions.SnsAction(TOPIC)])],
    "network": ["vpc-1", False, {}, ec2.Vpc.from_vpc_attributes(STACK, "V", vpc_id="v", availability_zones=["a"])],
    "scaling": ["Auto", False, 70, {}, CapacityScaling],
    "instance_types": ["m8g.*", 8, True, [8], [None], {"m8g.*": 1}, IMPORTED],
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
    "rules": ["DMI112", 1, True, [1], [None], [["DMI112"]], ["DMI999"], IMPORTED, [IMPORTED]],
}
_CONSTRUCT: Final = {"scope": "construct", "construct_id": "id"}
_METRIC: Final = dict.fromkeys(("metric_name", "statistic", "label", "color", "account", "region"), "string") | {
    "period": "duration",
    "unit": "member",
    "dimensions_map": "mapping",
}
_STATUS_CHANGE: Final = {"construct_id": "id", "statuses": "members", "target": "target"}
_MONITOR: Final = {"thresholds": "thresholds", "actions": "alarm_actions", "dashboard": "bool"}

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
        "releases": "releases",
    },
    "DurableManagedFunction.from_function_arn": _CONSTRUCT | {"function_arn": "string"},
    "DurableManagedFunction.from_attributes": _CONSTRUCT
    | {
        "function_arn": "string",
        "alias_name": "string",
        "capacity_provider_name": "string",
        "encryption_key": "key",
        "dead_letter_queue": "queue",
    },
    "DurableManagedFunction.on_status_change": _STATUS_CHANGE,
    "DurableManagedFunction.monitor": _MONITOR,
    "DurableManagedFunction.metric": _METRIC,
    "ImportedFunction.on_status_change": _STATUS_CHANGE,
    "ImportedFunction.monitor": _MONITOR,
    "ImportedFunction.metric": _METRIC,
    "DurableManagedFunctionGrants": {
        "function_arn": "string",
        "alias_name": "string",
        "account": "string",
        "encryption": "internal",
        "scope": "construct",
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
        "release_metrics": "internal",
        "thresholds": "thresholds",
        "actions": "alarm_actions",
        "dashboard": "bool",
    },
    "DurableMiPreflight": {"ignore": "rules", "code": "bool", "code_errors": "bool"},
    "AlarmThresholds": dict.fromkeys(inspect.signature(AlarmThresholds).parameters, "number"),
    "CapacityScaling": {"mode": "member", "cpu_target_percent": "number"},
    "CapacityScaling.target_cpu_utilization": {"percent": "number"},
    "CapacityScaling.config": {"max_vcpus": "number"},
    "DeadLetters": {"queue": "queue", "topic": "topic"},
    "DeadLetters.to_queue": {"queue": "queue"},
    "DeadLetters.to_topic": {"topic": "topic"},
    "DeadLetters.allow": {"role": "role"},
    "FunctionLogging": {
        "application_log_level": "member",
        "system_log_level": "member",
        "retention": "member",
        "removal_policy": "policy",
    },
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
        "propagate_tags": "tags",
        "system_log_group": "log_group",
        "system_log_removal_policy": "policy",
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
        "flow_log_removal_policy": "policy",
    },
    "Releases": {"policy": "internal", "deletes_previous": "bool"},
    "Releases.drain": {
        "rollback_window": "duration",
        "draining_min": "whole",
        "grace": "duration",
        "keep": "whole",
        "schedule": "opening_hours",
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
