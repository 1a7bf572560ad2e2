"""Apply rules to a stack: as it is, and in each branch of what decides its conditions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain
from operator import or_
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.worlds.choices import Choices
from durable_mi.cloudformation.worlds.coverage import worlds
from durable_mi.preflight.branches.every_value import with_every_number, with_every_value
from durable_mi.preflight.branches.explanation import Explanations
from durable_mi.preflight.model import Model
from durable_mi.preflight.readings.shared_resources import SharedResources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.other_stacks import App
    from durable_mi.cloudformation.resource import Resource
    from durable_mi.cloudformation.worlds.world import World
    from durable_mi.preflight.branches.explanation import Branch
    from durable_mi.preflight.finding import Finding, Path, Skipped
    from durable_mi.preflight.rule import Rule

__all__ = ["Judgement", "judge"]

# What functions and capacity providers lead to. Of other types those matter that a rule asked for.
_FOLLOWED: Final = ("AWS::Lambda::", "AWS::IAM::", "AWS::EC2::", "AWS::Logs::", "AWS::KMS::")
_MAX_MESSAGES: Final = 4
"""Messages about one value in several branches; more of them say the same with other numbers."""

Found = tuple["Rule", "Finding"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a stack was found to be.

    Attributes:
        found: Rules and what they found.
        skipped: Values that are known only at deploy time.
        functions: The functions that were checked.
    """

    found: tuple[Found, ...]
    skipped: frozenset[Skipped]
    functions: frozenset[str]


def judge(stacks: Sequence[Stack], rules: Sequence[Rule], app: App) -> Judgement:
    """Apply rules to stacks that are read as one.

    Args:
        stacks: The stacks.
        rules: The rules.
        app: What their resolvers share.
    """
    reading = Model(stacks[0], Resolver(stacks[0], app=app.apart()), stacks)
    found = _found(reading, rules)
    judgements = [
        _judge(reading, _model_of(stack, reading), rules, choices, found) for stack, choices in _deciding(reading)
    ]
    if not judgements:
        return Judgement(tuple(found), frozenset(reading.skipped), frozenset(reading.functions))
    first, *others = judgements
    if not others:
        return first
    # What is found in each, and what is found only where the conditions of one of the stacks come into play.
    unnamed = {_place(*each) for each in found}
    by_place: list[dict[tuple[Rule, str, Path], Found]] = [
        {_place(*each): each for each in reversed(judgement.found)} for judgement in judgements
    ]
    kept: dict[tuple[Rule, str, Path], Found] = {}
    for places in by_place:
        kept.update({place: each for place, each in places.items() if place not in unnamed})
    for place in unnamed:
        if all(place in places for places in by_place):
            kept[place] = max((places[place] for places in by_place), key=lambda each: len(each[1].message))
    return Judgement(
        tuple(kept.values()),
        frozenset().union(*(each.skipped for each in judgements)),
        frozenset().union(*(each.functions for each in judgements)),
    )


def _model_of(stack: Stack, reading: Model) -> Model:
    return reading if len(reading.stacks) == 1 else Model(stack, reading.resolver.of(stack), reading.stacks)


def _deciding(reading: Model) -> Iterator[tuple[Stack, Choices]]:
    """Yield the stacks that have something to be tried out: to read all of them again for the others is in vain."""
    nested: dict[int, Choices] = {}
    # Those nested in a stack come after it, and it needs to know what they ask.
    for stack in reversed(reading.stacks):
        # Other stacks may take what they are given.
        outputs = stack.outputs.values() if len(reading.stacks) > 1 else ()
        choices = Choices.of(stack, reading.resolver.of(stack), _that_matter(reading, stack), outputs, nested)
        nested[id(stack)] = choices
    for stack in reading.stacks:
        choices = nested[id(stack)]
        if choices.choices or choices.open_parameters or choices.open_ranges:
            yield stack, choices


def _place(rule: Rule, finding: Finding) -> tuple[Rule, str, Path]:
    return rule, finding.logical_id, finding.path


def _judge(reading: Model, model: Model, rules: Sequence[Rule], choices: Choices, found: Sequence[Found]) -> Judgement:
    numbers = with_every_number(model, rules, choices, set(found))
    if choices.choices:
        return _in_each_world(model, rules, choices, numbers)
    always = with_every_value(model, rules, choices, set(found))
    return Judgement((*found, *always, *numbers), frozenset(reading.skipped), frozenset(reading.functions))


