"""Networks, instances, load balancers, distributions and names."""

from __future__ import annotations

from typing import Final

from durable_mi.cloudformation.attributes.shape import shape

__all__ = ["SHAPES"]

SHAPES: Final = {
    "AWS::EC2::VPC": shape(
        made="vpc-{hex:17}",
        VpcId="{id}",
        CidrBlock="{property:CidrBlock}",
        DefaultSecurityGroup="sg-{hex:17}",
        DefaultNetworkAcl="acl-{hex:17}",
    ),
    "AWS::EC2::Subnet": shape(
        made="subnet-{hex:17}",
        SubnetId="{id}",
        AvailabilityZone="{property:AvailabilityZone}",
        CidrBlock="{property:CidrBlock}",
        VpcId="{property:VpcId}",
        NetworkAclAssociationId="aclassoc-{hex:17}",
    ),
    "AWS::EC2::SecurityGroup": shape(made="sg-{hex:17}", Id="{id}", GroupId="{id}", VpcId="{property:VpcId}"),
    "AWS::EC2::VPCEndpoint": shape(made="vpce-{hex:17}", Id="{id}"),
    "AWS::EC2::RouteTable": shape(made="rtb-{hex:17}", RouteTableId="{id}"),
    "AWS::EC2::InternetGateway": shape(made="igw-{hex:17}", InternetGatewayId="{id}"),
    "AWS::EC2::NatGateway": shape(made="nat-{hex:17}", NatGatewayId="{id}"),
    "AWS::EC2::LaunchTemplate": shape(
        made="lt-{hex:17}", LaunchTemplateId="{id}", LatestVersionNumber="1", DefaultVersionNumber="1"
    ),
    "AWS::EC2::EIP": shape(made="192.0.2.{octet}", PublicIp="{id}", AllocationId="eipalloc-{hex:17}"),
    "AWS::EC2::Instance": shape(
        made="i-{hex:17}",
        InstanceId="{id}",
        PrivateIp="10.0.0.{octet}",
        PrivateDnsName="ip-10-0-0-{octet}.{region}.compute.internal",
        PublicIp="192.0.2.{octet}",
        PublicDnsName="ec2-192-0-2-{octet}.{region}.compute.{suffix}",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": shape(
        "Name",
        arn="elasticloadbalancing:{region}:{account}:loadbalancer/app/{id}/{hex:16}",
        ref="{arn}",
        LoadBalancerArn="{arn}",
        LoadBalancerName="{id}",
        LoadBalancerFullName="app/{id}/{hex:16}",
        DNSName="{id:lower}-{digits:10}.{region}.elb.{suffix}",
        CanonicalHostedZoneID="Z{alnum:13:upper}",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": shape(
        "Name",
        arn="elasticloadbalancing:{region}:{account}:targetgroup/{id}/{hex:16}",
        ref="{arn}",
        TargetGroupArn="{arn}",
        TargetGroupName="{id}",
        TargetGroupFullName="targetgroup/{id}/{hex:16}",
    ),
    "AWS::CloudFront::Distribution": shape(
        made="E{alnum:13:upper}", Id="{id}", DomainName="d{alnum:13}.cloudfront.net"
    ),
    "AWS::Route53::HostedZone": shape(made="Z{alnum:20:upper}", Id="{id}"),
    "AWS::ServiceDiscovery::Service": shape(
        made="srv-{alnum:16}",
        arn="servicediscovery:{region}:{account}:service/{id}",
        Id="{id}",
        Arn="{arn}",
        Name="{property:Name}",
    ),
}
