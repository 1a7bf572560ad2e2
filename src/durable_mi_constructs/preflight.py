"""The preflight rules as a policy-validation plugin, which checks every template of an app when it is synthesized."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii

from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.findings.severity import Severity
from durable_mi.preflight.report import RULES, check, known_rules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from durable_mi.preflight.report import Diagnostic

__all__ = ["PLUGIN_NAME", "DurableMiPreflight"]

PLUGIN_NAME: Final = "durable-mi"
"""The plugin's name in the report, and the first part of the ids to acknowledge."""


@jsii.implements(cdk.IPolicyValidationPlugin)
class DurableMiPreflight:
    """Finds mistakes with durable functions and managed instances when an app is synthesized.

    Add it once, to the app: ``cdk.Validations.of(app).add_plugins(DurableMiPreflight())``. It checks every stack,
    whichever constructs created it. Errors stop the synthesis and warnings do not. The report names the construct.

    If a finding is intended, acknowledge it on the construct, or on a parent, with the rule's id after ``durable-mi::``
    and a reason::

        cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id="durable-mi::DMI112", reason="..."))

    Args:
        ignore: Ids of rules to leave out in the whole app, such as ``["DMI112"]``. Defaults to none.

    Raises:
        TypeError: ``ignore`` is one string.
        ValueError: ``ignore`` names a rule that does not exist.
    """

    def __init__(self, *, ignore: Iterable[str] = ()) -> None:
        self._ignored = known_rules(ignore)

    @property
    def name(self) -> str:
        """The plugin's name in the report, and the first part of the ids to acknowledge."""
        return PLUGIN_NAME

    @property
    def version(self) -> str:
        """The version of this distribution."""
        return version("durable-mi-constructs")

    @property
    def rule_ids(self) -> list[str]:
        """The ids of the active rules."""
        return [rule_id for rule_id in RULES if rule_id not in self._ignored]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the templates of an app; the CDK calls this."""
        places = [
            place
            for path in _with_nested([Path(path) for path in context.template_paths])
            for place in check(Template.of(Source.read(path)), ignored=self._ignored).places
        ]
        return cdk.PolicyValidationPluginReport(
            success=all(place.rule.severity is not Severity.ERROR for place in places),
            violations=[_violation(place) for place in places],
        )


def _with_nested(paths: Collection[Path]) -> Iterable[Path]:
    """Yield the templates and those of their nested stacks, which the CDK does not name."""
    nested = (
        stack.file
        for directory in dict.fromkeys(path.parent for path in paths)
        for stack in CloudAssembly.read(directory).stacks
        if stack.file is not None and stack.outermost.file in paths
    )
    return dict.fromkeys((*paths, *nested))


def _violation(place: Diagnostic) -> cdk.PolicyViolation:
    return cdk.PolicyViolation(
        rule_name=place.rule.id,
        description=place.finding.message,
        fix=place.rule.fix,
        severity=place.rule.severity.value,
        rule_metadata={"why": place.rule.why, "source": place.rule.source},
        violating_resources=[
            cdk.PolicyViolatingResource(
                resource_logical_id=place.logical_id,
                template_path=str(place.template.file),
                locations=["/".join(("Properties", *map(str, place.finding.path)))] if place.finding.path else [],
            )
        ],
    )
