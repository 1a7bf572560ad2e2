"""The rules for cfn-lint: ``cfn-lint -a durable_mi.preflight.cfn_lint -- template.yaml``.

cfn-lint keeps the numbers from 9000 for rules of others, and takes the severity from the letter: ``DMI102`` becomes
``E9102``, ``DMI204``, a warning, ``W9204``. Each is a class of this module, made when the module is imported.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.cloudformation.other_stacks import App
from durable_mi.cloudformation.template import Template
from durable_mi.findings.severity import Severity
from durable_mi.preflight.branches.judgement import judge
from durable_mi.preflight.files.metadata import TemplateSuppressions
from durable_mi.preflight.report import RULES

if TYPE_CHECKING:
    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.rule import Rule

__all__ = ["rule_id"]

# cfn-lint has no types.
_CFN_LINT = import_module("cfnlint.rules")
# Rules about code may be named in the metadata too. cfn-lint reads none, so which of them there are does not matter.
_KNOWN = frozenset((*RULES, *(f"DMC{number:03}" for number in range(1000))))


def rule_id(rule: Rule) -> str:
    """Return the id that a rule has in cfn-lint."""
    return f"{'E' if rule.severity is Severity.ERROR else 'W'}9{rule.id.removeprefix('DMI')}"


@lru_cache(maxsize=1)
def _found(cfn: Any) -> tuple[Template, dict[str, list[Finding]]] | None:  # noqa: ANN401 - cfn-lint's template
    """Return the template that cfn-lint checks, with what each rule finds; ``None`` where it is none."""
    # As plain values: cfn-lint's strings and objects carry positions. It has merged SAM's globals in already.
    content = json.loads(json.dumps(cfn.template, default=str))
    content.pop("Globals", None)
    try:
        template = Template.of_content(content, Path(cfn.filename or "template"))
    except AssemblyError:
        # cfn-lint itself reports what is no template.
        return None
    suppressions = TemplateSuppressions.of([template], _KNOWN).listed
    found: dict[str, list[Finding]] = defaultdict(list)
    for rule, finding in judge([template.stack], list(RULES.values()), App()).found:
        of = {None, template.origin(finding.logical_id)}
        if not any(rule.id in each.rules and each.logical_id in of for each in suppressions):
            found[rule.id].append(finding)
    return template, found


def _path(logical_id: str, finding: Finding) -> list[str | int]:
    return ["Resources", logical_id, *(("Properties", *finding.path) if finding.path else ())]


def _known(content: Any, path: list[str | int]) -> list[str | int]:  # noqa: ANN401 - any part of a template
    """As much of a path as the template has."""
    for length, step in enumerate(path):
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            return path[:length]
    return path


def _class(rule: Rule) -> type[Any]:
    def match(_: object, cfn: Any) -> list[Any]:  # noqa: ANN401 - cfn-lint's template
        read = _found(cfn)
        if read is None:
            return []
        template, found = read
        return [
            _CFN_LINT.RuleMatch(
                _known(cfn.template, _path(template.origin(finding.logical_id), finding)),
                f"{finding.message} ({rule.id})",
            )
            for finding in found[rule.id]
        ]

    return type(
        rule.id,
        (_CFN_LINT.CloudFormationLintRule,),
        {
            "id": rule_id(rule),
            "shortdesc": f"{rule.id}: {rule.title}",
            "description": f"{rule.why} {rule.fix}",
            "source_url": "https://docs.aws.amazon.com/lambda/latest/dg/",
            "tags": ["lambda", "durable-functions", "managed-instances"],
            "match": match,
        },
    )


globals().update({rule.id: _class(rule) for rule in RULES.values()})
