"""Whether a template is ready for durable executions, and in words what is missing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NoReturn

from durable_mi.preflight.model import Model
from durable_mi.preflight.report import check, known_rules
from durable_mi.testing.given_template import read_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from durable_mi.cloudformation.template import Template
    from durable_mi.preflight.report import Diagnostic
    from durable_mi.testing.given_template import GivenTemplate

__all__ = ["assert_durable_ready", "assert_ready"]

_FUNCTION: Final = "AWS::Lambda::Function"


def assert_durable_ready(template: GivenTemplate, *, ignore: Iterable[str] = ()) -> None:
    """Fail unless a template has a durable function and preflight finds nothing in it, neither errors nor warnings.

    Args:
        template: The template's content, or the path of its file. The templates of nested stacks are checked by
            themselves.
        ignore: Ids of preflight rules to leave out, such as ``["DMI112"]``. Defaults to none.

    Raises:
        AssertionError: The template has no durable function, or preflight finds something. The message says what must
            hold, what came and how to fix it, for each resource.
        TypeError: ``template`` is neither content nor a path, or ``ignore`` is one string.
        ValueError: ``template`` is not a template, or ``ignore`` names a rule that does not exist.
        ModuleNotFoundError: The file is YAML and the extra ``testing`` is not installed.
    """
    ignored = known_rules(ignore)
    read = read_template(template)
    found = check(read, ignored=ignored).places
    assert_ready(str(read.file), [read], [(_where(place), place) for place in found])


def assert_ready(subject: str, templates: Sequence[Template], found: Sequence[tuple[str, Diagnostic]]) -> None:
    """Fail unless there is a durable function and nothing was found.

    Args:
        subject: What was checked.
        templates: Its templates.
        found: What preflight found, each with the name of its resource.

    Raises:
        AssertionError: There is none, or something was found.
    """
    if not any(Model(template.stack).durable for template in templates):
        _fail([_nothing_durable(subject, templates), *_lines(found)])
    if found:
        rules = sorted({place.rule.id for _, place in found})
        first = (
            f"{subject} must be ready for durable executions, preflight finds {_count(len(found), 'problem')}: "
            f"fix {'it' if len(found) == 1 else 'them'}, or leave out what is intended with ignore={rules}"
        )
        _fail([first, *_lines(found)])


def _nothing_durable(subject: str, templates: Sequence[Template]) -> str:
    count = sum(len(list(template.stack.of_type(_FUNCTION))) for template in templates)
    came = f"got {_count(count, 'function')} without DurableConfig" if count else "got no function"
    return (
        f"{subject} must have a durable function, {came}: set DurableConfig, as DurableManagedFunction does, "
        "or pass the template that has the function"
    )


def _lines(found: Sequence[tuple[str, Diagnostic]]) -> Iterator[str]:
    for where, places in groupby(found, key=lambda entry: entry[0]):
        yield ""
        yield where
        for _, place in places:
            yield f"  {place.rule.severity} {place.rule.id}: {place.finding.message}"


def _where(place: Diagnostic) -> str:
    path = place.construct_path
    return f"{path} ({place.logical_id})" if path else place.logical_id


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _fail(lines: list[str]) -> NoReturn:
    raise AssertionError("\n".join(lines))
