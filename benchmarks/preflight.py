"""How long the preflight rules take on a template of 500 resources: ``.venv/bin/python benchmarks/preflight.py``.

The bound is the promised 100 ms. Twice the resources may take 2.2 times as long, up to 60,000. The baseline is reading
the same template as JSON, which moves with the machine as the checks do.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bounds import Row, report

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import RULES, check

if TYPE_CHECKING:
    from collections.abc import Callable

RESOURCES = 500
PROMISED_MS = 100
ROUNDS = 15
LARGE = (7_500, 15_000, 30_000, 60_000)
LARGE_ROUNDS = 3
MOST_OF_TWICE = 2.2
"""Twice the resources take at most so many times as long: a stack has 500, an assembly that is read as one has more."""

SUBNETS = 6


def template(count: int = RESOURCES) -> dict[str, Any]:
    """Return a template of so many resources: a network, a capacity provider, and functions with their resources."""
    resources = network()
    number = 0
    while len(resources) < count:
        resources.update(workflow(number))
        number += 1
    return {"Resources": dict(list(resources.items())[:count])}


def with_conditions(content: dict[str, Any]) -> dict[str, Any]:
    """Return a template whose functions have another memory where one of three conditions holds."""
    functions = [each for each in content["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    for number, function in enumerate(functions):
        memory = {"Fn::If": [f"Large{number % 3}", 8192, 4096]}
        function["Properties"] = {**function["Properties"], "MemorySize": memory}
    names = range(3)
    return {
        **content,
        "Parameters": {f"Size{number}": {"Type": "String"} for number in names},
        "Conditions": {f"Large{number}": {"Fn::Equals": [{"Ref": f"Size{number}"}, "large"]} for number in names},
    }


def network() -> dict[str, Any]:
    """Return a capacity provider in private subnets with endpoints."""
    vpc = {"Ref": "Vpc"}
    instances = {"Fn::GetAtt": ["Instances", "GroupId"]}
    resources: dict[str, Any] = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True, EnableDnsSupport=True),
        "Instances": resource("EC2::SecurityGroup", VpcId=vpc),
        "Endpoints": resource(
            "EC2::SecurityGroup",
            VpcId=vpc,
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": instances}
            ],
        ),
    }
    for service in ("lambda", "logs", "xray"):
        resources[f"Endpoint{service}"] = resource(
            "EC2::VPCEndpoint",
            VpcId=vpc,
            ServiceName={"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{service}"},
            PrivateDnsEnabled=True,
            SecurityGroupIds=[{"Ref": "Endpoints"}],
        )
    for index in range(SUBNETS):
        zone = {"Fn::Select": [index, {"Fn::GetAZs": ""}]}
        subnet, table = f"Subnet{index}", f"Table{index}"
        resources[subnet] = resource("EC2::Subnet", VpcId=vpc, AvailabilityZone=zone, CidrBlock=f"10.0.{index}.0/24")
        resources[table] = resource("EC2::RouteTable", VpcId=vpc)
        resources[f"Association{index}"] = resource(
            "EC2::SubnetRouteTableAssociation", SubnetId={"Ref": subnet}, RouteTableId={"Ref": table}
        )
    resources["Operator"] = resource(
        "IAM::Role", ManagedPolicyArns=["arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"]
    )
    resources["Capacity"] = resource(
        "Lambda::CapacityProvider",
        InstanceRequirements={"Architectures": ["arm64"]},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": {"Fn::GetAtt": ["Operator", "Arn"]}},
        VpcConfig={
            "SubnetIds": [{"Ref": f"Subnet{index}"} for index in range(SUBNETS)],
            "SecurityGroupIds": [instances],
        },
    )
    return resources


def workflow(number: int) -> dict[str, Any]:
    """Return a durable function with role, policy, log group, version, alias, schedule and permission."""
    name = f"Workflow{number}"
    arn = {"Fn::GetAtt": [name, "Arn"]}
    return {
        f"{name}Role": resource("IAM::Role"),
        f"{name}Logs": resource("Logs::LogGroup", RetentionInDays=30),
        name: resource(
            "Lambda::Function",
            Runtime="python3.13",
            Architectures=["arm64"],
            MemorySize=4096,
            Timeout=900,
            Role={"Fn::GetAtt": [f"{name}Role", "Arn"]},
            LoggingConfig={"LogFormat": "JSON", "LogGroup": {"Ref": f"{name}Logs"}},
            PublishToLatestPublished=False,
            DurableConfig={"ExecutionTimeout": 3600, "RetentionPeriodInDays": 30},
            CapacityProviderConfig={
                "LambdaManagedInstancesCapacityProviderConfig": {
                    "CapacityProviderArn": {"Fn::GetAtt": ["Capacity", "Arn"]},
                    "ExecutionEnvironmentMemoryGiBPerVCpu": 4,
                    "PerExecutionEnvironmentMaxConcurrency": 8,
                }
            },
        ),
        f"{name}Policy": resource(
            "IAM::Policy",
            Roles=[{"Ref": f"{name}Role"}],
            PolicyDocument={
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": {"Fn::GetAtt": [f"{name}Logs", "Arn"]},
                    },
                    {
                        "Effect": "Allow",
                        "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
                        "Resource": {"Fn::Join": ["", [arn, ":*"]]},
                    },
                ]
            },
        ),
        f"{name}Version": resource(
            "Lambda::Version", FunctionName={"Ref": name}, FunctionScalingConfig={"MinExecutionEnvironments": 3}
        )
        | {"DeletionPolicy": "Retain"},
        f"{name}Alias": resource(
            "Lambda::Alias",
            FunctionName={"Ref": name},
            FunctionVersion={"Fn::GetAtt": [f"{name}Version", "Version"]},
            Name="live",
        ),
        f"{name}Schedule": resource("Events::Rule", Targets=[{"Id": "0", "Arn": {"Ref": f"{name}Alias"}}]),
        f"{name}Permission": resource(
            "Lambda::Permission", Action="lambda:InvokeFunction", FunctionName={"Ref": f"{name}Alias"}
        ),
    }


def resource(resource_type: str, **properties: object) -> dict[str, Any]:
    """Return a resource."""
    return {"Type": f"AWS::{resource_type}", "Properties": properties}


def median_ms(action: Callable[[], object]) -> float:
    """Return the median CPU time of an action in milliseconds, which other processes change least."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def whole_ms(count: int) -> float:
    """Return the shortest CPU time of reading and checking so many resources, and of finding where the mistakes are."""
    content = template(count)
    for each in content["Resources"].values():
        each.pop("DeletionPolicy", None)
    text = json.dumps(content, indent=1)
    times = []
    for _ in range(LARGE_ROUNDS):
        start = time.process_time()
        source = Source.parse(Path("template.json"), text)
        for place in check(Template.of(source)).places:
            source.position(place.template.place(place.finding.logical_id, place.finding.path))
        times.append(time.process_time() - start)
    return min(times) * 1000


