"""A syrupy extension that keeps templates in stable JSON files; it comes with the extra ``testing``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from durable_mi.extras import missing_extra
from durable_mi.testing.stable import stable_template

try:
    from syrupy.extensions.json import JSONSnapshotExtension
except ModuleNotFoundError as error:
    raise missing_extra(error, __name__, "testing") from None

if TYPE_CHECKING:
    from syrupy.types import SerializedData

__all__ = ["TemplateSnapshotExtension"]


class TemplateSnapshotExtension(JSONSnapshotExtension):
    """Keeps a template in one JSON file for each test, written and compared as ``stable_template`` returns it.

    Use it as ``snapshot.use_extension(TemplateSnapshotExtension)``, or through the fixture ``template_snapshot``. The
    options ``exclude``, ``include`` and ``matcher`` of syrupy apply to the stable template.
    """

    def serialize(self, data: Any, **options: Any) -> SerializedData:  # noqa: ANN401 - as syrupy passes them
        """Return the stable template as JSON; syrupy calls this."""
        return super().serialize(stable_template(data), **options)
