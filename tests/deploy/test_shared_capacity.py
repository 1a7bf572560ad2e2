"""Two stacks on one capacity provider, a deployment that fails and one that mends it, and the order of the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy import platform_app
from tests.deploy.order_of_events import happenings
from tests.deploy.platform import Platform
from tests.deploy.platform_app import PLATFORM, TEAM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.account import Account


@pytest.fixture(scope="module")
def elsewhere(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the two stacks in a region of their own, for tests that change them one after the other."""
    region = account.in_region("eu-central-1")
    done = region.cdk("bootstrap", "aws://123456789012/eu-central-1")
    assert 0 == done.status, done.output
    return Platform.deploy(region, tmp_path_factory.mktemp("elsewhere") / "cdk.out", references="weak")


@pytest.mark.slow  # In short: tests/deploy/test_upgrades.py has an update that rolls back.
def test_life_of_a_shared_provider(elsewhere: Platform, tmp_path: Path) -> None:
    """Attach from two stacks, fail and roll back, mend, and go: each state follows from the one before."""
    account = elsewhere.account
    before = elsewhere.versions
    assert {"Platform", "Team"} == {version.partition("-")[0] for version in before}
    assert "1" == elsewhere.live

    # A deployment in which some part of the construct fails: the alias never moves, and the function goes back.
    seen = len(happenings(account, TEAM))
    taken = "cdk-hnb659fds-deploy-role-123456789012-eu-central-1"
    failing = platform_app.synthesize(tmp_path / "failing", references="weak", memory_gib=8, taken_role=taken)
    failed = account.deploy(failing, TEAM)
    assert 1 == failed.status
    assert taken in failed.output, failed.output
    assert "UPDATE_ROLLBACK_COMPLETE" == elsewhere.status(TEAM)
    assert "1" == elsewhere.live
    happened = happenings(account, TEAM)[seen:]
    assert [("AWS::IAM::Role", "CREATE_FAILED")] == [
        (it.type, it.status) for it in happened if it.status.endswith("_FAILED")
    ]
    assert "AWS::Lambda::Version" in {it.type for it in happened}
    assert "AWS::Lambda::Alias" not in {it.type for it in happened}
    config = account.lambda_.get_function_configuration(FunctionName=elsewhere.function)
    assert 4096 == config["MemorySize"]
    # What was published is retained, as running executions may be on it.
    assert before | {f"{elsewhere.function}:2"} == elsewhere.versions

    # So the same change cannot be deployed again as it is, which Lambda says; with any other content it can.
    again = account.deploy(platform_app.synthesize(tmp_path / "again", references="weak", memory_gib=8), TEAM)
    assert 1 == again.status
    assert "A version for this Lambda function exists ( 2 )" in again.output
    mended = account.deploy(platform_app.synthesize(tmp_path / "mended", references="weak", memory_gib=16), TEAM)
    assert 0 == mended.status, mended.output
    assert "3" == elsewhere.live

    # The platform cannot go while the team is on it, and says why.
    refused = account.cdk("destroy", PLATFORM, "--exclusively", "--force", "--app", str(elsewhere.assembly))
    assert 1 == refused.status
    assert "currently in use by" in refused.output
    assert "DELETE_FAILED" == elsewhere.status(PLATFORM)

    for stack in (TEAM, PLATFORM):
        done = account.cdk("destroy", stack, "--exclusively", "--force", "--app", str(elsewhere.assembly))
        assert 0 == done.status, done.output
    assert [] == [it["VpcId"] for it in account.ec2.describe_vpcs()["Vpcs"] if not it["IsDefault"]]
