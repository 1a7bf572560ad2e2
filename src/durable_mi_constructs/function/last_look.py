"""What is done for a stack's functions when the app is complete, and when nothing changes the stack any more."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import constructs
import jsii

from durable_mi_constructs.function.retained_version import require_retained
from durable_mi_constructs.permissions.alias_users import StackResources
from durable_mi_constructs.permissions.placed_grants import call_when_complete

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

__all__ = ["LastLook"]

_looks: WeakKeyDictionary[cdk.Stack, LastLook] = WeakKeyDictionary()


@jsii.implements(constructs.IValidation)
class LastLook:
    """Calls back when the app is complete, and again while CDK validates it: after all aspects, before the template.

    One for each stack, since each of CDK's calls is a round trip to Python.

    Args:
        stack: The stack.
        leaf: A construct of the stack without many children.
    """

    def __init__(self, stack: cdk.Stack, leaf: Construct) -> None:
        self._stack = stack
        self._first: list[Callable[[StackResources], None]] = []
        self._last: list[Callable[[StackResources], lambda_.CfnVersion]] = []
        call_when_complete(leaf, self._complete)
        stack.node.add_validation(self)

    @classmethod
    def at(
        cls,
        stack: cdk.Stack,
        leaf: Construct,
        *,
        complete: Callable[[StackResources], None],
        last: Callable[[StackResources], lambda_.CfnVersion],
    ) -> None:
        """Call back with the stack's resources.

        Args:
            stack: The stack.
            leaf: A construct of the stack without many children.
            complete: What to call once, when constructs can still depend on each other.
            last: What to call each time that the app is synthesized, when nothing changes any more. It returns the
                published version, which must be retained.
        """
        if stack not in _looks:
            _looks[stack] = cls(stack, leaf)
        look = _looks[stack]
        look._first.append(complete)  # noqa: SLF001 - our own
        look._last.append(last)  # noqa: SLF001 - our own

    def validate(self) -> list[str]:
        """Call back, and leave errors to annotations, which the CDK CLI shows without a JavaScript trace."""
        resources = StackResources(self._stack, prepared=True)
        require_retained(self._stack, [callback(resources) for callback in self._last])
        return []

    def _complete(self) -> None:
        callbacks, self._first = self._first, []
        resources = StackResources(self._stack)
        for callback in callbacks:
            callback(resources)
