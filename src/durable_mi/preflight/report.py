"""Check templates, and keep the findings with their positions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from durable_mi.checks.choice import shown
from durable_mi.cloudformation.connected.groups import app_of, groups
from durable_mi.cloudformation.content.garbage import no_garbage_search
from durable_mi.cloudformation.source import Position, Source
from durable_mi.findings.severity import Severity
from durable_mi.preflight.branches.judgement import Judgement, judge
from durable_mi.preflight.rules import GROUPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from durable_mi.cloudformation.language.unread import Unread
    from durable_mi.cloudformation.other_stacks import App
    from durable_mi.cloudformation.template import Template
    from durable_mi.preflight.finding import Finding, Skipped
    from durable_mi.preflight.rule import Rule

__all__ = ["RULES", "Diagnostic", "Report", "Result", "check", "known_rules", "position_in"]

RULES: Mapping[str, Rule] = {rule.id: rule for family in GROUPS for rule in family.rules}
"""Every rule by its id."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding in its template.

    Attributes:
        rule: The rule that does not hold.
        finding: What was found.
        template: Where.
    """

    rule: Rule
    finding: Finding
    template: Template

    @property
    def logical_id(self) -> str:
        """The resource's logical id in the file."""
        return self.template.origin(self.finding.logical_id)

    @property
    def construct_path(self) -> str | None:
        """The resource's construct path, ``None`` in templates that the CDK did not write."""
        return self.template.construct_path(self.finding.logical_id)

    @property
    def position(self) -> Position:
        """Line and column of the value in the file, or of what is nearest to it."""
        return position_in(self.template, self.finding.logical_id, self.finding.path)


@dataclass(frozen=True, slots=True)
class Result:
    """What one template was found to be.

    Attributes:
        template: The template.
        places: What was found, by resource and rule.
        skipped: Values that are known only at deploy time.
        functions: How many functions were checked.
        unread: What of it was not looked into.
    """

    template: Template
    places: tuple[Diagnostic, ...]
    skipped: tuple[Skipped, ...]
    functions: int
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What several templates were found to be.

    Attributes:
        results: One for each template.
    """

    results: tuple[Result, ...]

    @classmethod
    def of(cls, templates: Iterable[Template], *, ignored: Collection[str] = ()) -> Report:
        """Check templates.

        Args:
            templates: The templates.
            ignored: Ids of rules to leave out.
        """
        with no_garbage_search():
            return cls(tuple(_distinct(_checked(list(templates), ignored))))

    def without(self, places: Iterable[Diagnostic]) -> Report:
        """Return the same without some findings.

        Args:
            places: Findings of this report.
        """
        left_out = {id(place) for place in places}
        return Report(
            tuple(
                replace(result, places=tuple(place for place in result.places if id(place) not in left_out))
                for result in self.results
            )
        )

    @property
    def places(self) -> list[Diagnostic]:
        """Everything that was found."""
        return [place for result in self.results for place in result.places]

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(place.rule.severity is severity for place in self.places)

    @property
    def unread(self) -> list[tuple[Template, Unread]]:
        """Everything that was not looked into, with its template."""
        return [(result.template, each) for result in self.results for each in result.unread]

    @property
    def has_errors(self) -> bool:
        """Whether an error was found."""
        return self.count(Severity.ERROR) > 0


def _distinct(results: Iterable[Result]) -> Iterator[Result]:
    """Yield results without what another one has of the same file: stacks can share a template."""
    seen: set[tuple[object, ...]] = set()
    for result in results:
        places = []
        for place in result.places:
            finding = place.finding
            key = (place.rule.id, place.template.file, place.logical_id, finding.path, finding.message)
            if key not in seen:
                seen.add(key)
                places.append(place)
        yield replace(result, places=tuple(places))


def check(template: Template, *, ignored: Collection[str] = ()) -> Result:
    """Check one template with every rule.

    Args:
        template: The template.
        ignored: Ids of rules to leave out.
    """
    with no_garbage_search():
        (result,) = _checked([template], ignored)
    return result


def _checked(templates: Sequence[Template], ignored: Collection[str]) -> list[Result]:
    """Check templates, those as one whose stacks are connected."""
    rules = [rule for rule in RULES.values() if rule.id not in ignored]
    by_stack = {id(template.stack): template for template in templates}
    results: dict[int, Result] = {}
    for stacks in groups([template.stack for template in templates]) if templates else ():
        app = app_of(stacks)
        judgement = judge(stacks, rules, app)
        for stack in stacks:
            results[id(stack)] = _result(by_stack[id(stack)], judgement, app)
    return [results[id(template.stack)] for template in templates]


def _result(template: Template, judgement: Judgement, app: App) -> Result:
    """Return what was found in one template of those that were judged as one."""
    ids = {app.name(template.stack, logical_id): logical_id for logical_id in template.stack.resources}
    found = [
        Diagnostic(rule, replace(finding, logical_id=ids[finding.logical_id]), template)
        for rule, finding in judgement.found
        if finding.logical_id in ids
    ]
    order = {logical_id: index for index, logical_id in enumerate(template.stack.resources)}
    places = sorted(found, key=lambda place: (order[place.finding.logical_id], place.rule.id))
    skipped = {
        replace(entry, logical_id=ids[entry.logical_id]) for entry in judgement.skipped if entry.logical_id in ids
    }
    # What invokes functions is nobody's concern where there are none, in other stacks of the app neither.
    unread = tuple(each for each in template.unread if judgement.functions or not each.is_caller)
    return Result(template, tuple(places), tuple(sorted(skipped)), len(judgement.functions & ids.keys()), unread)


def position_in(template: Template, logical_id: str, path: Sequence[str | int]) -> Position:
    """Return line and column of a value in a template, or of what is nearest to it.

    Args:
        template: The template.
        logical_id: The resource.
        path: The value in the resource's ``Properties``; empty for the resource as a whole.
    """
    file = template.file
    place = template.place(logical_id, path)
    if template.source is not None:
        return template.source.position(place)
    return _position(file, file.stat().st_mtime_ns, place)


def known_rules(ignore: Iterable[str], rules: Collection[str] = RULES.keys()) -> frozenset[str]:
    """Return the ids of rules to leave out, each of which exists.

    Args:
        ignore: Ids of rules.
        rules: The rules that exist. Defaults to those over templates.

    Raises:
        TypeError: It is one string, or no list of strings.
        ValueError: It names a rule that does not exist.
    """
    if isinstance(ignore, (str, bytes)) or not isinstance(ignore, Iterable):
        msg = f"ignore must be a list of rules such as ['DMI112'], got {shown(ignore)}: put it into a list"
        raise TypeError(msg)
    given = list(ignore)
    for rule_id in given:
        if not isinstance(rule_id, str):
            msg = f"each of ignore must be a rule's id such as 'DMI112', got {shown(rule_id)}: pass its id as a string"
            raise TypeError(msg)
    ignored = frozenset(given)
    unknown = sorted(map(str, ignored.difference(rules)))
    if unknown:
        msg = f"ignore must name rules such as 'DMI112', got {', '.join(unknown)}: correct or remove it"
        raise ValueError(msg)
    return ignored


# A report asks for each several times, and to find one takes a way through the text.
@lru_cache(maxsize=65_536)
def _position(file: Path, changed: int, place: tuple[str | int, ...]) -> Position:
    return _source(file, changed).position(place)


@lru_cache(maxsize=8)
def _source(file: Path, _changed: int) -> Source:
    return Source.read(file)
