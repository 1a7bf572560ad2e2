"""Write limits.md again from durable_mi/limits.py: ``.venv/bin/python docs/reference/generate_limits.py``."""  # noqa: INP001

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION: Final = """\
# Service limits

The limits that the constructs, preflight and the local runtime check against, each with its source. This page is
generated from `durable_mi.limits`. [What the local runtime enforces](local-limits.md) is a page of its own.

*API* is the Lambda API model (botocore), *CFN* the CloudFormation resource schema, and *DG* the
[AWS Lambda Developer Guide](https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html) with the name
of the page. *SAM* is the AWS SAM reference, and *BLOG* the AWS Compute Blog post on Lambda Managed Instances of
2026-03-30. *field* are measurements on real accounts by third parties. UNCONFIRMED means that sources disagree or that
nobody has confirmed it.
"""
_HEADING: Final = re.compile(r"# (\w[\w ]*?) -{20,}")


def reference() -> str:
    """Return the page: each constant or group of constants with its value and its text."""
    source = inspect.getsource(limits)
    headings = {
        number: match[1] for number, line in enumerate(source.splitlines(), 1) if (match := _HEADING.fullmatch(line))
    }
    parts = [_INTRODUCTION]
    last = 0
    for line, names, text in _constants(source):
        between = [title for number, title in headings.items() if last < number <= line]
        if between:
            parts.append(f"\n## {between[-1]}\n\n| constant | value | what it is, and its source |\n|---|---|---|")
        last = line
        values = "<br>".join(_code(_written(getattr(limits, name))) for name in names)
        parts.append(f"| {'<br>'.join(f'`{name}`' for name in names)} | {values} | {_text(text)} |")
    return "\n".join(parts) + "\n"


def _constants(source: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield the constants above each text, and the line of the first."""
    names: list[str] = []
    line = 0
    for statement in ast.parse(source).body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                line = line if names else statement.lineno
                names.append(name)
            case ast.Expr(value=ast.Constant(value=str(text))) if names:
                yield line, names, text
                names = []
    if names:
        msg = f"every limit must have a text with its source, {', '.join(names)} has none: write one below it"
        raise LookupError(msg)


def _written(value: object) -> str:
    match value:
        case re.Pattern():
            return str(value.pattern)
        case frozenset():
            return ", ".join(sorted(map(str, value)))
        case tuple():
            return ", ".join(map(str, value))
        case dict():
            return "; ".join(f"{key}: {_written(each)}" for key, each in value.items())
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def _text(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    Path(__file__).with_name("limits.md").write_text(reference(), encoding="utf-8")
