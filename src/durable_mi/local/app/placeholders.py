"""Values for what only a deploy could tell: names, ARNs and other attributes of a template's resources."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from durable_mi.cloudformation.assembly import Resource, Stack

__all__ = ["ACCOUNT", "Placeholders"]

ACCOUNT = "000000000000"
"""Account of a stack that names none: all zeros, so that it cannot be mistaken for a real one."""

LATEST = "$LATEST"
"""The version that is not published."""

LOCAL_VERSION = "1"
"""The version that a first deploy publishes."""

_NAME_PROPERTIES = {
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::CapacityProvider": "CapacityProviderName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::IAM::Role": "RoleName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SNS::Topic": "TopicName",
}

_ARN_FORMS = {
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Lambda::CapacityProvider": "lambda:{region}:{account}:capacity-provider:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
}

_SERVED = ("AWS::Lambda::Function", "AWS::Lambda::CapacityProvider", "AWS::Logs::LogGroup")
"""What the local runtime answers to by the name that it made up."""

_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Resolves the intrinsic functions of one stack as a deploy would, with made-up names.

    A resource without a physical name is called ``STACK-LOGICALID``, at most 64 characters. A reference that only AWS
    could resolve becomes ``local-LOGICALID`` or ``local-LOGICALID-ATTRIBUTE``.

    Attributes:
        stack: the stack that the values belong to.
        region: region where the stack names none.
        made_up: what was referred to so far and only a deploy can tell, such as a table without a name.
    """

    stack: Stack
    region: str
    made_up: set[str] = field(default_factory=set)

    @property
    def account(self) -> str:
        """The stack's account, or :data:`ACCOUNT`."""
        return self.stack.account or ACCOUNT

    @property
    def partition(self) -> str:
        """The partition that the region lies in."""
        return "aws-cn" if self.region.startswith("cn-") else "aws-us-gov" if "-gov-" in self.region else "aws"

    def name(self, resource: Resource) -> str:
        """The resource's physical name: the template's, or a made-up one."""
        given = resource.properties.get(_NAME_PROPERTIES.get(resource.type, ""))
        if given is not None:
            return str(self.resolve(given))
        if resource.type not in _SERVED:
            self.made_up.add(resource.logical_id)
        return f"{self.stack.name[: _MAX_NAME - len(resource.logical_id) - 1]}-{resource.logical_id}"[:_MAX_NAME]

    def arn(self, resource: Resource) -> str:
        """The resource's ARN, of AWS's form for the types that this project knows."""
        form = _ARN_FORMS.get(resource.type, "local:{region}:{account}:{name}")
        tail = form.format(region=self.region, account=self.account, name=self.name(resource))
        return f"arn:{self.partition}:{tail}"

    def resolve(self, value: Any) -> Any:  # noqa: ANN401, C901, PLR0911 - a case for each intrinsic function
        """The value with its intrinsic functions replaced; lists and objects are walked."""
        match value:
            case {"Ref": str(logical_id)} if len(value) == 1:
                return self._ref(logical_id)
            case {"Fn::GetAtt": [str(logical_id), *attribute]} if len(value) == 1:
                return self._attribute(logical_id, ".".join(str(part) for part in attribute))
            case {"Fn::GetAtt": str(target)} if len(value) == 1:
                return self._attribute(*target.split(".", 1))
            case {"Fn::Join": [str(separator), list(parts)]} if len(value) == 1:
                return separator.join(str(self.resolve(part)) for part in parts)
            case {"Fn::Sub": str() | [str(), dict()] as substitution} if len(value) == 1:
                return self._sub(substitution)
            case {"Fn::Select": [index, choices]} if len(value) == 1:
                return self._select(int(index), self.resolve(choices))
            case {"Fn::Split": [str(separator), text]} if len(value) == 1:
                return str(self.resolve(text)).split(separator)
            case {"Fn::GetAZs": _} if len(value) == 1:
                return [f"{self.region}{zone}" for zone in "abc"]
            case {"Fn::FindInMap": [mapping, first, second, *_]} if len(value) == 1:
                return self._find_in_map(*(str(self.resolve(key)) for key in (mapping, first, second)))
            case {"Fn::ImportValue": name} if len(value) == 1:
                return self._unknown(str(self.resolve(name)))
            case dict():
                return {key: self.resolve(item) for key, item in value.items() if item != {"Ref": "AWS::NoValue"}}
            case list():
                return [self.resolve(item) for item in value if item != {"Ref": "AWS::NoValue"}]
        return value

    def _ref(self, logical_id: str) -> Any:  # noqa: ANN401 - a parameter's default is anything
        pseudo: dict[str, Any] = {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": self.partition,
            "AWS::StackName": self.stack.name,
            "AWS::StackId": f"{self._arn_prefix('cloudformation')}:stack/{self.stack.name}/local",
            "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
            "AWS::NotificationARNs": [],
        }
        if logical_id in pseudo:
            return pseudo[logical_id]
        if logical_id in self.stack.parameters:
            return self._parameter(logical_id)
        resource = self.stack.resources.get(logical_id)
        match resource.type if resource else None:
            case "AWS::Lambda::Version":
                return f"{self._function_arn(logical_id)}:{LOCAL_VERSION}"
            case "AWS::Lambda::Alias":
                return self._alias_arn(logical_id)
            case str(known) if resource and known in _NAME_PROPERTIES:
                return self.name(resource)
        return self._unknown(logical_id)

    def _parameter(self, name: str) -> Any:  # noqa: ANN401 - its default is anything
        if self.stack.parent is not None and name in self.stack.arguments:
            return self._in(self.stack.parent).resolve(self.stack.arguments[name])
        default = self.stack.parameters[name].get("Default")
        return self._unknown(name) if default is None else default

    def _in(self, stack: Stack) -> Placeholders:
        """The stand-ins of the stack that this one is nested in, or of one that is nested in it."""
        return replace(self, stack=stack)

    def _attribute(self, logical_id: str, attribute: str) -> str:
        nested = self.stack.nested.get(logical_id)
        output = nested.outputs.get(attribute.removeprefix("Outputs.")) if nested else None
        if nested is not None and output is not None:
            return str(self._in(nested).resolve(output.get("Value")))
        resource = self.stack.resources.get(logical_id)
        match (resource.type if resource else None, attribute):
            case ("AWS::Lambda::Version", "Version"):
                return LOCAL_VERSION
            case ("AWS::Lambda::Version", "FunctionArn"):
                return f"{self._function_arn(logical_id)}:{LOCAL_VERSION}"
            case ("AWS::Lambda::Alias", "AliasArn"):
                return self._alias_arn(logical_id)
            case (str(known), "Arn") if resource and known in _ARN_FORMS:
                return self.arn(resource)
        return self._unknown(logical_id, attribute)

    def _unknown(self, *parts: str) -> str:
        """The value of what only a deploy can tell."""
        self.made_up.add(".".join(parts))
        return "-".join(("local", *parts))

    def _function_arn(self, logical_id: str) -> str:
        """The ARN, without qualifier, of the function that a version or alias belongs to."""
        target = str(self.resolve(self.stack.resources[logical_id].properties["FunctionName"]))
        if target.startswith("arn:"):
            return target
        return f"{self._arn_prefix('lambda')}:function:{target}"

    def _arn_prefix(self, service: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}"

    def _alias_arn(self, logical_id: str) -> str:
        return f"{self._function_arn(logical_id)}:{self.resolve(self.stack.resources[logical_id].properties['Name'])}"

    def _sub(self, substitution: str | list[Any]) -> str:
        text, variables = (substitution, {}) if isinstance(substitution, str) else substitution

        def value_of(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in variables:
                return str(self.resolve(variables[name]))
            if "." in name:
                return self._attribute(*name.split(".", 1))
            return str(self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", value_of, text)

    def _select(self, index: int, choices: Any) -> Any:  # noqa: ANN401 - a list of anything
        if isinstance(choices, list) and index < len(choices):
            return choices[index]
        return self._unknown(str(choices), str(index))

    def _find_in_map(self, mapping: str, first: str, second: str) -> Any:  # noqa: ANN401 - a mapping holds strings or lists
        found = self.stack.mappings.get(mapping, {}).get(first, {}).get(second)
        return self._unknown(mapping, first, second) if found is None else found