def _found(model: Model, rules: Iterable[Rule], same: dict[str, list[Finding]] | None = None) -> list[Found]:
    """Return what rules find.

    Args:
        model: The stack.
        rules: The rules.
        same: What rules find in every reading of the stack, by rule. Takes what turns out to be so.
    """
    found: dict[Found, None] = {}
    for rule in rules:
        findings = same.get(rule.id) if same is not None else None
        if findings is None:
            before = model.changes.asked
            findings = list(rule.check(model))
            if same is not None and model.changes.asked == before:
                same[rule.id] = findings
        found.update(dict.fromkeys((rule, finding) for finding in findings))
    return list(found)


def _that_matter(reading: Model, stack: Stack) -> Iterator[Resource]:
    """Yield the resources whose conditions matter, functions first."""
    if not any(map(_has_subject, reading.stacks)):
        return
    yield from stack.of_type("AWS::Lambda::Function")
    name = reading.resolver.of(stack).name
    for resource in stack.resources.values():
        item = reading.items.get(name(resource))
        if resource.type != "AWS::Lambda::Function" and (
            resource.type.startswith(_FOLLOWED)
            or item is None
            or item.is_read
            # Its arguments decide what the stack nested in this one has.
            or resource.logical_id in stack.nested
        ):
            yield resource


def _has_subject(stack: Stack) -> bool:
    """Return whether a stack has anything that rules are about."""
    return any(True for _ in stack.of_type("AWS::Lambda::CapacityProvider")) or any(
        "DurableConfig" in function.properties or "CapacityProviderConfig" in function.properties
        for function in stack.of_type("AWS::Lambda::Function")
    )


def _in_each_world(model: Model, rules: Sequence[Rule], choices: Choices, in_every_world: Sequence[Found]) -> Judgement:
    readings: list[tuple[World, Model]] = []
    seen: dict[tuple[Rule, str, Path], dict[Finding, int]] = defaultdict(lambda: defaultdict(int))
    # Other stacks may have values of this one.
    is_alone = len(model.stacks) == 1
    assumed = [choice.name for choice in choices.choices]
    shared = SharedResources(model.stack, model.items, assumed) if is_alone else None
    same: dict[str, list[Finding]] = {}
    for world in worlds(choices.choices):
        resolver = model.resolver.in_world(world)
        if resolver.assertions_hold() is False:
            continue
        reading = Model(model.stack, resolver, model.around, shared)
        found = _found(reading, rules, same if is_alone else None)
        found += with_every_value(reading, rules, choices, set(found))
        for rule, finding in chain(found, in_every_world):
            seen[rule, finding.logical_id, finding.path][finding] |= 1 << len(readings)
        readings.append((world, reading))
    explanations = Explanations(choices, readings)
    return Judgement(
        tuple(_named(seen, explanations, model)),
        frozenset(
            chain(
                shared.skipped(model.skipped) if shared is not None else (),
                *(reading.skipped for _, reading in readings),
            )
        ),
        frozenset(logical_id for _, reading in readings for logical_id in reading.functions),
    )


def _named(
    seen: dict[tuple[Rule, str, Path], dict[Finding, int]], explanations: Explanations, model: Model
) -> Iterator[Found]:
    """Yield what was found, each with the branches in which it is so."""
    for (rule, _, _), messages in seen.items():
        together = {next(iter(messages)): reduce(or_, messages.values())} if len(messages) > _MAX_MESSAGES else messages
        for finding, where in together.items():
            branch = explanations.of(where, finding.logical_id)
            if branch is None or (branch.is_joint and not _is_there_with_everything(rule, finding, branch, model)):
                continue
            yield rule, replace(finding, message=f"{branch.text}{finding.message}")


def _is_there_with_everything(rule: Rule, finding: Finding, branch: Branch, model: Model) -> bool:
    """Return whether a value is wrong also if every resource is there whose condition is known only at deploy time.

    What is missing only if several conditions come together in one way, such as a NAT gateway and endpoints that are
    switched by a parameter each, is a choice that the deployer makes and not the template.
    """
    resolver = model.resolver.in_world(replace(branch.world, leaves_out=False))
    return any(
        (finding.logical_id, finding.path) == (other.logical_id, other.path)
        for other in rule.check(Model(model.stack, resolver, model.around))
    )
