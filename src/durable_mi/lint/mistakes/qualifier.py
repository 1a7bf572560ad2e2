"""Function names without a version or alias, which move under running executions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.values import Constant, Text, Value, alternatives

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Run

__all__ = ["require_qualifier"]

_UNQUALIFIED: Final = re.compile(
    r"[a-zA-Z0-9_-]+|(?:\d{12}:)?function:[a-zA-Z0-9_-]+|arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]+"
)
_UNQUALIFIED_END: Final = re.compile(r":function:[a-zA-Z0-9_-]+$")


def require_qualifier(run: Run, function: Value, node: ast.AST, frame: Frame) -> None:
    """Report a function name without a qualifier, if it is written out."""
    for each in alternatives(function):
        if isinstance(each, Constant) and isinstance(each.value, str):
            name = each.value
            if _UNQUALIFIED.fullmatch(name):
                problem = f"got {name!r}: write '{name}:live', or the ARN of the alias or version"
            elif name.endswith(":$LATEST"):
                problem = f"got {name!r}, which changes under running executions: name an alias or a version"
            else:
                continue
        elif isinstance(each, Text) and each.parts[-1] is not None and _UNQUALIFIED_END.search(each.parts[-1]):
            problem = f"got a name that ends in {each.parts[-1]!r}: add the alias, such as :live"
        else:
            continue
        run.report("DMC605", frame, node, f"a durable function must be called by an alias or a version, {problem}")
