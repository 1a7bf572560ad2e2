"""The calls of the Lambda API about capacity providers, which moto does not have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from moto.awslambda import urls
from moto.core.responses import BaseResponse

from tests.deploy.server.capacity_provider import CapacityProvider

if TYPE_CHECKING:
    from moto.core.common_types import TYPE_RESPONSE

__all__ = ["serve_capacity_providers"]

_PREFIX: Final = r"{0}/(?P<api_version>[^/]+)/capacity-providers"


class _CapacityProviders(BaseResponse):
    """Reads capacity providers; they are made and changed through CloudFormation."""

    def __init__(self) -> None:
        super().__init__(service_name="lambda")

    def get_capacity_provider(self) -> TYPE_RESPONSE:
        return self._answer(self.path.split("/")[3])

    def list_function_versions_by_capacity_provider(self) -> TYPE_RESPONSE:
        provider = self._find(self.path.split("/")[3])
        if provider is None:
            return self._answer("")
        versions = [{"FunctionArn": arn, "State": "Active"} for arn in sorted(provider.attached)]
        return 200, {}, json.dumps({"CapacityProviderArn": provider.arn, "FunctionVersions": versions})

    def _answer(self, name: str) -> TYPE_RESPONSE:
        provider = self._find(name)
        if provider is None:
            headers = {"x-amzn-ErrorType": "ResourceNotFoundException", "status": 404}
            return 404, headers, json.dumps({"Type": "User", "Message": f"no capacity provider {unquote(name)}"})
        return 200, {}, json.dumps({"CapacityProvider": provider.describe()})

    def _find(self, name: str) -> CapacityProvider | None:
        found = (p for p in CapacityProvider.by_arn.values() if unquote(name) in {p.name, p.arn})
        return next(found, None)


def serve_capacity_providers() -> None:
    """Add the calls to moto's routes."""
    urls.url_paths[rf"{_PREFIX}/(?P<name>[\w:%-]+)$"] = _CapacityProviders.dispatch
    urls.url_paths[rf"{_PREFIX}/(?P<name>[\w:%-]+)/function-versions$"] = _CapacityProviders.dispatch
