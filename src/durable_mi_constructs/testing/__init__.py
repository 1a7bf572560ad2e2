"""Tests of stacks with durable functions: stable snapshots, and what is missing in words.

These are the functions of :mod:`durable_mi.testing` for stacks. For snapshots with syrupy, use the fixture
``stack_snapshot`` of ``durable_mi_constructs.testing.plugin``, or
:class:`durable_mi_constructs.testing.snapshot.StackSnapshotExtension`.
"""

from durable_mi_constructs.testing.readiness import assert_durable_ready
from durable_mi_constructs.testing.stack_template import stable_template, stable_text

__all__ = ["assert_durable_ready", "stable_template", "stable_text"]
