"""What the user of a resolver knows, or puts in place, beyond what a template says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.values import Reference, Unknown

__all__ = ["TEMPLATE_ONLY", "FactsOnly", "Policy"]


class Policy(Protocol):
    """Decides over a resolver's answer where the template alone does not give a plain value."""

    def fact(self, stack: Stack, answer: Reference | Unknown, /) -> object:
        """Return what is as good as known, so that a condition may depend on it; the answer itself where nothing is."""

    def value(self, stack: Stack, answer: Reference | Unknown, /) -> object:
        """Return what to put in the answer's place; the answer itself to leave it as it is."""


class _TemplateOnly:
    """Knows nothing more and leaves every answer as it is."""

    def fact(self, _stack: Stack, answer: Reference | Unknown, /) -> object:
        return answer

    def value(self, _stack: Stack, answer: Reference | Unknown, /) -> object:
        return answer


TEMPLATE_ONLY: Final[Policy] = _TemplateOnly()
"""The policy of whoever asks what a template says."""


class FactsOnly:
    """Has the facts of another policy, and leaves unknown values as they are.

    Args:
        policy: The other policy.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def fact(self, stack: Stack, answer: Reference | Unknown, /) -> object:
        """Return the other policy's fact."""
        return self._policy.fact(stack, answer)

    def value(self, stack: Stack, answer: Reference | Unknown, /) -> object:
        """Return the other policy's fact."""
        return self._policy.fact(stack, answer)
