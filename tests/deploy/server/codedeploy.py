"""`AWS::CodeDeploy::Application` and `DeploymentGroup`, and the deployment that CloudFormation starts for an alias."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from moto.codedeploy.models import codedeploy_backends
from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import ServiceException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.awslambda.models import LambdaAlias, LambdaBackend
    from moto.codedeploy.models import CodeDeployBackend

    from tests.deploy.server.function import Function

__all__ = ["Application", "DeploymentGroup", "check_weights", "shift"]


class Application(CloudFormationModel):
    """An application of CodeDeploy."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    @staticmethod
    def cloudformation_name_type() -> str:
        """Return the property that holds its name."""
        return "ApplicationName"

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::CodeDeploy::Application"

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> Application:
        platform = cloudformation_json["Properties"].get("ComputePlatform", "Server")
        _backend(account_id, region_name).create_application(resource_name, platform, [])
        return cls(resource_name)

    def delete(self, account_id: str, region_name: str) -> None:
        """Delete the application."""
        del _backend(account_id, region_name).applications[self.physical_resource_id]


class DeploymentGroup(CloudFormationModel):
    """A deployment group; it watches no alarm and shifts no traffic."""

    def __init__(self, name: str, application: str) -> None:
        self.physical_resource_id = name
        self.application = application

    @staticmethod
    def cloudformation_name_type() -> str:
        """Return the property that holds its name."""
        return "DeploymentGroupName"

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::CodeDeploy::DeploymentGroup"

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> DeploymentGroup:
        properties = cloudformation_json["Properties"]
        application = properties["ApplicationName"]
        _backend(account_id, region_name).create_deployment_group(
            application,
            resource_name,
            properties["DeploymentConfigName"],
            None,
            None,
            None,
            properties["ServiceRoleArn"],
        )
        return cls(resource_name, application)

    def delete(self, account_id: str, region_name: str) -> None:
        """Delete the deployment group."""
        del _backend(account_id, region_name).deployment_groups[self.application][self.physical_resource_id]


def shift(
    policy: Mapping[str, Any], functions: LambdaBackend, function_name: str, alias: LambdaAlias, version: str
) -> None:
    """Start the deployment that moves an alias, after the checks of CodeDeploy and of an alias with weights.

    Args:
        policy: `CodeDeployLambdaAliasUpdate` of the alias, resolved.
        functions: Lambda, where the alias is.
        function_name: The function.
        alias: The alias as it is.
        version: The version that it is to point at.
    """
    names = policy["ApplicationName"], policy["DeploymentGroupName"]
    backend = _backend(functions.account_id, functions.region_name)
    backend.get_deployment_group(*names)
    for hook in ("BeforeAllowTrafficHook", "AfterAllowTrafficHook"):
        if hook in policy:
            functions.get_function(policy[hook])
    old, new = (functions.get_function(function_name, number) for number in (alias.function_version, version))
    check_weights(cast("Function", old).properties, cast("Function", new).properties)
    target = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Name": function_name,
            "Alias": alias.name,
            "CurrentVersion": alias.function_version,
            "TargetVersion": version,
        },
    }
    content = json.dumps({"version": 0.0, "Resources": [{function_name: target}]})
    backend.create_deployment(*names, {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}})


def check_weights(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Fail where an alias cannot share its traffic between two versions, by their properties."""
    for words, key in (("execution role", "Role"), ("dead-letter queue", "DeadLetterConfig")):
        if old.get(key) != new.get(key):
            code = "InvalidParameterValueException"
            msg = f"Both versions of an alias with weights must have the same {words}"
            raise ServiceException(code, msg)


def _backend(account_id: str, region_name: str) -> CodeDeployBackend:
    return codedeploy_backends[account_id][region_name]
