"""The kinds of arguments that these constructs take, and what to pass where something else came."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from durable_mi.checks.check_error import CheckError
from durable_mi_constructs.arguments import Kind, is_instance, shown
from durable_mi_constructs.tokens import is_unresolved

__all__ = [
    "BOOL",
    "CONSTRUCT",
    "CONSTRUCT_ID",
    "DURATION",
    "GRANTEE",
    "KEY",
    "LOG_GROUP",
    "NUMBER",
    "PATH",
    "QUEUE",
    "ROLE",
    "SIZE",
    "STRING",
    "STRINGS",
    "STRINGS_BY_NAME",
    "WHOLE_NUMBER",
    "ListOf",
    "MappingOf",
    "instance",
]


def instance(*kinds: type, fix: str) -> Kind:
    """Return the kind of objects of certain classes or interfaces.

    Args:
        kinds: The classes and interfaces of which one is wanted.
        fix: What to pass.
    """
    wanted = " or ".join(kind.__name__ for kind in kinds)
    return Kind(wanted=f"of type {wanted}", accepts=lambda value: is_instance(value, *kinds), fix=fix)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose entries are of one kind.

    Attributes:
        entry: The kind of each entry.
    """

    entry: Kind

    def check(self, name: str, value: Any) -> None:  # noqa: ANN401 - anything can be passed
        """Check a list.

        Args:
            name: The argument's name.
            value: What was passed. A text is no list, since it would be taken apart into its letters, and what can be
                read only once is none either.

        Raises:
            CheckError: It is no list, or an entry is of another kind.
        """
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Collection):
            raise CheckError(
                name, requirement="must be a list", got=shown(value), fix="put what belongs in it into brackets, [...]"
            )
        for entry in value:
            self.entry.check_each(name, entry)


@dataclass(frozen=True, slots=True)
class MappingOf:
    """A mapping from names to values of one kind.

    Attributes:
        value: The kind of each value.
        example: How such a mapping is written.
    """

    value: Kind
    example: str

    def check(self, name: str, value: Any) -> None:  # noqa: ANN401 - anything can be passed
        """Check a mapping.

        Args:
            name: The argument's name.
            value: What was passed.

        Raises:
            CheckError: It is no mapping, or a key or value is of another kind.
        """
        if not isinstance(value, Mapping):
            raise CheckError(name, requirement="must be a mapping", got=shown(value), fix=f"write {self.example}")
        for key, entry in value.items():
            STRING.check_each(name, key, " as a key")
            self.value.check_each(name, entry, f" for {key!r}")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


STRING: Final = Kind(
    wanted="a string",
    accepts=lambda value: isinstance(value, str),
    fix="pass text in quotes; a token becomes a string with cdk.Token.as_string(...)",
)
CONSTRUCT_ID: Final = Kind(
    wanted="a string that is neither empty nor a token",
    accepts=lambda value: isinstance(value, str) and bool(value) and not is_unresolved(value),
    fix="pass an id that no other construct of the scope has, such as 'Workflow'",
)
NUMBER: Final = Kind(
    wanted="a number", accepts=_is_number, fix="pass it without quotes; a token with cdk.Token.as_number(...)"
)
WHOLE_NUMBER: Final = Kind(
    wanted="a whole number",
    accepts=lambda value: isinstance(value, int) and not isinstance(value, bool),
    fix="pass it without quotes and decimals",
)
BOOL: Final = instance(bool, fix="pass True or False")
PATH: Final = Kind(
    wanted="a path",
    accepts=lambda value: isinstance(value, (str, os.PathLike)),
    fix="pass a string or a pathlib.Path",
)
STRINGS: Final = ListOf(STRING)
STRINGS_BY_NAME: Final = MappingOf(STRING, example="{'NAME': 'value'}")

DURATION: Final = instance(cdk.Duration, fix="pass cdk.Duration.seconds(...), .minutes(...), .hours(...) or .days(...)")
SIZE: Final = instance(cdk.Size, fix="pass cdk.Size.gibibytes(...) or .mebibytes(...)")
CONSTRUCT: Final = Kind(
    wanted="a stack, or a construct in one",
    # An app is a stage, and both have stacks and no resources.
    accepts=lambda value: is_instance(value, Construct, IConstruct) and not is_instance(value, cdk.Stage),
    fix="pass cdk.Stack(app, 'Orders'), or self in the class of a stack",
)
ROLE: Final = instance(
    iam.IRole, fix="pass an iam.Role, or import one with iam.Role.from_role_arn(scope, id, role_arn)"
)
GRANTEE: Final = instance(
    iam.IGrantable, fix="pass a role, user, group or function; import one with iam.Role.from_role_arn(...)"
)
KEY: Final = instance(kms.IKey, fix="pass a kms.Key, or import one with kms.Key.from_key_arn(scope, id, key_arn)")
LOG_GROUP: Final = instance(
    logs.ILogGroup,
    fix="pass a logs.LogGroup, or import one with logs.LogGroup.from_log_group_name(scope, id, log_group_name)",
)
QUEUE: Final = instance(
    sqs.IQueue, fix="pass an sqs.Queue, or import one with sqs.Queue.from_queue_arn(scope, id, arn)"
)
