"""What a durable function answers where CDK takes it for a ``lambda_.IFunction``.

CDK's targets, event sources and integrations take an ``IFunction``: the alias. The types show it, but at run time CDK
accepts any object and fails inside of its JavaScript, such as with "handler.addPermission is not a function". So the
construct has the interface's members, each of which raises an error that names the alias.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Never, TypeVar

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["AliasOnlyError", "reject_as_function"]

_T = TypeVar("_T")
# Read in Python they are what they say; read by CDK they would become a target without the alias.
_UNQUALIFIED: Final = frozenset({"function_arn", "function_name"})


class AliasOnlyError(AttributeError, ValueError):
    """A member that only a function has; an ``AttributeError``, so that ``hasattr`` returns false."""


def reject_as_function(cls: type[_T]) -> type[_T]:
    """Add the members of ``lambda_.IFunction`` that a class lacks, to raise :class:`AliasOnlyError`.

    Made at run time, so that type checkers still reject the construct where a function is wanted. Members that every
    resource has are left out, as CDK reads them without taking the construct for a function.

    Args:
        cls: The construct's class.
    """
    in_cdk: dict[str, object] = {}
    for name, member in _function_members():
        if name in _UNQUALIFIED:
            # jsii finds a member by its name in Python, which the interface has to forget to get another one.
            hidden = f"_{name}_in_cdk"
            in_cdk |= {name: None, hidden: member}
            setattr(cls, hidden, member)
        elif not hasattr(cls, name):
            setattr(cls, name, member)
    return jsii.implements(type("IFunctionInCdk", (lambda_.IFunction,), in_cdk))(cls)


def _function_members() -> Iterator[tuple[str, object]]:
    general = {*cdk.IResource.__mro__, *ec2.IConnectable.__mro__, *iam.IGrantable.__mro__}
    for interface in lambda_.IFunction.__mro__:
        if interface not in general:
            for name, member in vars(interface).items():
                getter = member.fget if isinstance(member, property) else member
                jsii_name = getattr(getter, "__jsii_name__", None)
                if jsii_name is not None:
                    reject = jsii.member(jsii_name=jsii_name)(_rejecting(name))
                    yield name, property(reject) if isinstance(member, property) else reject


def _rejecting(name: str) -> Callable[..., Never]:
    def reject(self: Any, *_args: object, **_options: object) -> Never:  # noqa: ANN401 - the construct
        came = f" and its {name}, which has no alias" if name in _UNQUALIFIED else f", which has no {name}"
        construct = f"the construct {self.node.path}{came}"
        msg = f"a durable function must be used by its alias, got {construct}: pass workflow.alias"
        raise AliasOnlyError(msg)

    reject.__name__ = name
    return reject
