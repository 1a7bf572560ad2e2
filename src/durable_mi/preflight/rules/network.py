"""Ways out of a capacity provider's network (DMI5xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.preflight.egress import Block, Way, blocked, private_dns_gaps, subnets, way_out
from durable_mi.preflight.rule_group import RuleGroup
from durable_mi.preflight.security_groups import lets_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.egress import Blocked
    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP"]

GROUP: Final = RuleGroup("Network")

_SUBNETS: Final = ("VpcConfig", "SubnetIds")


@GROUP.warning(
    "DMI501",
    "durable functions have a route to the Lambda API",
    why=(
        "Checkpoints travel through the capacity provider's subnets to the Lambda API. Without a way there the first "
        "one never completes, and the execution ends at its timeout without an operation and without an error."
    ),
    fix="Route the subnets to a NAT gateway, or add an interface endpoint for com.amazonaws.REGION.lambda.",
    source=(
        "aws-durable-execution-sdk-js pull request 859; drawn from Lambda Developer Guide, "
        "lambda-managed-instances-networking (unconfirmed)"
    ),
)
def _lambda_route(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        if any(function.is_durable for function in model.users(provider)):
            yield from _no_route(provider, blocked(model, provider, "lambda"), "the Lambda API", "lambda", "should")


@GROUP.warning(
    "DMI502",
    "functions have a route to CloudWatch Logs",
    why="The function runs, and none of its log lines arrives.",
    fix="Route the subnets to a NAT gateway, or add an interface endpoint for com.amazonaws.REGION.logs.",
    source="Lambda Developer Guide, lambda-managed-instances-troubleshooting",
)
def _logs_route(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        if model.users(provider):
            yield from _no_route(provider, blocked(model, provider, "logs"), "CloudWatch Logs", "logs", "should")


@GROUP.warning(
    "DMI503",
    "instances are in private subnets",
    why="AWS calls public subnets fit for development only, and instances there get out with a public address alone.",
    fix="Name private subnets with a NAT gateway or with endpoints.",
    source="Lambda Developer Guide, lambda-managed-instances-networking",
)
def _public(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        public = [subnet.id for subnet in subnets(model, provider) if way_out(model, subnet) is Way.INTERNET_GATEWAY]
        if public:
            yield provider.finding(
                f"SubnetIds should be private, got {', '.join(public)} with a route to an internet gateway: "
                "name subnets behind a NAT gateway or with endpoints",
                *_SUBNETS,
            )


@GROUP.error(
    "DMI504",
    "security groups let instances out on 443",
    why="Every AWS API is on 443, the one that takes checkpoints included.",
    fix="Allow TCP 443 outbound in a security group of the capacity provider.",
    source="Lambda Developer Guide, lambda-managed-instances-networking",
)
def _egress(model: Model) -> Iterator[Finding]:
    for provider in model.providers:
        if not lets_out(model, provider):
            yield provider.finding(
                "SecurityGroupIds must let out TCP 443, got security groups whose egress rules do not: "
                "allow TCP 443 outbound in one of them",
                "VpcConfig",
                "SecurityGroupIds",
            )


@GROUP.error(
    "DMI505",
    "endpoints have private DNS",
    why="Without it the service's name leads to public addresses, and so not to the endpoint.",
    fix="Set PrivateDnsEnabled on the endpoint, and EnableDnsHostnames and EnableDnsSupport on the VPC.",
    source="Lambda Developer Guide, configuration-vpc-endpoints; AWS PrivateLink guide, interface endpoints",
)
def _private_dns(model: Model) -> Iterator[Finding]:
    for service, endpoint in _blocking(model, Block.NO_PRIVATE_DNS):
        gaps = " and ".join(private_dns_gaps(model, endpoint))
        yield endpoint.finding(
            f"PrivateDnsEnabled must be true where the endpoint is the only way to {service}, and so must "
            f"EnableDnsHostnames and EnableDnsSupport of its VPC, got false for {gaps}: set it to true",
            "PrivateDnsEnabled",
        )


@GROUP.error(
    "DMI506",
    "endpoints let the instances in on 443",
    why="The security group of the endpoint drops what the instances send, and the call hangs until its timeout.",
    fix="Allow TCP 443 inbound in the endpoint's security group, from the capacity provider's security group.",
    source="Lambda Developer Guide, lambda-managed-instances-networking; AWS PrivateLink guide, interface endpoints",
)
def _endpoint_closed(model: Model) -> Iterator[Finding]:
    for service, endpoint in _blocking(model, Block.CLOSED):
        yield endpoint.finding(
            f"SecurityGroupIds must let the instances in on TCP 443 where the endpoint is the only way to {service}, "
            "got security groups that do not: allow it from the capacity provider's security group",
            "SecurityGroupIds",
        )


def _no_route(
    provider: TemplateResource, found: list[Blocked], name: str, service: str, modal: str
) -> Iterator[Finding]:
    without = [entry.subnet.id for entry in found if entry.block is Block.NO_ROUTE]
    if without:
        yield provider.finding(
            f"SubnetIds {modal} have a route to {name}, got {', '.join(without)} with neither a NAT gateway nor an "
            f"endpoint: add a route, or an interface endpoint for {service} in their VPC",
            *_SUBNETS,
        )


def _blocking(model: Model, block: Block) -> Iterator[tuple[str, TemplateResource]]:
    """Yield the endpoints that block the way to a service in one manner, each once."""
    seen = set()
    for provider in model.providers:
        users = model.users(provider)
        services = [("lambda", "the Lambda API")] if any(function.is_durable for function in users) else []
        services += [("logs", "CloudWatch Logs")] if users else []
        for service, name in services:
            for entry in blocked(model, provider, service):
                if entry.block is block and entry.endpoint is not None and entry.endpoint.id not in seen:
                    seen.add(entry.endpoint.id)
                    yield name, entry.endpoint
