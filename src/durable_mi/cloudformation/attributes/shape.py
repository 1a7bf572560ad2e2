"""The shape of the values that a resource type gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Shape", "shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What ``Ref`` and ``Fn::GetAtt`` return, in the form of :meth:`str.format`.

    The fields of a form are

    - ``id``, ``arn``, ``stack``, ``logical_id``, ``region``, ``account``, ``partition`` and ``suffix``, the partition's
      domain; ``id:lower`` in lower case, ``id:relative`` without a slash at the beginning;
    - ``property:Name`` for a property and ``segment:Name`` for what follows its last slash or colon, each with
      a default in ``property:Name:default``;
    - ``hex:17``, ``digits:12`` and ``alnum:10`` for random characters (``alnum:10:upper`` for capitals), ``uuid``, and
      ``octet`` for the last number of an IP address;
    - ``port`` for a database's port, which its engine decides, or ``port:6379``; ``scheme`` for that of an API's URL;
    - ``function`` for the ARN of the Lambda function that ``FunctionName`` leads to, and ``version`` for the version of
      it that a first deploy publishes.

    Attributes:
        name: The property with the physical name, empty where the user has no choice.
        made: The physical id where the template names none.
        arn: The ARN's end, after the partition.
        ref: What ``Ref`` returns.
        attributes: What ``Fn::GetAtt`` returns, by attribute.
    """

    name: str
    made: str
    arn: str
    ref: str
    attributes: Mapping[str, str]


def shape(
    name: str = "", *, made: str = "{stack}-{logical_id}", arn: str = "", ref: str = "{id}", **attributes: str
) -> Shape:
    """Describe a resource type.

    Args:
        name: The property with the physical name. Defaults to none.
        made: Form of the physical id where the template names none. Defaults to one of the stack's name and the logical
            id.
        arn: Form of the ARN, after the partition. Defaults to none.
        ref: Form of what ``Ref`` returns. Defaults to the physical id.
        attributes: Forms of what ``Fn::GetAtt`` returns, by attribute, with two underscores for a dot. ``Arn`` is added
            where there is an ARN and no attribute returns it.
    """
    named = {key.replace("__", "."): form for key, form in attributes.items()}
    if arn and "{arn}" not in named.values():
        named["Arn"] = "{arn}"
    return Shape(name, made, arn, ref, named)
