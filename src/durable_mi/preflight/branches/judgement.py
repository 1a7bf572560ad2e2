"""Apply rules to a stack: as it is, and in each branch of what decides its conditions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.worlds.choices import Choices
from durable_mi.cloudformation.worlds.coverage import worlds
from durable_mi.cloudformation.worlds.world import World
from durable_mi.preflight.branches.explanation import Explanations
from durable_mi.preflight.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from durable_mi.cloudformation.assembly import Resource, Stack
    from durable_mi.cloudformation.other_stacks import App
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
    judgements = [_judge(Model(stack, Resolver(stack, app=app.apart()), stacks), rules) for stack in _deciding(stacks)]
    first, *others = judgements
    if not others:
        return first
    # What is found in each, and what is found only where the conditions of one of the stacks come into play.
    unnamed = {
        _place(*found) for found in _found(Model(stacks[0], Resolver(stacks[0], app=app.apart()), stacks), rules)
    }
    kept: dict[tuple[Rule, str, Path], Found] = {}
    for each in judgements:
        kept.update({_place(*found): found for found in each.found if _place(*found) not in unnamed})
    for place in unnamed:
        everywhere = [[found for found in each.found if _place(*found) == place] for each in judgements]
        if all(everywhere):
            kept[place] = max((found[0] for found in everywhere), key=lambda found: len(found[1].message))
    return Judgement(
        tuple(kept.values()),
        frozenset().union(*(each.skipped for each in judgements)),
        frozenset().union(*(each.functions for each in judgements)),
    )


def _deciding(stacks: Sequence[Stack]) -> list[Stack]:
    """Return the stacks whose conditions are to be tried out, at least one."""
    return [stack for stack in stacks if stack.conditions or stack.mappings or stack.parameters] or [stacks[0]]


def _place(rule: Rule, finding: Finding) -> tuple[Rule, str, Path]:
    return rule, finding.logical_id, finding.path


def _judge(model: Model, rules: Sequence[Rule]) -> Judgement:
    found = _found(model, rules)
    choices = Choices.of(model.stack, model.resolver, _that_matter(model))
    if choices.choices:
        return _in_each_world(model, rules, choices)
    always = _whichever_value(model, rules, choices, set(found))
    return Judgement((*found, *always), frozenset(model.skipped), frozenset(model.functions))


def _found(model: Model, rules: Iterable[Rule]) -> list[Found]:
    return list(dict.fromkeys((rule, finding) for rule in rules for finding in rule.check(model)))


def _that_matter(model: Model) -> Iterator[Resource]:
    """Yield the resources whose conditions matter, functions first."""
    if not any(map(_has_subject, model.stacks)):
        return
    yield from model.stack.of_type("AWS::Lambda::Function")
    for resource in model.stack.resources.values():
        item = model.items.get(model.resolver.name(resource))
        if resource.type != "AWS::Lambda::Function" and (
            resource.type.startswith(_FOLLOWED) or item is None or item.is_read
        ):
            yield resource


def _has_subject(stack: Stack) -> bool:
    """Return whether a stack has anything that rules are about."""
    return any(True for _ in stack.of_type("AWS::Lambda::CapacityProvider")) or any(
        "DurableConfig" in function.properties or "CapacityProviderConfig" in function.properties
        for function in stack.of_type("AWS::Lambda::Function")
    )


def _in_each_world(model: Model, rules: Sequence[Rule], choices: Choices) -> Judgement:
    readings: list[tuple[World, Model]] = []
    seen: dict[tuple[Rule, str, Path], dict[Finding, int]] = defaultdict(lambda: defaultdict(int))
    for world in worlds(choices.choices):
        resolver = model.resolver.in_world(world)
        if resolver.assertions_hold() is False:
            continue
        reading = Model(model.stack, resolver, model.around)
        found = _found(reading, rules)
        found += _whichever_value(reading, rules, choices, set(found))
        for rule, finding in found:
            seen[rule, finding.logical_id, finding.path][finding] |= 1 << len(readings)
        readings.append((world, reading))
    explanations = Explanations(choices, readings)
    return Judgement(
        tuple(_named(seen, explanations, model)),
        frozenset(entry for _, reading in readings for entry in reading.skipped),
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


def _whichever_value(model: Model, rules: Sequence[Rule], choices: Choices, known: set[Found]) -> list[Found]:
    """Return what is found with every value of a parameter that has no default."""
    given = {choice.name: str(choice.values[0]) for choice in choices.open_parameters}
    if not given or all(found in known for found in _given(model, rules, given)):
        return []
    always: list[Found] = []
    for choice in choices.open_parameters:
        places: dict[tuple[Rule, str, Path], Finding] | None = None
        for value in choice.values:
            found = [each for each in _given(model, rules, {choice.name: str(value)}) if each not in known]
            here = {(rule, finding.logical_id, finding.path): finding for rule, finding in found}
            places = here if places is None else {key: places[key] for key in places if key in here}
            if not places:
                break
        # What is wrong without a value is said once, with no word about values.
        elsewhere = {_place(*found) for found in known} | {_place(*found) for found in always}
        for (rule, _, _), finding in (places or {}).items():
            if _place(rule, finding) in elsewhere:
                continue
            message = f"{finding.message}; so it is with every AllowedValue of the parameter {choice.name}"
            always.append((rule, replace(finding, message=message)))
    return always


def _given(model: Model, rules: Sequence[Rule], values: dict[str, str]) -> list[Found]:
    world = model.resolver.world
    assumed = World({**world.values, **values}, world.comparisons, frozenset(values))
    return _found(Model(model.stack, model.resolver.in_world(assumed), model.around), rules)
