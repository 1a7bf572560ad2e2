"""What CloudFormation did to a stack's resources, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.deploy.account import Account

__all__ = ["Happening", "happenings", "position"]


@dataclass(frozen=True)
class Happening:
    """One event of a stack: `CREATE_COMPLETE` of an `AWS::EC2::VPC`, say."""

    logical_id: str
    type: str
    status: str
    reason: str


def happenings(account: Account, stack: str) -> list[Happening]:
    """Return a stack's events, the first one first; a deleted stack is named by its ARN."""
    pages = account.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    events = [event for page in pages for event in page["StackEvents"]]
    return [
        Happening(
            event.get("LogicalResourceId", ""),
            event.get("ResourceType", ""),
            event.get("ResourceStatus", ""),
            event.get("ResourceStatusReason", ""),
        )
        for event in reversed(events)
    ]


def position(happened: Sequence[Happening], status: str, resource_type: str) -> list[int]:
    """Where in the order all resources of a type came to a status."""
    found = [index for index, event in enumerate(happened) if (event.status, event.type) == (status, resource_type)]
    assert found, f"no {status} of {resource_type}"
    return found
