"""What the tests of the example share."""

from __future__ import annotations

from durable_mi_constructs.testing.plugin import stack_snapshot

__all__ = ["stack_snapshot"]
