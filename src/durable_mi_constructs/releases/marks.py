"""What marks a function so that its old versions drain."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk

from durable_mi.release.scaling import Scaling
from durable_mi.release.tags import RECORDS, write_declared, write_policy
from durable_mi_constructs.releases.janitor import Janitor
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

    from durable_mi_constructs.releases.options import Releases

__all__ = ["mark"]


def mark(  # noqa: PLR0913 - what a pass must know of a function
    resource: lambda_.CfnFunction,
    releases: Releases,
    stack: cdk.Stack,
    *,
    function_arn: str,
    capacity_provider_arn: str,
    environments: tuple[int, int | None],
) -> lambda_.CfnFunction | None:
    """Tag a function and let the janitor of its stack look after it, if its old versions drain.

    Args:
        resource: The function.
        releases: What becomes of its old versions.
        stack: Its stack.
        function_arn: Its ARN without qualifier.
        capacity_provider_arn: The ARN of its capacity provider.
        environments: Execution environments of each version: how many run at least, and at most, where ``None`` sets
            no limit. Both can be tokens.

    Returns:
        The janitor's function, for the version to wait for; ``None`` if nothing looks after the function.
    """
    if releases.policy is None:
        return None
    hours = releases.policy.opening_hours
    janitor = Janitor.at(stack, hours.zone if hours else None)
    minimum, maximum = environments
    # A token goes into the tag as text.
    declared = Scaling(_text(minimum), _text(minimum if maximum is None else maximum))
    tags = {
        **write_policy(releases.policy),
        **write_declared(declared, has_maximum=maximum is not None),
        RECORDS: janitor.records_name,
    }
    manager = resource.tags
    for key, value in tags.items():
        manager.set_tag(key, value)
    janitor.look_after(function_arn, capacity_provider_arn)
    return janitor.resource


def _text(number: int) -> int:
    return cast("int", cdk.Token.as_string(number)) if is_unresolved(number) else number
