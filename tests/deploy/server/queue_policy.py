"""`AWS::SQS::QueuePolicy`, which moto knows through the SQS API alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.common_models import CloudFormationModel
from moto.sqs.models import sqs_backends

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["QueuePolicy"]


class QueuePolicy(CloudFormationModel):
    """The policy of some queues."""

    def __init__(self, name: str, queues: Sequence[str]) -> None:
        self.physical_resource_id = name
        self.queues = queues

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property holds a name."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::SQS::QueuePolicy"

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> QueuePolicy:
        properties = cloudformation_json["Properties"]
        policy = cls(resource_name, [url.rpartition("/")[2] for url in properties["Queues"]])
        policy.put(json.dumps(properties["PolicyDocument"]), account_id, region_name)
        return policy

    def put(self, document: str, account_id: str, region_name: str) -> None:
        """Give the queues a policy, an empty text for none."""
        for queue in self.queues:
            sqs_backends[account_id][region_name].set_queue_attributes(queue, {"Policy": document})

    def delete(self, account_id: str, region_name: str) -> None:
        """Take the policy from the queues."""
        self.put("", account_id, region_name)
