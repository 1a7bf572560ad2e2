"""The workflows that a new project can begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TEMPLATES", "ProjectTemplate"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectTemplate:
    """A workflow to begin with.

    Attributes:
        description: The workflow, without a full stop.
        event: The file with the demo's input, without its suffix.
        demo_options: More options of ``durable-mi demo``.
        story: A paragraph of the README that explains the workflow.
    """

    description: str
    event: str
    demo_options: str = ""
    story: str


TEMPLATES: Final[Mapping[str, ProjectTemplate]] = {
    "approval": ProjectTemplate(
        description="Asks a person for an approval, waits up to three days, and carries out what was approved",
        event="request",
        demo_options=' \\\n\t\t--answer approval=\'{"by": "Ada"}\'',
        story=(
            "The workflow creates a callback and suspends. `make demo` completes the callback as a person would. On "
            "AWS, whoever gets its id\ncompletes it with `aws lambda send-durable-execution-callback-success`."
        ),
    ),
    "pipeline": ProjectTemplate(
        description="Processes many documents, a few at a time, retries what times out, and reports what failed",
        event="documents",
        story=(
            "The workflow maps over the documents of its input. One of the demo's documents fails on purpose: the "
            "result names it, and the\nexecution succeeds, since at most half of the documents may fail."
        ),
    ),
    "minimal": ProjectTemplate(
        description="Runs a step, waits five seconds without using any compute, and runs another step",
        event="greeting",
        story=(
            "The wait ends the invocation. When it is over, Lambda invokes the function again and replays it from the "
            "top."
        ),
    ),
}
"""By name, in the order in which they are listed."""
