"""The shapes of all resource types that this project knows.

Source of every entry: "Return values" of the type in the AWS CloudFormation Template Reference, with the ARN's form
from the Service Authorization Reference. A test checks the attributes against CloudFormation's resource schemas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.attributes import compute, data, messaging, network, security

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.cloudformation.attributes.shape import Shape

__all__ = ["SHAPES"]

SHAPES: Final[Mapping[str, Shape]] = {
    **compute.SHAPES,
    **data.SHAPES,
    **messaging.SHAPES,
    **network.SHAPES,
    **security.SHAPES,
}
