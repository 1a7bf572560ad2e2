"""Fixtures that the tests share; those for workflows come with durable-mi by themselves."""

from __future__ import annotations

from durable_mi_constructs.testing.plugin import stack_snapshot

__all__ = ["stack_snapshot"]
