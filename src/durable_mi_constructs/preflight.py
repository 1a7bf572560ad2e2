"""Preflight as a policy-validation plugin: every template of an app, and its workflow code, when it is synthesized."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii

from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template, with_nested
from durable_mi.findings.listed import from_here
from durable_mi.findings.severity import Severity
from durable_mi.findings.suppression import Suppressions
from durable_mi.lint.rules import RULES as CODE_RULES
from durable_mi.preflight.files.metadata import TemplateSuppressions
from durable_mi.preflight.output.listed import listed
from durable_mi.preflight.report import RULES, Report, known_rules
from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import takes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.findings.listed import ListedFinding
    from durable_mi.preflight.report import Diagnostic

__all__ = ["PLUGIN_NAME", "DurableMiPreflight"]

PLUGIN_NAME: Final = "durable-mi"
"""The plugin's name in the report, and the first part of the ids to acknowledge."""


@jsii.implements(cdk.IPolicyValidationPlugin)
class DurableMiPreflight:
    """Finds mistakes with durable functions and managed instances when an app is synthesized.

    Add it once, to the app: ``cdk.Validations.of(app).add_plugins(DurableMiPreflight())``. It checks every stack,
    whichever constructs created it. Errors stop the synthesis and warnings do not. The report names the construct.

    The workflow code is checked too, as ``durable-mi lint`` does: the handlers of durable and managed-instances
    functions whose code is an asset. What is found there is a warning.

    If a finding is intended, acknowledge it on the construct, or on a parent, with the rule's id after ``durable-mi::``
    and a reason::

        cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id="durable-mi::DMI112", reason="..."))

    ``Metadata: {durable-mi: {ignore: [DMI112], reason: why}}`` of a resource leaves findings out too, as on the command
    line.

    Args:
        ignore: Ids of rules to leave out in the whole app, such as ``["DMI112"]``. Defaults to none.
        code: Whether the workflow code is checked. Defaults to ``True``.
        code_errors: Whether errors in the workflow code stop the synthesis. Defaults to ``False``: they are warnings.

    Raises:
        TypeError: ``ignore`` is one string, or an argument is of another kind.
        ValueError: ``ignore`` names a rule that does not exist.
    """

    @takes(code=kinds.BOOL, code_errors=kinds.BOOL)
    def __init__(self, *, ignore: Iterable[str] = (), code: bool = True, code_errors: bool = False) -> None:
        self._ignored = known_rules(ignore, {*RULES, *CODE_RULES})
        self._code = code
        self._code_errors = code_errors

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
        every = (*RULES, *CODE_RULES) if self._code else RULES
        return [rule_id for rule_id in every if rule_id not in self._ignored]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the templates of an app; the CDK calls this."""
        stacks = _stacks([Path(path) for path in context.template_paths])
        found = [
            Template.of(Source.read(path)) if stack is None else Template(stack, path) for path, stack in stacks.items()
        ]
        templates = list(with_nested(found))
        suppressions = Suppressions(TemplateSuppressions.of(templates, {*RULES, *CODE_RULES}).listed)
        every = Report.of(templates, ignored=self._ignored).places
        sifted = suppressions.sift(listed(every))
        places = [place for place, suppressed in zip(every, sifted, strict=True) if suppressed is None]
        in_code = self._found_in_code([Template(stack, path) for path, stack in stacks.items() if stack is not None])
        code = [
            each for each, suppressed in zip(in_code, suppressions.sift(in_code), strict=True) if suppressed is None
        ]
        severities = {place.rule.severity for place in places} | {finding.severity for finding in code}
        return cdk.PolicyValidationPluginReport(
            success=Severity.ERROR not in severities,
            violations=[*map(_violation, places), *map(_code_violation, code)],
        )

    def _found_in_code(self, templates: Sequence[Template]) -> Sequence[ListedFinding]:
        if not self._code:
            return ()
        # Imported here, since most imports of the constructs synthesize nothing with it.
        from durable_mi.lint.app.lint_app import lint_app  # noqa: PLC0415

        report = lint_app(templates, ignored=self._ignored)
        return (report if self._code_errors else report.as_warnings()).findings


def _stacks(paths: Collection[Path]) -> Mapping[Path, Stack | None]:
    """Return the stacks of the templates and of their nested stacks, which the CDK does not name."""
    found: dict[Path, Stack | None] = dict.fromkeys(paths)
    for directory in dict.fromkeys(path.parent for path in paths):
        for stack in CloudAssembly.read(directory).stacks:
            if stack.file is not None and stack.outermost.file in paths:
                found[stack.file] = stack
    return found


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


def _code_violation(finding: ListedFinding) -> cdk.PolicyViolation:
    place = f"{from_here(finding.file)}:{finding.line}"
    return cdk.PolicyViolation(
        rule_name=finding.rule.id,
        description=f"{place}: {finding.message}",
        fix=finding.rule.fix,
        severity=finding.severity.value,
        rule_metadata={"why": finding.rule.why, "source": finding.rule.source},
        violating_resources=[
            cdk.PolicyViolatingResource(
                resource_logical_id=resource.logical_id, template_path=str(resource.template), locations=[place]
            )
            for resource in finding.resources
        ],
    )
