"""The results of steps in a checkpoint, by name and size."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["step_results"]


def step_results(body: bytes) -> Iterator[tuple[str, int]]:
    """Yield the name of each step whose result a checkpoint carries, and its bytes as the SDK counts them.

    Args:
        body: The request of CheckpointDurableExecution. One that is no such request has none; its answer says why.
    """
    try:
        updates = json.loads(body)["Updates"]
        found = [each for each in updates if each["Type"] == "STEP" and each.get("Payload") is not None]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return
    for update in found:
        yield _name(update), len(json.dumps(update))


def _name(update: dict[str, Any]) -> str:
    return str(update.get("Name") or update.get("Id"))
