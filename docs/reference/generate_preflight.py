"""Write preflight.md again from the rules: ``.venv/bin/python docs/reference/generate_preflight.py``."""  # noqa: INP001

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check
from durable_mi.preflight.rules import GROUPS

if TYPE_CHECKING:
    from durable_mi.findings.listed import RuleTexts

_INTRODUCTION = """\
# Preflight rules

These are the rules of `durable-mi check`, of the CDK plugin `DurableMiPreflight` and of
`cfn-lint -a durable_mi.preflight.cfn_lint -- template.yaml`. [How to use them](../how-to/preflight.md). This page is
generated from the rules.

An *error* fails in the deployment or at run time. A *warning* works but has a cost or a risk, or no source confirms
that Lambda rejects it. A value that is known only at deploy time is never a finding.

Each example shows resources of a template in `tests/preflight/templates`, where the tests check it.
"""

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
_DOCS = "https://docs.aws.amazon.com"
# What a source says, and the page; \\1 is what the pattern finds there.
_PAGES = (
    (r"AWS SAM reference, (sam-[a-z-]+)", rf"{_DOCS}/serverless-application-model/latest/developerguide/\1.html"),
    (r"CloudWatch Logs User Guide, ([a-z-]+)", rf"{_DOCS}/AmazonCloudWatch/latest/logs/\1.html"),
    (r"AWS PrivateLink guide, interface endpoints", f"{_DOCS}/vpc/latest/privatelink/create-interface-endpoint.html"),
    (r"AWS PrivateLink guide, endpoint policies", f"{_DOCS}/vpc/latest/privatelink/vpc-endpoints-access.html"),
    (
        r"CloudFormation schema of Function",
        f"{_DOCS}/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html",
    ),
    (r"CloudFormation schema", f"{_DOCS}/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html"),
    (r"AWS CDK reference of (\w+)", rf"{_DOCS}/cdk/api/v2/python/aws_cdk.aws_lambda/\1.html"),
    (r"Lambda API", f"{_DOCS}/lambda/latest/api/welcome.html"),
    (
        r"AWS Compute Blog, 2026-03-30",
        "https://aws.amazon.com/blogs/compute/build-high-performance-apps-with-aws-lambda-managed-instances/",
    ),
    (r"AWS SAM translator", "https://github.com/aws/serverless-application-model"),
    (r"durable-execution-sdk-js issue (\d+)", r"https://github.com/aws/aws-durable-execution-sdk-js/issues/\1"),
    (r"durable-execution-sdk-js pull request (\d+)", r"https://github.com/aws/aws-durable-execution-sdk-js/pull/\1"),
)

_TEMPLATES = Path(__file__).parents[2] / "tests/preflight/templates"


def reference() -> str:
    """Return the page: every rule of every group."""
    parts = [_INTRODUCTION]
    for group in GROUPS:
        parts.append(f"## {group.title}\n")
        parts += [f"{section(rule)}\n{examples(rule.id)}" for rule in group.rules]
    return "\n".join(parts)


def examples(rule_id: str) -> str:
    """Return a resource that breaks a rule, and the one of the same name that is most like it and does not."""
    good = _files(rule_id, "good")
    pairs = [
        (_likeness(bad, fine), -len(bad), bad, fine)
        for file, logical_id in _found(rule_id)
        for bad in [_resource(file, logical_id)]
        for fine in ["", *(_resource(other, logical_id) for other in good)]
        if fine != bad
    ]
    *_, bad, fine = max(pairs)
    blocks = [f"Bad:\n\n```yaml\n{bad}```\n"]
    blocks.append(f"Good:\n\n```yaml\n{fine}```\n" if fine else elsewhere(rule_id, bad))
    return "\n".join(blocks)


def elsewhere(rule_id: str, bad: str) -> str:
    """Return what makes the difference where the resource itself is the same in good templates: other resources."""
    _, one, other = max(
        (_likeness(one.read_text(), other.read_text()), one, other)
        for one in _files(rule_id, "bad")
        for other in _files(rule_id, "good")
    )
    name = bad.partition(":")[0]
    before, after = ({each: _resource(file, each) for each in _names(file)} for file in (one, other))
    new = [each for each in after if each not in before]
    changed = [each for each in after if each in before and after[each] != before[each]]
    if shown := new or changed:
        return f"Good, with the same `{name}`:\n\n```yaml\n{''.join(after[each] for each in shown)}```\n"
    gone = " and ".join(f"`{each}`" for each in before if each not in after)
    return f"Good: the same template without {gone}.\n"


def _names(file: Path) -> list[str]:
    return list(Source.read(file).content["Resources"])


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.splitlines(), other.splitlines()).ratio() if other else -1


def _found(rule_id: str) -> list[tuple[Path, str]]:
    places = [
        (file, place) for file in _files(rule_id, "bad") for place in check(Template.of(Source.read(file))).places
    ]
    return [(file, place.logical_id) for file, place in places if place.rule.id == rule_id]


def _files(rule_id: str, kind: str) -> list[Path]:
    return sorted((_TEMPLATES / rule_id).glob(f"{kind}-*.yaml"))


def _resource(file: Path, logical_id: str) -> str:
    """Return the lines of a resource; nothing where the template has none of that name."""
    lines = file.read_text().splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith(f"  {logical_id}:")), None)
    if start is None:
        return ""
    behind = (number for number, line in enumerate(lines[start + 1 :], start + 1) if not line.startswith("   "))
    return "".join(f"{line[2:]}\n" for line in lines[start : next(behind, len(lines))])


def section(rule: RuleTexts) -> str:
    """Return what the page has about a rule."""
    return (
        f"### {rule.id}: {rule.title}\n\n"
        f"*{rule.severity.value.capitalize()}.* {rule.why}\n\n"
        f"**Fix.** {rule.fix}\n\n"
        f"**Source.** {linked(rule.source)}.\n"
    )


def linked(source: str) -> str:
    """Return a rule's source with a link to each page that it names."""
    return "; ".join(map(_linked_part, source.split("; ")))


def _linked_part(part: str) -> str:
    guide = re.match(r"(.*?Lambda Developer Guide, )([^(]+)(.*)", part)
    if guide:
        pages = re.sub(r"[a-z0-9]+(?:-[a-z0-9]+)+", lambda page: f"[{page[0]}]({_GUIDE}/{page[0]}.html)", guide[2])
        return f"{guide[1]}{pages}{guide[3]}"
    for pattern, page in _PAGES:
        found = re.search(pattern, part)
        if found:
            name, remark = re.fullmatch(r"(.*?)( \(.*\))?", part).groups("")  # type: ignore[union-attr] # anything fits
            return f"[{name}]({found.expand(page)}){remark}"
    return part


if __name__ == "__main__":
    Path(__file__).with_name("preflight.md").write_text(reference())
