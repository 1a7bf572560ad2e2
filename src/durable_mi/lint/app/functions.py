"""The Python code of a template's functions: where it is, and which handler is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.cloudformation.values import MISSING
from durable_mi.findings.listed import ListedResource
from durable_mi.preflight.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from durable_mi.cloudformation.template import Template
    from durable_mi.preflight.function import Function

__all__ = ["FunctionCode", "SkippedCode", "functions_of"]


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class FunctionCode:
    """The code of one function.

    Attributes:
        template: The function's template.
        logical_id: The function's logical id in the stack.
        handler: Module and function.
        python: The function's Python version, such as ``3.13``.
        directory: The asset: a directory, or a ``.zip`` file until it is unpacked.
        is_durable: Whether the handler must be wrapped.
        is_complete: Whether everything that Lambda imports is in the asset: no layer, and bundled.
    """

    template: Template
    logical_id: str
    handler: str
    python: str
    directory: Path
    is_durable: bool
    is_complete: bool

    @property
    def resource(self) -> ListedResource:
        """The function as reports list it."""
        template = self.template
        logical_id = template.origin(self.logical_id)
        return ListedResource(template.file, logical_id, template.construct_path(self.logical_id))


@dataclass(frozen=True, slots=True)
class SkippedCode:
    """Code that is not read, and why.

    Attributes:
        resource: The function.
        why: What it would take to read it.
    """

    resource: ListedResource
    why: str


def functions_of(template: Template) -> Iterator[FunctionCode | SkippedCode]:
    """Yield the code of the durable and managed Python functions whose code is an asset.

    Inline code, code in other buckets and container images are no files of the app.

    Args:
        template: A template of a cloud assembly.
    """
    if not template.stack.assets:
        return
    for function in Model(template.stack).functions.values():
        found = _code_of(function, template)
        if found is not None:
            yield found


def _code_of(function: Function, template: Template) -> FunctionCode | SkippedCode | None:
    runtime = function.runtime
    key = function.item.text("Code", "S3Key")
    asset = template.stack.assets.get(key) if key is not None else None
    if runtime is None or runtime[0] != "python" or asset is None:
        return None
    resource = ListedResource(template.file, template.origin(function.id), template.construct_path(function.id))
    handler = function.item.text("Handler")
    if handler is None:
        return SkippedCode(resource, "its handler is known only at deploy time")
    if not asset.exists():
        return SkippedCode(resource, f"its asset {asset.name} is not in the cloud assembly")
    return FunctionCode(
        template=template,
        logical_id=function.id,
        handler=handler,
        python=runtime[1],
        directory=asset.resolve(),
        is_durable=function.is_durable,
        # Where the CDK CLI does not need a stack's assets, the CDK names the directory that it would have bundled.
        is_complete=asset.name.startswith("asset.") and function.item.get("Layers") in (MISSING, []),
    )
