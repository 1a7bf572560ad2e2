"""Tests of templates with durable functions: stable snapshots, and what is missing in words.

A template is its content, such as ``Template.from_stack(stack).to_json()``, or the :class:`~pathlib.Path` of a file in
JSON or YAML. To test the stacks of a CDK app, use :mod:`durable_mi_constructs.testing`, which has the same functions
for stacks. For snapshots with syrupy, use the fixture ``template_snapshot`` of ``durable_mi.testing.plugin``, or
:class:`durable_mi.testing.snapshot.TemplateSnapshotExtension`.
"""

from durable_mi.testing.readiness import assert_durable_ready
from durable_mi.testing.stable import stable_template, stable_text

__all__ = ["assert_durable_ready", "stable_template", "stable_text"]
