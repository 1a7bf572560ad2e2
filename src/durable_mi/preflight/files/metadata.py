"""What templates say in their Metadata: ``durable-mi: {ignore: [DMI112], reason: why}``, on top or on a resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.findings.suppressed import Kind
from durable_mi.findings.suppression import Suppression

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from durable_mi.cloudformation.template import Template

__all__ = ["TemplateSuppressions"]

_KEY: Final = "durable-mi"
_KEYS: Final = ("ignore", "reason")
_EXAMPLE: Final = "{ignore: [DMI112], reason: why}"
_MAX_SHOWN: Final = 80
_MAX_REASON: Final = 400


@dataclass(frozen=True, slots=True)
class TemplateSuppressions:
    """What templates leave out.

    Attributes:
        listed: The suppressions.
        problems: Metadata that is not what it must be and so leaves nothing out; one line each.
    """

    listed: tuple[Suppression, ...]
    problems: tuple[str, ...]

    @classmethod
    def of(cls, templates: Iterable[Template], rules: Collection[str]) -> TemplateSuppressions:
        """Read the metadata of templates.

        Args:
            templates: The templates.
            rules: Ids of the rules that exist.
        """
        listed: dict[Suppression, None] = {}
        problems: dict[str, None] = {}
        for template in templates:
            for logical_id, metadata in _metadata(template):
                if _KEY not in metadata:
                    continue
                of_what = f"{template.file}, Metadata of {'the template' if logical_id is None else logical_id}"
                try:
                    named, reason = _read(metadata[_KEY], rules)
                except ValueError as error:
                    problems[" ".join(f"{of_what}: {error}".split())] = None
                    continue
                suppression = Suppression(
                    rules=named,
                    where=of_what,
                    reason=reason,
                    kind=Kind.IN_SOURCE,
                    template=template.file,
                    logical_id=logical_id,
                )
                listed[suppression] = None
        return cls(tuple(listed), tuple(problems))


def _metadata(template: Template) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    """Yield the metadata of a template and of its resources, with their ids in the file."""
    stack = template.stack
    # Of a template that a resource holds as a text, the file has this resource alone.
    yield template.body_of or None, stack.metadata
    if template.sam is None:
        yield from ((template.origin(each.logical_id), each.metadata) for each in stack.resources.values())
        return
    for logical_id, body in template.sam["Resources"].items():
        metadata = body.get("Metadata") if isinstance(body, dict) else None
        if isinstance(metadata, dict):
            yield template.body_of or logical_id, metadata


def _read(given: object, rules: Collection[str]) -> tuple[frozenset[str], str]:
    if not isinstance(given, dict) or not set(_KEYS).issuperset(given) or "ignore" not in given:
        msg = f"{_KEY} must be an object such as {_EXAMPLE}, got {_shown(given)}: correct it"
        raise ValueError(msg)
    ignore, reason = given["ignore"], given.get("reason", "")
    if not isinstance(ignore, list) or not ignore or not all(isinstance(each, str) for each in ignore):
        msg = f"ignore of {_KEY} must be a list of rules such as [DMI112], got {_shown(ignore)}: put them into a list"
        raise ValueError(msg)
    if not isinstance(reason, str):
        msg = f"reason of {_KEY} must be a text, got {_shown(reason)}: say in a sentence why the rules are left out"
        raise ValueError(msg)  # noqa: TRY004 - what is caught, whatever is wrong with it
    named = frozenset(each.strip().upper() for each in ignore)
    unknown = sorted(named.difference(rules))
    if unknown:
        msg = f"ignore of {_KEY} must name rules such as DMI112, got {_shown(', '.join(unknown))}: correct or remove it"
        raise ValueError(msg)
    return named, _shown(" ".join(reason.split()), _MAX_REASON)


def _shown(value: object, most: int = _MAX_SHOWN) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else f"{text[:most]}..."
