"""ManagedNetwork: each way out, and your own VPC."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from durable_mi.cost import NetworkFloor
from durable_mi_constructs import Egress, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resource, Resources

ENVIRONMENTS = {
    "none": None,
    "region": cdk.Environment(region="eu-central-1"),
    "account and region": cdk.Environment(account="111122223333", region="eu-central-1"),
}


def _subnets(resources: Resources) -> list[Resource]:
    provider = resources.only("AWS::Lambda::CapacityProvider")
    return [resources.follow(reference) for reference in provider.properties["VpcConfig"]["SubnetIds"]]


def _routes(resources: Resources, subnet: Resource) -> list[Resource]:
    [table] = [
        association.properties["RouteTableId"]
        for association in resources.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if association.properties["SubnetId"] == {"Ref": subnet.logical_id}
    ]
    return [route for route in resources.of_type("AWS::EC2::Route") if route.properties["RouteTableId"] == table]


@pytest.fixture(scope="module")
def made(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> Callable[..., Resources]:
    """Synthesizes capacity on a network with the given arguments."""

    def make(**options: Any) -> Resources:
        stack = strict_stack()
        ManagedCapacity(stack, "Capacity", network=ManagedNetwork(stack, "Network", **options))
        return synthesize(stack)

    return make


@pytest.fixture(scope="module")
def nat(made: Callable[..., Resources]) -> Resources:
    """Return the default network."""
    return made()


@pytest.fixture(scope="module")
def private(made: Callable[..., Resources]) -> Resources:
    """Return a network without the internet."""
    return made(egress=Egress.PRIVATE)


@pytest.mark.parametrize("env", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_three_zones_without_a_look_up(strict_app: Callable[..., cdk.App], env: cdk.Environment | None) -> None:
    """Three zones in every kind of stack, and the CDK CLI is asked for nothing."""
    app = strict_app()
    stack = cdk.Stack(app, "Orders", env=env)
    network = ManagedNetwork(stack, "Network")
    assembly = app.synth()
    manifest = json.loads((Path(assembly.directory) / "manifest.json").read_text())

    assert "missing" not in manifest
    assert [stack.resolve(subnet.availability_zone) for subnet in network.subnets] == [
        {"Fn::Select": [index, {"Fn::GetAZs": ""}]} for index in range(3)
    ]


def test_nat_in_each_zone(nat: Resources) -> None:
    """Each private subnet leads to a NAT gateway in its own zone, and that one to the internet."""
    for subnet in _subnets(nat):
        [route] = _routes(nat, subnet)
        gateway = nat.follow(route.properties["NatGatewayId"])
        public = nat.follow(gateway.properties["SubnetId"])
        [out] = _routes(nat, public)

        assert "0.0.0.0/0" == route.properties["DestinationCidrBlock"]
        assert public.properties["AvailabilityZone"] == subnet.properties["AvailabilityZone"]
        assert "AWS::EC2::InternetGateway" == nat.follow(out.properties["GatewayId"]).type
        assert out.logical_id in gateway.depends_on
        assert (False, False) == (subnet.properties["MapPublicIpOnLaunch"], public.properties["MapPublicIpOnLaunch"])


def test_subnets_do_not_overlap(nat: Resources) -> None:
    """All six subnets lie apart within the VPC."""
    vpc = IPv4Network(nat.only("AWS::EC2::VPC").properties["CidrBlock"])
    blocks = [IPv4Network(subnet.properties["CidrBlock"]) for subnet in nat.of_type("AWS::EC2::Subnet")]

    assert 6 == len(blocks)
    assert all(block.subnet_of(vpc) for block in blocks)
    assert not [(a, b) for a in blocks for b in blocks if a is not b and a.overlaps(b)]


def test_one_nat_gateway(made: Callable[..., Resources]) -> None:
    """With one NAT gateway all three subnets lead there."""
    resources = made(nat_gateways=1)
    gateway = resources.only("AWS::EC2::NatGateway")

    assert [{"Ref": gateway.logical_id}] * 3 == [
        route.properties["NatGatewayId"] for subnet in _subnets(resources) for route in _routes(resources, subnet)
    ]


def test_named_zones(strict_stack: Callable[..., cdk.Stack]) -> None:
    """Zones can be chosen by name."""
    zones = ["us-east-1a", "us-east-1b", "us-east-1d"]
    network = ManagedNetwork(strict_stack(), "Network", availability_zones=zones)

    assert zones == [subnet.availability_zone for subnet in network.subnets]


def test_security_group(nat: Resources) -> None:
    """Nothing comes in, and only HTTPS goes out."""
    provider = nat.only("AWS::Lambda::CapacityProvider")
    [reference] = provider.properties["VpcConfig"]["SecurityGroupIds"]
    group = nat.follow(reference)

    assert "SecurityGroupIngress" not in group.properties
    assert [("0.0.0.0/0", "tcp", 443, 443)] == [
        (rule["CidrIp"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
        for rule in group.properties["SecurityGroupEgress"]
    ]
    assert [] == nat.of_type("AWS::EC2::SecurityGroupIngress")


def test_private_has_no_way_to_the_internet(private: Resources) -> None:
    """Isolated subnets have no route but the local one."""
    assert [[], [], []] == [_routes(private, subnet) for subnet in _subnets(private)]
    assert [] == private.of_type("AWS::EC2::InternetGateway")
    assert [] == private.of_type("AWS::EC2::NatGateway")


def test_private_endpoints(private: Resources) -> None:
    """Checkpoints and logs have an endpoint in each subnet, open to the instances alone."""
    provider = private.only("AWS::Lambda::CapacityProvider")
    endpoints = private.of_type("AWS::EC2::VPCEndpoint")
    [instances] = provider.properties["VpcConfig"]["SecurityGroupIds"]
    ingress = private.only("AWS::EC2::SecurityGroupIngress").properties

    assert "SecurityGroupIngress" not in private.follow(ingress["GroupId"]).properties
    assert [".lambda", ".logs"] == [endpoint.properties["ServiceName"]["Fn::Join"][1][-1] for endpoint in endpoints]
    for endpoint in endpoints:
        assert endpoint.properties["PrivateDnsEnabled"] is True
        assert endpoint.properties["SubnetIds"] == provider.properties["VpcConfig"]["SubnetIds"]
        assert [ingress["GroupId"]] == endpoint.properties["SecurityGroupIds"]
        assert endpoint.logical_id in provider.depends_on
    assert (ingress["SourceSecurityGroupId"], ingress["FromPort"], ingress["ToPort"], ingress["IpProtocol"]) == (
        instances,
        443,
        443,
        "tcp",
    )


def _arn(service: str, resource: str) -> dict[str, Any]:
    account = [{"Ref": "AWS::Partition"}, f":{service}:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}]
    return {"Fn::Join": ["", ["arn:", *account, f":{resource}:*"]]}


def _endpoint(resources: Resources, service: str) -> Resource:
    [found] = [
        endpoint
        for endpoint in resources.of_type("AWS::EC2::VPCEndpoint")
        if endpoint.properties["ServiceName"]["Fn::Join"][1][-1] == f".{service}"
    ]
    return found


def test_endpoint_policies(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Checkpoints, logs and traces get through, from this account and where there are resources to it."""
    stack = strict_stack()
    network = ManagedNetwork(stack, "Network", egress=Egress.PRIVATE)
    workflow(stack, capacity=ManagedCapacity(stack, "Capacity", network=network), tracing=lambda_.Tracing.ACTIVE)
    resources = synthesize(stack)
    statements = {
        service: _endpoint(resources, service).properties["PolicyDocument"]["Statement"]
        for service in ("lambda", "logs", "xray")
    }
    rest = {
        "Condition": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
    }

    assert statements == {
        "lambda": [
            {
                "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
                "Resource": _arn("lambda", "function"),
                **rest,
            }
        ],
        "logs": [
            {
                "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": _arn("logs", "log-group"),
                **rest,
            }
        ],
        "xray": [{"Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "Resource": "*", **rest}],
    }


def test_endpoint_policy_can_be_widened(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]
) -> None:
    """Who calls more of the Lambda API adds to the policy."""
    stack = strict_stack()
    network = ManagedNetwork(stack, "Network", egress=Egress.PRIVATE)
    network.endpoints["lambda"].add_to_policy(
        iam.PolicyStatement(principals=[iam.AnyPrincipal()], actions=["lambda:InvokeFunction"], resources=["*"])
    )
    policy = _endpoint(synthesize(stack), "lambda").properties["PolicyDocument"]

    assert [
        ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
        "lambda:InvokeFunction",
    ] == [statement["Action"] for statement in policy["Statement"]]


def test_named_endpoints(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """Further services get an endpoint each, by interface or gateway; one that is there anyway is not made twice."""
    stack = strict_stack()
    network = ManagedNetwork(
        stack,
        "Network",
        egress=Egress.PRIVATE,
        endpoints=[
            ec2.InterfaceVpcEndpointAwsService.SQS,
            ec2.InterfaceVpcEndpointAwsService.LAMBDA_,
            ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
            ec2.GatewayVpcEndpointAwsService.S3,
        ],
    )
    ManagedCapacity(stack, "Capacity", network=network)
    resources = synthesize(stack)
    provider = resources.only("AWS::Lambda::CapacityProvider")
    gateway = _endpoint(resources, "s3")
    tables = [
        association.properties["RouteTableId"]
        for association in resources.of_type("AWS::EC2::SubnetRouteTableAssociation")
    ]

    assert ["lambda", "logs", "sqs", "ecr.dkr", "s3"] == list(network.endpoints)
    assert [
        "LambdaEndpoint",
        "LogsEndpoint",
        "SqsEndpoint",
        "EcrDkrEndpoint",
        "S3Endpoint",
    ] == [endpoint.node.id for endpoint in network.endpoints.values()]
    assert 5 == len(resources.of_type("AWS::EC2::VPCEndpoint"))
    assert "Gateway" == gateway.properties["VpcEndpointType"]
    assert gateway.properties["RouteTableIds"] == tables
    assert "PolicyDocument" not in _endpoint(resources, "sqs").properties
    assert {endpoint.logical_id for endpoint in resources.of_type("AWS::EC2::VPCEndpoint")} <= set(provider.depends_on)
    assert network.floor == NetworkFloor(interface_endpoints=4, endpoint_zones=3)


def test_nat_with_a_gateway_endpoint(made: Callable[..., Resources]) -> None:
    """An endpoint goes with NAT too, to keep its traffic off the NAT gateways."""
    resources = made(endpoints=[ec2.GatewayVpcEndpointAwsService.DYNAMODB])

    assert "Gateway" == _endpoint(resources, "dynamodb").properties["VpcEndpointType"]
    assert 1 == len(resources.of_type("AWS::EC2::VPCEndpoint"))
    assert 3 == len(resources.of_type("AWS::EC2::NatGateway"))


def test_ipv6(made: Callable[..., Resources]) -> None:
    """IPv6 leads out and not in, without NAT; checkpoints and logs keep to their endpoints."""
    resources = made(egress=Egress.IPV6)
    provider = resources.only("AWS::Lambda::CapacityProvider")
    block = resources.only("AWS::EC2::VPCCidrBlock")
    gateway = resources.only("AWS::EC2::EgressOnlyInternetGateway")
    group = resources.follow(provider.properties["VpcConfig"]["SecurityGroupIds"][0])

    assert block.properties["AmazonProvidedIpv6CidrBlock"] is True
    for index, subnet in enumerate(_subnets(resources)):
        [route] = _routes(resources, subnet)
        assert subnet.properties["Ipv6CidrBlock"]["Fn::Select"][0] == index
        assert subnet.properties["AssignIpv6AddressOnCreation"] is True
        assert [block.logical_id] == subnet.depends_on
        assert "::/0" == route.properties["DestinationIpv6CidrBlock"]
        assert {"Ref": gateway.logical_id} == route.properties["EgressOnlyInternetGatewayId"]
        assert route.logical_id in provider.depends_on
    assert [("0.0.0.0/0", None, 443), (None, "::/0", 443)] == [
        (rule.get("CidrIp"), rule.get("CidrIpv6"), rule["FromPort"]) for rule in group.properties["SecurityGroupEgress"]
    ]
    assert ["Interface"] * 2 == [
        _endpoint(resources, name).properties["VpcEndpointType"] for name in ("lambda", "logs")
    ]
    assert [] == resources.of_type("AWS::EC2::NatGateway")
    assert [] == resources.of_type("AWS::EC2::InternetGateway")


def test_tracing_with_ipv6_adds_an_endpoint(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Traces keep to an endpoint as well."""
    stack = strict_stack()
    network = ManagedNetwork(stack, "Network", egress=Egress.IPV6)
    workflow(stack, capacity=ManagedCapacity(stack, "Capacity", network=network), tracing=lambda_.Tracing.ACTIVE)

    assert ["lambda", "logs", "xray"] == list(network.endpoints)


def test_flow_logs(nat: Resources) -> None:
    """All traffic of a new VPC is recorded, for a month."""
    flow_log = nat.only("AWS::EC2::FlowLog").properties
    group = nat.follow(flow_log["LogGroupName"])

    assert "AWS::EC2::VPC" == nat.follow(flow_log["ResourceId"]).type
    assert "ALL" == flow_log["TrafficType"]
    assert {"RetentionInDays": 30} == group.properties


def test_flow_logs_elsewhere(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """The records can go to a place of the user's own."""
    stack = strict_stack()
    bucket = s3.Bucket.from_bucket_arn(stack, "Records", "arn:aws:s3:::records")
    ManagedNetwork(stack, "Network", flow_logs=ec2.FlowLogDestination.to_s3(bucket))
    resources = synthesize(stack)

    assert "arn:aws:s3:::records" == resources.only("AWS::EC2::FlowLog").properties["LogDestination"]
    assert [] == resources.of_type("AWS::Logs::LogGroup")


def test_no_flow_logs(made: Callable[..., Resources]) -> None:
    """They can be left out."""
    assert [] == made(flow_logs=False).of_type("AWS::EC2::FlowLog")


def test_own_security_groups(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """Security groups of the user's own are all attached, admitted to the endpoints, and none is made for instances."""
    stack = strict_stack()
    ids = [f"sg-0123456789abcdef{number}" for number in range(5)]
    groups = [ec2.SecurityGroup.from_security_group_id(stack, f"Group{name}", name) for name in ids]
    network = ManagedNetwork(stack, "Network", egress=Egress.PRIVATE, security_groups=groups)
    ManagedCapacity(stack, "Capacity", network=network)
    resources = synthesize(stack)

    assert resources.only("AWS::Lambda::CapacityProvider").properties["VpcConfig"]["SecurityGroupIds"] == ids
    assert (network.security_group, network.security_groups) == (groups[0], groups)
    assert [group.security_group_id for group in network.connections.security_groups] == ids
    assert resources.only("AWS::EC2::SecurityGroup").properties["GroupDescription"].startswith("Interface endpoints")
    assert [
        rule.properties["SourceSecurityGroupId"] for rule in resources.of_type("AWS::EC2::SecurityGroupIngress")
    ] == ids


def test_private_network_resolves_names(private: Resources) -> None:
    """Private DNS of endpoints needs both DNS settings of the VPC."""
    properties = private.only("AWS::EC2::VPC").properties

    assert (True, True) == (properties["EnableDnsHostnames"], properties["EnableDnsSupport"])


def test_tracing_adds_one_endpoint(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Two functions that trace share one endpoint to X-Ray, which the capacity provider waits for."""
    stack = strict_stack(cdk.Environment(region="eu-central-1"))
    network = ManagedNetwork(stack, "Network", egress=Egress.PRIVATE)
    capacity = ManagedCapacity(stack, "Capacity", network=network)
    for name in ("Orders", "Invoices"):
        workflow(stack, name, capacity=capacity, tracing=lambda_.Tracing.ACTIVE)
    resources = synthesize(stack)
    [xray] = [
        endpoint
        for endpoint in resources.of_type("AWS::EC2::VPCEndpoint")
        if endpoint.properties["ServiceName"] == "com.amazonaws.eu-central-1.xray"
    ]

    assert xray.logical_id in resources.only("AWS::Lambda::CapacityProvider").depends_on


def test_tracing_adds_no_endpoint_to_nat(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """With NAT, traces find their own way."""
    stack = strict_stack()
    workflow(stack, tracing=lambda_.Tracing.ACTIVE)

    assert [] == synthesize(stack).of_type("AWS::EC2::VPCEndpoint")


@pytest.fixture
def own_vpc() -> Callable[[cdk.Stack], ec2.IVpc]:
    """Brings a VPC with a public and a private subnet in each of three zones, known by their ids."""

    def make(stack: cdk.Stack) -> ec2.IVpc:
        return ec2.Vpc.from_vpc_attributes(
            stack,
            "Own",
            vpc_id="vpc-0123456789abcdef0",
            availability_zones=["eu-central-1a", "eu-central-1b", "eu-central-1c"],
            public_subnet_ids=[f"subnet-0123456789abcdef{zone}" for zone in range(3)],
            private_subnet_ids=[f"subnet-0123456789abcdea{zone}" for zone in range(3)],
        )

    return make


def test_own_vpc(
    strict_stack: Callable[..., cdk.Stack],
    own_vpc: Callable[[cdk.Stack], ec2.IVpc],
    synthesize: Callable[..., Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """In your own VPC the private subnets are taken and only a security group is made."""
    stack = strict_stack()
    vpc = own_vpc(stack)
    network = ManagedNetwork(stack, "Network", vpc=vpc)
    ManagedCapacity(stack, "Capacity", network=network)
    warnings = {path for name, path in warnings_of(stack).items() if name.startswith("durable-mi:")}
    resources = synthesize(stack)

    assert network.vpc is vpc
    assert resources.only("AWS::Lambda::CapacityProvider").properties["VpcConfig"]["SubnetIds"] == [
        f"subnet-0123456789abcdea{zone}" for zone in range(3)
    ]
    assert "vpc-0123456789abcdef0" == resources.only("AWS::EC2::SecurityGroup").properties["VpcId"]
    assert ["AWS::EC2::SecurityGroup"] == [
        body["Type"] for body in resources.json["Resources"].values() if "::EC2::" in body["Type"]
    ]
    assert set() == warnings


def test_own_vpc_and_subnets(
    strict_stack: Callable[..., cdk.Stack],
    own_vpc: Callable[[cdk.Stack], ec2.IVpc],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """A selection is followed, and warned of where it is public or in too few zones."""
    stack = strict_stack()
    network = ManagedNetwork(
        stack,
        "Network",
        vpc=own_vpc(stack),
        vpc_subnets=ec2.SubnetSelection(
            subnet_type=ec2.SubnetType.PUBLIC, availability_zones=["eu-central-1a", "eu-central-1c"]
        ),
    )
    warnings = warnings_of(stack)

    assert ["subnet-0123456789abcdef0", "subnet-0123456789abcdef2"] == [subnet.subnet_id for subnet in network.subnets]
    assert {"durable-mi:public-subnets", "durable-mi:few-availability-zones"} == {
        name for name in warnings if name.startswith("durable-mi:")
    }
    assert "Orders/Network" == warnings["durable-mi:public-subnets"]


def test_own_vpc_in_the_same_app(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """A VPC of CDK's own construct works, and the capacity provider waits for its routes."""
    stack = strict_stack()
    vpc = ec2.Vpc(stack, "Own", nat_gateways=1, restrict_default_security_group=False)
    ManagedCapacity(stack, "Capacity", network=ManagedNetwork(stack, "Network", vpc=vpc))
    # Two zones, as CDK makes them in a stack without account and region.
    resources = synthesize(stack, preflight=["DMI113"])
    provider = resources.only("AWS::Lambda::CapacityProvider")

    for subnet in _subnets(resources):
        [route] = _routes(resources, subnet)
        assert route.logical_id in provider.depends_on


def test_own_vpc_with_endpoints(
    strict_stack: Callable[..., cdk.Stack],
    own_vpc: Callable[[cdk.Stack], ec2.IVpc],
    synthesize: Callable[..., Resources],
) -> None:
    """Endpoints and flow logs can be asked for in a VPC of the user's own."""
    stack = strict_stack()
    network = ManagedNetwork(
        stack,
        "Network",
        vpc=own_vpc(stack),
        endpoints=[ec2.InterfaceVpcEndpointAwsService.LAMBDA_, ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS],
        flow_logs=True,
    )
    ManagedCapacity(stack, "Capacity", network=network)
    resources = synthesize(stack)
    provider = resources.only("AWS::Lambda::CapacityProvider")

    assert [provider.properties["VpcConfig"]["SubnetIds"]] * 2 == [
        _endpoint(resources, name).properties["SubnetIds"] for name in ("lambda", "logs")
    ]
    assert [
        "lambda:CheckpointDurableExecution",
        "lambda:GetDurableExecutionState",
    ] == _endpoint(resources, "lambda").properties["PolicyDocument"]["Statement"][0]["Action"]
    assert "vpc-0123456789abcdef0" == resources.only("AWS::EC2::FlowLog").properties["ResourceId"]
    assert network.floor == NetworkFloor(interface_endpoints=2, endpoint_zones=3, known=False)


def test_own_vpc_with_unknown_zones_does_not_warn(
    strict_stack: Callable[..., cdk.Stack],
    synthesize: Callable[..., Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """Subnets imported by their ids alone, or with zones that are known at deployment, may be in three zones."""
    stack = strict_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Own",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=[cdk.Fn.import_value("Zone1"), cdk.Fn.import_value("Zone2")],
        private_subnet_ids=["subnet-0123456789abcdea0", "subnet-0123456789abcdea1"],
    )
    by_id = [ec2.Subnet.from_subnet_id(stack, f"Subnet{number}", f"subnet-0{number}") for number in range(3)]
    zones = ManagedNetwork(stack, "Zones", vpc=vpc)
    ids = ManagedNetwork(stack, "Ids", vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnets=by_id))
    ManagedCapacity(stack, "Capacity", network=ids)
    warnings = [name for name in warnings_of(stack) if name.startswith("durable-mi:")]

    assert (None, None, []) == (zones.zone_count, ids.zone_count, warnings)
    assert ["subnet-00", "subnet-01", "subnet-02"] == [subnet.subnet_id for subnet in ids.subnets]
    assert [
        "subnet-00",
        "subnet-01",
        "subnet-02",
    ] == synthesize(stack).only("AWS::Lambda::CapacityProvider").properties["VpcConfig"]["SubnetIds"]


def test_own_vpc_with_two_zones_by_position_warns(
    strict_stack: Callable[..., cdk.Stack], warnings_of: Callable[[cdk.Stack], dict[str, str]]
) -> None:
    """CDK's VPC in a stack without account and region has two zones, whatever they will be called."""
    stack = strict_stack()
    vpc = ec2.Vpc(stack, "Own", restrict_default_security_group=False)
    network = ManagedNetwork(stack, "Network", vpc=vpc)

    assert 2 == network.zone_count
    assert {"durable-mi:few-availability-zones": "Orders/Network"} == warnings_of(stack)


def test_rejects_a_gateway_endpoint_without_route_tables(
    strict_stack: Callable[..., cdk.Stack], own_vpc: Callable[[cdk.Stack], ec2.IVpc]
) -> None:
    """A VPC that was imported without its route tables cannot have a gateway endpoint."""
    stack = strict_stack()
    vpc = own_vpc(stack)

    with pytest.raises(ValueError, match="must know the route table of each subnet, got subnet-0123456789abcdea0"):
        ManagedNetwork(stack, "Network", vpc=vpc, endpoints=[ec2.GatewayVpcEndpointAwsService.S3])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"egress": Egress.NAT}, "egress must not be given together with vpc"),
        ({"nat_gateways": 1}, "nat_gateways must not be given together with vpc"),
        ({"availability_zones": ["a", "b", "c"]}, "availability_zones must not be given together with vpc"),
        (
            {"vpc_subnets": ec2.SubnetSelection(availability_zones=["eu-central-1z"])},
            "vpc_subnets must select 1 to 16 subnets, got 0",
        ),
    ],
)
def test_rejects_with_own_vpc(
    strict_stack: Callable[..., cdk.Stack],
    own_vpc: Callable[[cdk.Stack], ec2.IVpc],
    options: dict[str, Any],
    message: str,
) -> None:
    """What shapes a new VPC cannot shape yours."""
    stack = strict_stack()
    vpc = own_vpc(stack)

    with pytest.raises(ValueError, match=message):
        ManagedNetwork(stack, "Network", vpc=vpc, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"nat_gateways": 0}, "nat_gateways must be from 1 to 3, one in each zone, got 0"),
        ({"nat_gateways": 4}, "nat_gateways must be from 1 to 3, one in each zone, got 4"),
        ({"egress": Egress.PRIVATE, "nat_gateways": 1}, r"nat_gateways must not be given with Egress\.PRIVATE, got 1"),
        ({"egress": Egress.IPV6, "nat_gateways": 1}, r"nat_gateways must not be given with Egress\.IPV6, got 1"),
        ({"security_groups": []}, "security_groups must hold 1 to 5 security groups, got 0"),
        ({"availability_zones": ["eu-central-1a"]}, "availability_zones must name 3 different zones"),
        ({"availability_zones": ["a", "a", "b"]}, "availability_zones must name 3 different zones"),
        ({"availability_zones": ["a", "b", "c", "d"]}, "availability_zones must name 3 different zones, or 2"),
        ({"availability_zones": "us-west-1"}, "availability_zones must be a list, got 'us-west-1'"),
        (
            {"availability_zones": ["us-west-1a", "us-west-1c"], "nat_gateways": 3},
            "nat_gateways must be from 1 to 2, one in each zone, got 3",
        ),
        ({"vpc_subnets": ec2.SubnetSelection(one_per_az=True)}, "vpc_subnets must come together with vpc"),
    ],
)
def test_rejects(strict_stack: Callable[..., cdk.Stack], options: dict[str, Any], message: str) -> None:
    """What makes no network is a `ValueError`."""
    with pytest.raises(ValueError, match=message):
        ManagedNetwork(strict_stack(), "Network", **options)


@pytest.mark.parametrize(
    ("selection", "came"),
    [
        (None, "There are no 'Public' subnet groups in this VPC"),
        (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED), "There are no 'Isolated' subnet groups in"),
        (ec2.SubnetSelection(subnet_group_name="Nope"), "There are no subnet groups with name 'Nope' in this VPC"),
    ],
)
def test_rejects_subnets_that_the_vpc_does_not_have(
    strict_stack: Callable[..., cdk.Stack], selection: ec2.SubnetSelection | None, came: str
) -> None:
    """CDK's error names no argument."""
    stack = strict_stack()
    vpc = ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-12345678", availability_zones=["us-east-1a"])

    with pytest.raises(ValueError, match=rf"^vpc_subnets must select .*, got none \({came}.*\): name"):
        ManagedNetwork(stack, "Network", vpc=vpc, vpc_subnets=selection)
