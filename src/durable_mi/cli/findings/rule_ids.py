"""Rules that a user names: of templates (``DMI``) and of code (``DMC``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from durable_mi.findings.listed import RuleTexts

__all__ = ["known_rule", "known_rules"]

_OF_CODE: Final = "DMC"


def known_rule(name: str, where: str) -> RuleTexts:
    """Return a rule by its id, in any case.

    Args:
        name: The id.
        where: Where the user wrote it, for the message.

    Raises:
        click.UsageError: There is no such rule.
    """
    rule_id = name.strip().upper()
    rule = _rules(rule_id).get(rule_id)
    if rule is None:
        message = (
            f"{where} must name rules such as DMI101, got {name!r}: docs/reference/preflight.md and "
            "docs/reference/lint.md list all rules"
        )
        raise click.UsageError(message)
    return rule


def known_rules(names: Iterable[str], where: str) -> frozenset[str]:
    """Return the ids of rules; each name can be several, separated by commas.

    Args:
        names: What the user wrote.
        where: Where, for the message.

    Raises:
        click.UsageError: A rule does not exist.
    """
    return frozenset(known_rule(each, where).id for name in names for each in name.split(",") if each.strip())


def _rules(rule_id: str) -> Mapping[str, RuleTexts]:
    # Imported here, since most runs name no rule.
    if rule_id.startswith(_OF_CODE):
        from durable_mi.lint.rules import RULES as CODE_RULES  # noqa: PLC0415

        return CODE_RULES
    from durable_mi.preflight.report import RULES as TEMPLATE_RULES  # noqa: PLC0415

    return TEMPLATE_RULES
