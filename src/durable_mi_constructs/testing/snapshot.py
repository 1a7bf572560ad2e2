"""A syrupy extension that keeps the templates of stacks in stable JSON files; it comes with the extra ``testing``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from durable_mi.testing.snapshot import TemplateSnapshotExtension
from durable_mi_constructs.testing.stack_template import read_stack

if TYPE_CHECKING:
    from syrupy.types import SerializedData

__all__ = ["StackSnapshotExtension"]


class StackSnapshotExtension(TemplateSnapshotExtension):
    """Keeps a stack's template in one JSON file for each test, written and compared as ``stable_template`` returns it.

    Use it as ``snapshot.use_extension(StackSnapshotExtension)``, or through the fixture ``stack_snapshot``. The options
    ``exclude``, ``include`` and ``matcher`` of syrupy apply to the stable template.
    """

    def serialize(self, data: Any, **options: Any) -> SerializedData:  # noqa: ANN401 - as syrupy passes them
        """Return the stable template of a stack as JSON; syrupy calls this."""
        return super().serialize(read_stack(data), **options)
