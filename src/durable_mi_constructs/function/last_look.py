"""What is done for a stack's functions when nothing changes the stack any more."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import constructs
import jsii

from durable_mi_constructs.construct_paths import node_of
from durable_mi_constructs.function.retained_version import require_retained
from durable_mi_constructs.permissions.alias_users import StackResources

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk
    from aws_cdk import aws_lambda as lambda_

__all__ = ["LastLook"]

_looks: WeakKeyDictionary[cdk.Stack, LastLook] = WeakKeyDictionary()


@jsii.implements(constructs.IValidation)
class LastLook:
    """Calls back while CDK validates the app: after all aspects, before the template.

    One for each stack, since each of CDK's calls is a round trip to Python.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        self._stack = stack
        self._callbacks: list[Callable[[StackResources], lambda_.CfnVersion | None]] = []
        node_of(stack).add_validation(self)

    @classmethod
    def at(cls, stack: cdk.Stack, callback: Callable[[StackResources], lambda_.CfnVersion | None]) -> None:
        """Call back with the stack's resources.

        Args:
            stack: The stack.
            callback: What to call each time that the app is synthesized. It returns the published version if that
                must be retained.
        """
        if stack not in _looks:
            _looks[stack] = cls(stack)
        _looks[stack]._callbacks.append(callback)  # noqa: SLF001 - our own

    def validate(self) -> list[str]:
        """Call back, and leave errors to annotations, which the CDK CLI shows without a JavaScript trace."""
        resources = StackResources(self._stack, prepared=True)
        versions = [callback(resources) for callback in self._callbacks]
        require_retained(self._stack, [version for version in versions if version is not None])
        return []
