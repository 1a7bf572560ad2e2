"""Write nag.md again from the acknowledgements: ``.venv/bin/python docs/reference/generate_nag.py``."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path

from durable_mi_constructs.acknowledgements import SUPPRESSIONS

_INTRODUCTION = """\
# cdk-nag findings

The tests run AwsSolutions, Serverless and NIST 800-53 R5 of cdk-nag 3.0.2 over these apps: an app with defaults only,
one with private egress, tracing, alarms, a key and its own role, the example, and every change in [the table of
upgrades](upgrades.md). Every finding is acknowledged, except for those that an app itself decides.

The author of a decision acknowledges it. So the constructs acknowledge their own decisions, on the construct to which
each applies and never on your stack. `validation-report.json` in the cloud assembly lists each as suppressed, with the
reason below. Your own decisions remain findings: your log group without a key, your VPC without flow logs, an older
`runtime`, alarms without an action, a wildcard that you grant.

This page is generated from `src/durable_mi_constructs/acknowledgements.py`.
"""

_REMARK = """\
With tracing on, `AwsSolutions-IAM5[Resource::*]` is acknowledged for the default policy of the execution role, where
CDK keeps X-Ray's statement. The rule cannot distinguish another `*` in the same policy from it, so review those
yourself.
"""


def reference() -> str:
    """Return the page: each decision with its rules and its reason."""
    rows = [f"| {_rules(suppression.rules)} | {suppression.reason} |" for suppression in SUPPRESSIONS]
    return "\n".join(
        [
            _INTRODUCTION,
            f"{len(SUPPRESSIONS)} decisions, {sum(len(suppression.rules) for suppression in SUPPRESSIONS)} rules:",
            "",
            "| rules | reason |",
            "|---|---|",
            *rows,
            "",
            _REMARK,
        ]
    )


def _rules(rules: tuple[str, ...]) -> str:
    return ", ".join(f"`{rule.partition('::')[2].partition('[')[0]}`" for rule in rules)


if __name__ == "__main__":
    Path(__file__).with_name("nag.md").write_text(reference())
