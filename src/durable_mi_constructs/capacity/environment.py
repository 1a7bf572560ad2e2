"""The account and Region of a capacity provider, which must be those of its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs.construct_paths import stack_of
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from durable_mi_constructs.capacity.interface import IManagedCapacity

__all__ = ["check_arn_environment", "check_environment"]


def check_environment(capacity: IManagedCapacity, stack: cdk.Stack) -> None:
    """Check that a function of a stack can run on a capacity.

    Args:
        capacity: The capacity, of this app or imported.
        stack: The stack of the function.

    Raises:
        ValueError: The capacity is of another account or Region. An imported ARN that is a token is not checked.
    """
    resource = capacity.capacity_provider
    if not isinstance(resource, lambda_.CapacityProvider):
        check_arn_environment("capacity", capacity.capacity_provider_arn, stack)
        return
    owner = stack_of(resource)
    if owner is stack:
        return
    for name, own, other in (("region", stack.region, owner.region), ("account", stack.account, owner.account)):
        # Between a stack that names its environment and one that does not, CDK allows no reference either.
        expected, got = (None if is_unresolved(value) else value for value in (own, other))
        if expected != got:
            came = f"{resource.node.path} in {'a stack without one' if got is None else got}"
            _reject("capacity", name, expected, came, fix="pass the same env to both stacks")


def check_arn_environment(option: str, arn: str, stack: cdk.Stack) -> None:
    """Check that the ARN of a capacity provider is of a stack's account and Region.

    Args:
        option: The argument that the message names.
        arn: The ARN. A token is not checked.
        stack: The stack, of which only literal values are checked.

    Raises:
        ValueError: The account or the Region is another one.
    """
    if is_unresolved(arn):
        return
    region, account = arn.split(":")[3:5]
    for name, own, got in (("region", stack.region, region), ("account", stack.account, account)):
        if not is_unresolved(own) and own != got:
            _reject(option, name, own, repr(arn), fix="import one from there")


def _reject(option: str, name: str, expected: str | None, got: str, *, fix: str) -> Never:
    own = ", which is not set" if expected is None else f" {expected}"
    msg = (
        f"{option} must be of the stack's {name}{own}, got {got}: functions run on instances of their own {name}; {fix}"
    )
    raise ValueError(msg)
