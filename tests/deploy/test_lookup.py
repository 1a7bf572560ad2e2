"""The app in a looked-up VPC, by the real CDK CLI and without a context file.

The look-up itself goes to the rehearsed account, not to AWS.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.account import Account

APP = Path(__file__).parents[1] / "adoption" / "vpc_lookup" / "app.py"


@pytest.mark.slow
def test_the_cli_looks_up_and_synthesizes_again(account: Account, tmp_path: Path) -> None:
    """`cdk synth` builds with placeholders, looks up, and builds with the subnets of the account."""
    elsewhere = account.in_region("ap-southeast-2")
    vpc = elsewhere.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    elsewhere.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "shared"}])
    wanted = []
    for tier in ("databases", "workloads"):
        for zone in "abc":
            cidr = f"10.9.{10 * (tier == 'workloads') + ord(zone) - ord('a')}.0/24"
            made = elsewhere.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"ap-southeast-2{zone}")
            subnet = made["Subnet"]["SubnetId"]
            tags = {"tier": tier, "aws-cdk:subnet-type": "Private"}
            elsewhere.ec2.create_tags(
                Resources=[subnet], Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
            )
            if tier == "workloads":
                wanted.append(subnet)

    done = elsewhere.cdk(
        "synth", "--quiet", "--app", f"{sys.executable} {APP}", "--output", str(tmp_path / "cdk.out"), cwd=tmp_path
    )

    assert 0 == done.status, done.output
    template = json.loads((tmp_path / "cdk.out" / "Orders.template.json").read_text())
    (provider,) = [body for body in template["Resources"].values() if body["Type"] == "AWS::Lambda::CapacityProvider"]
    assert wanted == provider["Properties"]["VpcConfig"]["SubnetIds"]
    assert (tmp_path / "cdk.context.json").is_file()
