"""`AWS::Lambda::EventInvokeConfig`, which moto knows through the Lambda API alone, and without qualifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import ServiceException

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EventInvokeConfig"]


class EventInvokeConfig(CloudFormationModel):
    """How long asynchronous events of an alias are kept, and where they go then.

    Attributes:
        by_qualifier: Every one of the server, by account, region, function and qualifier.
    """

    by_qualifier: Final[dict[tuple[str, str, str, str], EventInvokeConfig]] = {}
    updates_in_place = True

    def __init__(self, key: tuple[str, str, str, str], properties: Mapping[str, Any]) -> None:
        self.key = key
        self.properties = properties

    @property
    def physical_resource_id(self) -> str:
        """What `Ref` gives."""
        return f"EventInvokeConfig-{'-'.join(self.key[2:])}"

    def describe(self) -> dict[str, Any]:
        """Return it as `GetFunctionEventInvokeConfig` gives it."""
        kept = ("MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig")
        return {key: self.properties[key] for key in kept if key in self.properties}

    def delete(self, account_id: str, region_name: str) -> None:  # noqa: ARG002 - moto's signature
        """Delete it."""
        del self.by_qualifier[self.key]

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property holds a name."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::Lambda::EventInvokeConfig"

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> EventInvokeConfig:
        properties = cloudformation_json["Properties"]
        function = str(properties["FunctionName"])
        name = function.partition(":function:")[2].partition(":")[0] or function
        key = (account_id, region_name, name, str(properties["Qualifier"]))
        if key in cls.by_qualifier:
            code = "ResourceConflictException"
            msg = f"{name}:{key[3]} has an EventInvokeConfig"
            raise ServiceException(code, msg)
        cls.by_qualifier[key] = cls(key, properties)
        return cls.by_qualifier[key]

    @classmethod
    def update_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        original_resource: Any,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,  # noqa: ARG003 - moto's signature
    ) -> EventInvokeConfig:
        config = cast("EventInvokeConfig", original_resource)
        config.properties = cloudformation_json["Properties"]
        return config
