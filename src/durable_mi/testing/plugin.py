"""The pytest fixture ``template_snapshot``, for templates.

Name this module in the ``conftest.py`` of the root directory::

    pytest_plugins = ["durable_mi.testing.plugin"]

or on the command line, ``pytest -p durable_mi.testing.plugin``. In the ``conftest.py`` of another directory, where
pytest may reject ``pytest_plugins``, import the fixture: ``from durable_mi.testing.plugin import template_snapshot``.

It is not loaded by itself. An entry point ``pytest11`` would load it in every pytest run of every environment that has
this distribution, also where no test needs it, and its fixtures could hide others of the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

try:
    from durable_mi.testing.snapshot import TemplateSnapshotExtension
except ModuleNotFoundError as error:
    # pytest prints a usage error in one line, and any other error of a plugin with its traceback.
    raise pytest.UsageError(str(error)) from None

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

__all__ = ["template_snapshot"]


@pytest.fixture
def template_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare a template with its snapshot, ``assert template == template_snapshot``.

    ``pytest --snapshot-update`` writes the snapshots.
    """
    return snapshot.use_extension(TemplateSnapshotExtension)
