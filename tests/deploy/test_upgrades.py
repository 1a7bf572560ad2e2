"""The table of upgrades, deployed: what must stay keeps its physical id, and the alias moves when a version appears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import pytest

from tests.deploy.order_of_events import Happening, happenings
from tests.upgrades import CHANGES, IN_PLACE, Change, Shape, build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tests.deploy.account import Account

KEPT: Final = ("AWS::EC2::VPC", "AWS::Lambda::CapacityProvider", "AWS::Lambda::Function")
HELD: Final = "architecture"
"""A change whose old capacity provider is still held by a version."""
COLLIDING: Final = {"zones of the network", "egress from NAT to private"}
"""Changes that the table says collide: a new subnet has the address range of the one that it replaces."""


def _rows(changes: Iterable[Change]) -> list[Any]:
    """Return changes as parameters; all but the first of a kind are left to `make slow`."""
    seen = set()
    rows = []
    for change in changes:
        kind = (change in IN_PLACE, change.publishes, bool(change.replaced))
        rows.append(pytest.param(change, id=change.name, marks=[pytest.mark.slow] if kind in seen else []))
        seen.add(kind)
    return rows


SMOOTH: Final = _rows(change for change in CHANGES if change.name not in COLLIDING)


@dataclass(frozen=True)
class State:
    """A deployed stack: its status, physical ids by type and logical id, and the version behind each alias."""

    status: str
    ids: Mapping[tuple[str, str], str]
    live: str

    @classmethod
    def read(cls, account: Account, stack: str) -> State:
        """Read it back from CloudFormation and Lambda."""
        status = account.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        resources = account.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        ids = {(it["ResourceType"], it["LogicalResourceId"]): it["PhysicalResourceId"] for it in resources}
        function = next(it for (kind, name), it in ids.items() if kind == KEPT[2] and name.startswith("Workflow"))
        return cls(status, ids, account.lambda_.get_alias(FunctionName=function, Name="live")["FunctionVersion"])

    def of(self, *types: str) -> Mapping[tuple[str, str], str]:
        """Return the physical ids of some types."""
        return {key: physical_id for key, physical_id in self.ids.items() if key[0] in types}


@dataclass(frozen=True)
class Upgrade:
    """A change as it was deployed: the states before and after, and what happened in between."""

    before: State
    after: State
    happened: Sequence[Happening]


@pytest.fixture(scope="module")
def changes(request: pytest.FixtureRequest) -> list[Change]:
    """Return the changes of the table that the selected tests look at."""
    selected = set()
    for item in request.session.items:
        if item.path == request.path and isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            change = item.callspec.params.get("change")
            selected.add(change.name if isinstance(change, Change) else item.callspec.params.get("name"))
    return [it for it in CHANGES if it.name in selected]


@pytest.fixture(scope="module")
def upgrades(
    bootstrapped: Account, changes: list[Change], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Upgrade]:
    """Deploy each of these changes on a stack of its own, before it and after it."""
    directory = tmp_path_factory.mktemp("upgrades")
    done = bootstrapped.deploy(_synthesize(directory / "before", changes, "before"))
    assert 0 == done.status, done.output[-4000:]
    before = {change.name: State.read(bootstrapped, _stack(change)) for change in changes}
    seen = {change.name: len(happenings(bootstrapped, _stack(change))) for change in changes}

    smooth = [change for change in changes if change.name not in COLLIDING]
    done = bootstrapped.deploy(_synthesize(directory / "after", smooth, "after"))
    assert 0 == done.status, done.output[-4000:]
    for change in changes:
        if change.name in COLLIDING:
            bootstrapped.deploy(_synthesize(directory / _stack(change), [change], "after"))
    return {
        change.name: Upgrade(
            before[change.name],
            State.read(bootstrapped, _stack(change)),
            happenings(bootstrapped, _stack(change))[seen[change.name] :],
        )
        for change in changes
    }


@pytest.mark.parametrize("change", _rows(IN_PLACE))
def test_function_provider_and_vpc_keep_their_ids(change: Change, upgrades: Mapping[str, Upgrade]) -> None:
    """In place means in place: the three are the same things as before."""
    upgrade = upgrades[change.name]
    old = upgrade.before.of(*KEPT)

    assert "UPDATE_COMPLETE" == upgrade.after.status
    assert old == {key: upgrade.after.ids[key] for key in old}


@pytest.mark.parametrize("change", SMOOTH)
def test_alias_moves_with_the_version(change: Change, upgrades: Mapping[str, Upgrade]) -> None:
    """A published version is the alias's next, and the old one is kept; else the alias stays."""
    upgrade = upgrades[change.name]
    kept = [it for it in upgrade.happened if (it.type, it.status) == ("AWS::Lambda::Version", "DELETE_SKIPPED")]

    assert ("1", "2" if change.publishes else "1") == (upgrade.before.live, upgrade.after.live)
    assert len(kept) == (1 if change.publishes else 0)


@pytest.mark.parametrize("change", SMOOTH)
def test_replaced_is_what_the_table_says(change: Change, upgrades: Mapping[str, Upgrade]) -> None:
    """Resources of these types got another physical id or went away, and no others; what is retained did neither."""
    upgrade = upgrades[change.name]
    kept = {it.logical_id for it in upgrade.happened if it.status == "DELETE_SKIPPED"}
    gone = {
        kind
        for (kind, name), it in upgrade.before.ids.items()
        if name not in kept and upgrade.after.ids.get((kind, name)) != it
    }

    assert change.replaced == gone


@pytest.mark.parametrize(
    "name", ["zones of the network", pytest.param("egress from NAT to private", marks=pytest.mark.slow)]
)
def test_rejects_what_the_table_says_collides(name: str, upgrades: Mapping[str, Upgrade]) -> None:
    """The update fails, and everything is as it was: ids, alias and version."""
    upgrade = upgrades[name]
    failed = next(it for it in upgrade.happened if it.status.endswith("_FAILED"))

    assert ("AWS::EC2::Subnet", "UPDATE_ROLLBACK_COMPLETE") == (failed.type, upgrade.after.status)
    assert "conflicts" in failed.reason
    assert upgrade.before.ids == upgrade.after.ids
    assert upgrade.before.live == upgrade.after.live


@pytest.mark.parametrize("name", [HELD])
def test_replaced_provider_outlives_its_versions(name: str, upgrades: Mapping[str, Upgrade]) -> None:
    """Versions that are kept hold the old capacity provider: CloudFormation cannot delete it, and says so."""
    failed = [it.reason for it in upgrades[name].happened if (it.type, it.status) == (KEPT[1], "DELETE_FAILED")]

    assert ["The capacity provider is currently in use by 1 functions"] == failed


def _synthesize(directory: Path, changes: Sequence[Change], side: str) -> Path:
    # CDK validates the same shapes in tests/proofs; here that would take longer than all else that Python does.
    app = cdk.App(outdir=str(directory), builtin_cloud_formation_validation=False)
    for change in changes:
        shape: Shape = getattr(change, side)
        build(cdk.Stack(app, _stack(change)), shape)
    app.synth()
    return directory


def _stack(change: Change) -> str:
    return "Change-" + "".join(letter if letter.isalnum() else "-" for letter in change.name)
