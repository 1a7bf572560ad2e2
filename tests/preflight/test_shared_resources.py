"""What readings of a template in several branches have in common changes nothing in the report."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.branches import judgement
from durable_mi.preflight.readings.shared_resources import SharedResources
from durable_mi.preflight.report import Report

if TYPE_CHECKING:
    from durable_mi.preflight.report import Result

FILES = sorted(Path(__file__).parent.glob("templates/DMI[1-7]*/*.yaml"))
UNKNOWN = {"Fn::Select": [0, {"Ref": "AWS::NotificationARNs"}]}
CONDITIONS = {
    "A": {"Fn::Equals": [UNKNOWN, "a"]},
    "B": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "C": {"Fn::Not": [{"Condition": "B"}]},
}
INSTEAD: tuple[Any, ...] = (
    {"Ref": "AWS::NoValue"},
    4096,
    "arm64",
    {"Ref": "Stage"},
    "*",
    "${Stage}",
    {"Fn::Sub": "x-${Stage}"},
    [],
)


def with_conditions(content: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return a template of which some resources and values depend on conditions."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    changed: dict[str, Any] = json.loads(json.dumps(content))
    changed.setdefault("Conditions", {}).update(CONDITIONS)
    changed.setdefault("Parameters", {})["Stage"] = {"Type": "String", "AllowedValues": ["dev", "prod", "test"]}
    changed.setdefault("Mappings", {})["Sizes"] = {"dev": {"Size": 128}, "prod": {"Size": 4096}}
    for resource in changed["Resources"].values():
        if chance.random() < 0.15:
            resource["Condition"] = chance.choice("ABC")
        properties = resource.get("Properties", {})
        for key in properties:
            if chance.random() < 0.15:
                either = [properties[key], chance.choice(INSTEAD)]
                chance.shuffle(either)
                properties[key] = {"Fn::If": [chance.choice("ABC"), *either]}
            elif key == "MemorySize" and chance.random() < 0.2:
                properties[key] = {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Size"]}
    return changed


def found(content: dict[str, Any]) -> Result:
    """Return what is found in a template."""
    (result,) = Report.of([Template.of_content(content, Path("template.json"))]).results
    return result


def agree(files: list[Path], rounds: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Check that findings are the same with and without what is common; return how many there are."""
    total = 0
    for number, file in enumerate(files):
        source = Source.read(file).content
        for seed in range(number * rounds, (number + 1) * rounds):
            content = with_conditions(source, seed)
            fast = found(content)
            with monkeypatch.context() as patched:
                # As if everything changed.
                patched.setattr(judgement, "SharedResources", lambda stack, _items, _of: Changing(stack))
                slow = found(content)

            assert [(place.rule.id, place.finding) for place in slow.places] == [
                (place.rule.id, place.finding) for place in fast.places
            ], (file, seed)
            assert slow.functions == fast.functions
            assert set(slow.skipped) <= set(fast.skipped)
            total += len(fast.places)
    return total


class Changing(SharedResources):
    """Nothing in common: each resource is read anew, and each rule applied."""

    def __init__(self, stack: Any) -> None:
        super().__init__(stack, {}, ["AWS::Region"])
        self.conditional = frozenset(each.type for each in stack.resources.values())


def test_what_is_read_once_is_the_same_in_each_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    """With conditions in some templates of the rules."""
    assert agree(FILES[::15], 1, monkeypatch) > len(FILES[::15])


@pytest.mark.slow
def test_what_is_read_once_is_the_same_in_each_branch_of_every_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for longer."""
    assert agree(FILES, 6, monkeypatch) > len(FILES)
