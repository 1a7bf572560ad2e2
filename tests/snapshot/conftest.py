"""Snapshots of whole templates that stay the same when only code changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion
    from syrupy.types import SerializedData

# The hash of an asset: a file's name in the bootstrap bucket, or a parameter's.
_ASSET: Final = re.compile(r"\b[0-9a-f]{64}\b")
# The logical id of a published version ends with the id of its path and the hash of the function.
_VERSION: Final = re.compile(r"(CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}\b")


def normalise(value: Any) -> Any:
    """Replace what follows from code alone, in keys and in values at any depth."""
    if isinstance(value, dict):
        return {normalise(key): normalise(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normalise(item) for item in value]
    if isinstance(value, str):
        return _VERSION.sub(r"\1<hash>", _ASSET.sub("<asset>", value))
    return value


class TemplateSnapshot(JSONSnapshotExtension):
    """A JSON file for each test, written and compared after :func:`normalise`."""

    def serialize(self, data: Any, **options: Any) -> SerializedData:
        """Return the template without code hashes, as JSON."""
        return super().serialize(normalise(data), **options)


@pytest.fixture
def template_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare a template, `assert template == template_snapshot`; update with `pytest --snapshot-update`."""
    return snapshot.use_extension(TemplateSnapshot)


@pytest.fixture
def normalised() -> Callable[[Any], Any]:
    """Return a template as a snapshot sees it."""
    return normalise
