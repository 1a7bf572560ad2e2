"""The app in a looked-up VPC: the synthesis before the look-up, and the strict one after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from tests.adoption.strict import findings
from tests.adoption.vpc_lookup.app import build

if TYPE_CHECKING:
    from collections.abc import Callable

ENV = cdk.Environment(account="111122223333", region="eu-central-1")
VPC = {
    "vpcId": "vpc-0123456789abcdef0",
    "vpcCidrBlock": "10.0.0.0/16",
    "availabilityZones": [],
    "subnetGroups": [
        {
            "name": name,
            "type": "Private",
            "subnets": [
                {
                    "subnetId": f"subnet-0123456789abcde{kind}{number}",
                    "cidr": f"10.0.{kind}{number}.0/24",
                    "availabilityZone": f"eu-central-1{zone}",
                    "routeTableId": f"rtb-0123456789abcde{kind}{number}",
                }
                for number, zone in enumerate("abc")
            ],
        }
        for kind, name in enumerate(("databases", "workloads"))
    ],
}


@pytest.fixture(scope="module")
def missing(strict_app: Callable[..., cdk.App]) -> dict[str, Any]:
    """Synthesize without context, and return what the CDK CLI is asked to look up."""
    app = strict_app()
    build(app, ENV)

    assert [] == findings(app)
    manifest = json.loads((Path(app.outdir) / "manifest.json").read_text())
    (entry,) = manifest["missing"]
    return dict(entry)


def test_the_look_up_is_asked_for(missing: dict[str, Any]) -> None:
    """The synthesis gets to its end, with strict validation, preflight and the rule packs."""
    assert ("vpc-provider", {"tag:Name": "shared"}) == (missing["provider"], missing["props"]["filter"])


def test_after_the_look_up(strict_app: Callable[..., cdk.App], missing: dict[str, Any]) -> None:
    """The named group is selected, and nothing is found."""
    app = strict_app(**{missing["key"]: VPC})
    network = build(app, ENV)

    assert [] == findings(app)
    template = json.loads((Path(app.outdir) / "Orders.template.json").read_text())
    bodies = {body["Type"]: body["Properties"] for body in template["Resources"].values()}
    assert [f"subnet-0123456789abcde1{number}" for number in range(3)] == bodies["AWS::Lambda::CapacityProvider"][
        "VpcConfig"
    ]["SubnetIds"]
    assert "vpc-0123456789abcdef0" == bodies["AWS::EC2::SecurityGroup"]["VpcId"]
    assert [f"rtb-0123456789abcde1{number}" for number in range(3)] == bodies["AWS::EC2::VPCEndpoint"]["RouteTableIds"]
    assert 3 == network.zone_count