def main() -> int:
    """Measure, print, and return the exit status."""
    text = json.dumps(template(), indent=1)
    loaded = Template.of(Source.parse(Path("template.json"), text))
    found = check(loaded).places
    check_ms = median_ms(lambda: check(loaded))
    branches = Template.of(Source.parse(Path("template.json"), json.dumps(with_conditions(template()))))
    branches_ms = median_ms(lambda: check(branches))
    json_ms = median_ms(lambda: json.loads(text))
    load_ms = median_ms(lambda: Template.of(Source.parse(Path("template.json"), text)))
    print(f"{len(loaded.stack.resources)} resources, {len(RULES)} rules, {len(found)} findings")
    print(f"json.loads {json_ms:.1f} ms, loading {load_ms:.1f} ms, checking {check_ms:.1f} ms", end=", ")
    print(f"{check_ms / json_ms:.0f} times as long as json.loads")
    large = [whole_ms(count) for count in LARGE]
    print(", ".join(f"{count:,} resources {took:,.0f} ms" for count, took in zip(LARGE, large, strict=True)))
    twice = (large[-1] / large[0]) ** (1 / (len(large) - 1))
    return report(
        [
            Row(f"preflight rules on {RESOURCES} resources", check_ms, PROMISED_MS, "ms"),
            Row("the same with three conditions", branches_ms, PROMISED_MS, "ms"),
            Row(f"reading and checking twice the resources, up to {LARGE[-1]:,}, against once", twice, MOST_OF_TWICE),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
