"""The mistakes that the SDK reports as SUCCEEDED, one module each, and what a crash test finds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

__all__ = ["CASES", "EVENT", "Case"]

EVENT: Final = {"order": "o-1", "price": 12, "items": ["a", "b"]}


class Case(NamedTuple):
    """A mistake.

    Attributes:
        module: The module in this folder.
        title: Its name in ``docs/explanation/what-catches-what.md``.
        lint: The rule that finds it; empty if none does.
        crash: A part of what a crash test reports; empty if it reports nothing.
    """

    module: str
    title: str
    lint: str
    crash: str

    def load(self) -> ModuleType:
        """Return the module."""
        return import_module(f"tests.silent.{self.module}")

    @property
    def handler(self) -> Callable[[Any, Any], Any]:
        """Its handler."""
        handler: Callable[[Any, Any], Any] = self.load().handler
        return handler


CASES: Final = (
    Case("step_in_step", "a step in a step", "DMC301", "the outcome must be the same"),
    Case("outer_context_in_branch", "the outer context in a branch", "DMC303", "the outcome must be the same"),
    Case("swallowed_suspension", "a suspension that is caught", "DMC401", "wait cool off had not"),
    Case("closure_mutation", "a closure that a step changes", "DMC105", "the outcome must be the same"),
    Case("late_binding", "late binding in a loop", "DMC304", ""),
    Case("callback_result_not_called", "`callback.result` without a call", "DMC505", "callback approval had not"),
    Case("uuid_used_twice", "a UUID that is used twice", "DMC101", "the outcome must be the same"),
    Case("dropped_last_step", "a last step that the new code drops", "", ""),
)
