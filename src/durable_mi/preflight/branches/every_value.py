"""Findings with every value that a parameter may have, of which a deployer has to choose one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.worlds.world import World
from durable_mi.findings.severity import Severity
from durable_mi.preflight.branches.sample_numbers import sample_numbers
from durable_mi.preflight.model import Model

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from durable_mi.cloudformation.resolver import Resolver
    from durable_mi.cloudformation.worlds.choices import Choices
    from durable_mi.cloudformation.worlds.number_range import NumberRange
    from durable_mi.preflight.finding import Finding, Path
    from durable_mi.preflight.rule import Rule

__all__ = ["with_every_number", "with_every_value"]

Found = tuple["Rule", "Finding"]

# The families of rules that judge numbers of functions: size, function, durable execution.
_ABOUT_NUMBERS: Final = ("DMI1", "DMI2", "DMI3")


def with_every_value(model: Model, rules: Sequence[Rule], choices: Choices, known: Collection[Found]) -> list[Found]:
    """Return what is found with every value of a parameter that has no default, and only in this branch.

    Two values of a property may break two rules. Then the finding is that of the milder one.

    Args:
        model: The stack, as it is without values.
        rules: The rules.
        choices: Its choices.
        known: What is found without values.
    """
    listed = {choice.name: list(map(str, choice.values)) for choice in choices.open_parameters}
    every = {name: f"AllowedValue of the parameter {name}" for name in listed}
    always = _of_parameters(model, rules, listed, every, known)
    chosen = [each for each in choices.open_ranges if not each.is_direct]
    return [*always, *_of_ranges(model, rules, chosen, {*known, *always})]


def with_every_number(model: Model, rules: Sequence[Rule], choices: Choices, known: Collection[Found]) -> list[Found]:
    """Return what is found with every number that a parameter takes, whatever holds of conditions.

    Args:
        model: The stack without assumptions.
        rules: The rules.
        choices: Its choices.
        known: What is found without values.
    """
    return _of_ranges(model, rules, [each for each in choices.open_ranges if each.is_direct], known)


def _of_ranges(
    model: Model, rules: Sequence[Rule], ranges: Sequence[NumberRange], known: Collection[Found]
) -> list[Found]:
    values = {each.name: sample_numbers(each) for each in ranges}
    every = {each.name: f"number that the parameter {each.name} takes, {each}" for each in ranges}
    return _of_parameters(model, [rule for rule in rules if rule.id.startswith(_ABOUT_NUMBERS)], values, every, known)


def _of_parameters(
    model: Model,
    rules: Sequence[Rule],
    values: Mapping[str, list[str]],
    every: Mapping[str, str],
    known: Collection[Found],
) -> list[Found]:
    possible = {name: kept for name, each in values.items() if (kept := _possible(model, name, each))}
    first = {name: kept[0] for name, kept in possible.items()}
    if not first or all(found in known for found in _given(model, rules, first)):
        return []
    always: list[Found] = []
    for name, kept in possible.items():
        # What is wrong without a value is said once, with no word about values.
        elsewhere = {_place(*found) for found in (*known, *always)}
        for rule, finding in _always(model, rules, name, kept, known).values():
            if _place(rule, finding) not in elsewhere:
                message = f"{finding.message}; so it is with every {every[name]}"
                always.append((rule, replace(finding, message=message)))
    return always


def _always(
    model: Model, rules: Sequence[Rule], name: str, values: Sequence[str], known: Collection[Found]
) -> Mapping[tuple[object, ...], Found]:
    """Return what is found with each of a parameter's values, by the value in the template that is wrong."""
    always: dict[tuple[object, ...], Found] | None = None
    for value in values:
        here: dict[tuple[object, ...], Found] = {}
        for found in _given(model, rules, {name: value}):
            if found not in known:
                rule, finding = found
                # Of a resource as a whole, two rules say two things.
                here.setdefault((finding.logical_id, finding.path or rule.id), found)
        if always is not None:
            here = {key: min(always[key], found, key=_severity) for key, found in here.items() if key in always}
        always = here
        if not always:
            break
    return always or {}


def _possible(model: Model, name: str, values: list[str]) -> list[str]:
    """Return the values of a parameter that ``Rules`` of the template do not reject."""
    if not model.stack.rules:
        return values
    return [value for value in values if _assuming(model, {name: value}).assertions_hold() is not False]


def _given(model: Model, rules: Sequence[Rule], values: Mapping[str, str]) -> list[Found]:
    reading = Model(model.stack, _assuming(model, values), model.around)
    return list(dict.fromkeys((rule, finding) for rule in rules for finding in rule.check(reading)))


def _assuming(model: Model, values: Mapping[str, str]) -> Resolver:
    """Return the resolver of a stack whose parameters have values."""
    world = model.resolver.world
    assumed = World({**world.values, **values}, world.comparisons, frozenset(values))
    return model.resolver.in_world(assumed)


def _place(rule: Rule, finding: Finding) -> tuple[Rule, str, Path]:
    return rule, finding.logical_id, finding.path


def _severity(found: Found) -> bool:
    return found[0].severity is Severity.ERROR
