"""The pytest fixture ``stack_snapshot``, for stacks, and ``template_snapshot`` of ``durable_mi.testing.plugin``.

Name this module in the ``conftest.py`` of the root directory::

    pytest_plugins = ["durable_mi_constructs.testing.plugin"]

or on the command line, ``pytest -p durable_mi_constructs.testing.plugin``. In the ``conftest.py`` of another directory,
where pytest may reject ``pytest_plugins``, import the fixture:
``from durable_mi_constructs.testing.plugin import stack_snapshot``.

It is not loaded by itself: an entry point ``pytest11`` would start Node in every pytest run of every environment that
has this distribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

# Before what else needs syrupy, since it reports a missing extra in one line.
from durable_mi.testing.plugin import template_snapshot
from durable_mi_constructs.testing.snapshot import StackSnapshotExtension

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

__all__ = ["stack_snapshot", "template_snapshot"]


@pytest.fixture
def stack_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare a stack's template with its snapshot, ``assert stack == stack_snapshot``.

    ``pytest --snapshot-update`` writes the snapshots.
    """
    return snapshot.use_extension(StackSnapshotExtension)
