"""Write nag.md anew from what is acknowledged: ``.venv/bin/python docs/reference/generate_nag.py``."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path

from durable_mi_constructs.acknowledgements import SUPPRESSIONS

_INTRODUCTION = """\
# What cdk-nag says

The tests run AwsSolutions, Serverless and NIST 800-53 R5 of cdk-nag 3.0.2 over the least that can be asked for, over
private egress with tracing, alarms, a key and a role of your own, over the example, and over every change in
[the table of upgrades](upgrades.md). No finding is left that is not acknowledged, but for what an app itself decides.

An acknowledgement belongs to whoever decided. So the constructs acknowledge what is their own decision, on the
construct that it was made for and never on your stack; `validation-report.json` in the cloud assembly lists each as
suppressed, with the reason below. What you decide stays yours to answer for: your log group without a key, your VPC
without flow logs, an older `runtime`, alarms without an action, a wildcard that you grant.

This page is generated from `src/durable_mi_constructs/acknowledgements.py`.
"""

_REMARK = """\
With tracing on, `AwsSolutions-IAM5[Resource::*]` is acknowledged for the default policy of the execution role, where
CDK keeps X-Ray's statement. The rule cannot tell another `*` in the same policy from it, so review those by eye.
"""


def reference() -> str:
    """Give the page: each decision with its rules and its reason."""
    rows = [f"| {_rules(suppression.rules)} | {suppression.reason} |" for suppression in SUPPRESSIONS]
    return "\n".join(
        [
            _INTRODUCTION,
            f"{len(SUPPRESSIONS)} decisions, {sum(len(suppression.rules) for suppression in SUPPRESSIONS)} rules:",
            "",
            "| rules | why it is so |",
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
