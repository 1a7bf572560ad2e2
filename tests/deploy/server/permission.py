"""`AWS::Lambda::Permission`, which in moto is about no alias, and stays when its stack goes."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.utils import get_backend
from moto.core.common_models import CloudFormationModel

__all__ = ["Permission"]


class Permission(CloudFormationModel):
    """A statement in the resource policy of a function or of an alias, which must exist."""

    def __init__(self, sid: str, function: str) -> None:
        self.physical_resource_id = sid
        self.function = function

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property holds a name."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::Lambda::Permission"

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> Permission:
        properties = dict(cloudformation_json["Properties"])
        name, _, qualifier = properties.pop("FunctionName").rpartition(":function:")[2].partition(":")
        backend = get_backend(account_id, region_name)
        if qualifier and not qualifier.isdigit():
            backend.get_alias(qualifier, name)
        statement = {**properties, "StatementId": resource_name}
        # An empty qualifier is one that moto looks for.
        backend.get_function(name, qualifier or None).policy.add_statement(json.dumps(statement), qualifier or None)
        return cls(resource_name, name)

    def delete(self, account_id: str, region_name: str) -> None:
        """Take the statement out."""
        get_backend(account_id, region_name).remove_permission(self.function, self.physical_resource_id)
