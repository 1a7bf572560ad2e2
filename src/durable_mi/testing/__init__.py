"""Tests of workflows and of templates with durable functions.

Workflows run in the test's process: the fixture ``durable_runner`` returns a :class:`DurableRunner`, and
:func:`assert_survives_crashes` ends the process at each checkpoint. pytest loads their fixtures by itself.

Templates get stable snapshots, and what is missing in words. A template is its content, such as
``Template.from_stack(stack).to_json()``, or the :class:`~pathlib.Path` of a file in JSON or YAML. To test the stacks of
a CDK app, use :mod:`durable_mi_constructs.testing`, which has the same functions for stacks. For snapshots with syrupy,
use the fixture ``template_snapshot`` of ``durable_mi.testing.plugin``, or
:class:`durable_mi.testing.snapshot.TemplateSnapshotExtension`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from durable_mi.testing.crash.parametrize import CrashCase, crash_points
    from durable_mi.testing.crash.report import CrashReport
    from durable_mi.testing.crash.survive import assert_survives_crashes
    from durable_mi.testing.readiness import assert_durable_ready
    from durable_mi.testing.replay import assert_replays
    from durable_mi.testing.runner.run import DurableRun
    from durable_mi.testing.runner.runner import DurableRunner
    from durable_mi.testing.stable import stable_template, stable_text

__all__ = [
    "CrashCase",
    "CrashReport",
    "DurableRun",
    "DurableRunner",
    "assert_durable_ready",
    "assert_replays",
    "assert_survives_crashes",
    "crash_points",
    "stable_template",
    "stable_text",
]

# Where each name is: pytest imports this package in every run, and templates need no SDK.
_MODULES: Final = {
    "CrashCase": "crash.parametrize",
    "CrashReport": "crash.report",
    "DurableRun": "runner.run",
    "DurableRunner": "runner.runner",
    "assert_durable_ready": "readiness",
    "assert_replays": "replay",
    "assert_survives_crashes": "crash.survive",
    "crash_points": "crash.parametrize",
    "stable_template": "stable",
    "stable_text": "stable",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names
    """Import a name when it is first used."""
    if name not in _MODULES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
