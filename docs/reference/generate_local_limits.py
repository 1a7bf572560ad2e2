"""Write local-limits.md again: ``.venv/bin/python docs/reference/generate_local_limits.py``."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path

from durable_mi.local.limit_list import LIMITS, Limit

_INTRODUCTION = """\
# Limits of the local runtime

The limits and rejections of Lambda that matter to durable functions, and what `durable-mi local` makes of each. This
page is generated from `durable_mi.local.limit_list`.

*API* is the Lambda API model, *CFN* the CloudFormation resource schema, *DG* the AWS Lambda Developer Guide with the
name of the page. `durable-mi local --no-limits` leaves out the limits that say so.
"""


def reference() -> str:
    """Return the page."""
    enforced = [limit for limit in LIMITS if limit.answer]
    others = [limit for limit in LIMITS if not limit.answer]
    return "\n".join(
        [
            _INTRODUCTION,
            "## Enforced\n",
            "| what | limit | source | answer | left out by `--no-limits` | to know |\n|---|---|---|---|---|---|",
            *map(_enforced, enforced),
            "\n## Not enforced\n",
            "| what | limit | source | why not |\n|---|---|---|---|",
            *(f"| {each.subject} | {each.value} | {each.source} | {each.reason} |" for each in others),
            "",
        ]
    )


def _enforced(limit: Limit) -> str:
    left_out = "yes" if limit.is_left_out else "no"
    return f"| {limit.subject} | {limit.value} | {limit.source} | {limit.answer} | {left_out} | {limit.reason} |"


if __name__ == "__main__":
    Path(__file__).with_name("local-limits.md").write_text(reference(), encoding="utf-8")
