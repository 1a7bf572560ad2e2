"""The tags that Lambda puts on the instances of a capacity provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
import constructs
import jsii
from aws_cdk import aws_lambda as lambda_

from durable_mi.checks import capacity as checks
from durable_mi.checks import choice
from durable_mi.release.tags import RELEASES
from durable_mi_constructs import kinds
from durable_mi_constructs.tokens import is_unresolved

__all__ = ["TAGS", "propagated_tags"]

_FIX: Final = "pass a mapping such as {'team': 'orders'}, or True for the tags of the stack"


@dataclass(frozen=True, slots=True)
class _TagsKind:
    """A mapping of texts, or a flag."""

    def check(self, name: str, value: Any) -> None:  # noqa: ANN401 - anything can be passed
        """Check the tags.

        Args:
            name: The argument's name.
            value: What was passed.

        Raises:
            CheckError: It is neither a flag nor a mapping, or a key or value is no text.
        """
        choice.take_instance(name, value, Mapping, bool, fix=_FIX)
        if not isinstance(value, bool):
            kinds.STRINGS_BY_NAME.check(name, value)


TAGS: Final = _TagsKind()
"""The kind of ``propagate_tags``."""


def propagated_tags(
    resource: lambda_.CfnCapacityProvider,
    given: Mapping[str, str] | bool,  # noqa: FBT001 - the argument of the construct
) -> cdk.IResolvable | lambda_.CfnCapacityProvider.PropagateTagsConfigProperty:
    """Return the property of a capacity provider.

    Args:
        resource: The capacity provider.
        given: The tags; ``True`` for those that the stack and the capacity provider have when the app is synthesized.

    Raises:
        ValueError: The tags are out of the service's range. The tags of the stack are checked when the app is
            synthesized.
    """
    if given is True:
        own = _OwnTags(resource)
        resource.node.add_validation(own)
        return cdk.Lazy.any(own)
    tags = dict(given or {})
    _check(tags)
    return lambda_.CfnCapacityProvider.PropagateTagsConfigProperty(
        mode="Explicit" if tags else "None",
        explicit_tags=[cdk.CfnTag(key=key, value=value) for key, value in tags.items()] or None,
    )


@jsii.implements(cdk.IStableAnyProducer, constructs.IValidation)
class _OwnTags:
    """The tags of a resource, which CDK collects only when it synthesizes."""

    def __init__(self, resource: lambda_.CfnCapacityProvider) -> None:
        self._resource = resource

    def produce(self) -> dict[str, Any]:
        """Return the property, spelled as in CDK's JavaScript, which takes it from here."""
        tags = self._tags()
        if not tags:
            return {"mode": "None"}
        return {"mode": "Explicit", "explicitTags": [{"key": key, "value": value} for key, value in tags.items()]}

    def validate(self) -> list[str]:
        """Return what is wrong with the tags."""
        try:
            _check(self._tags())
        except ValueError as error:
            return [str(error)]
        return []

    def _tags(self) -> dict[str, str]:
        # CloudFormation adds the stack's tags to the resource, whose own win.
        of_resource = cdk.TagManager.of(self._resource)
        tags = {**cdk.Stack.of(self._resource).tags.tag_values(), **(of_resource.tag_values() if of_resource else {})}
        # What is for the capacity provider alone says nothing about instances.
        tags.pop(RELEASES, None)
        return dict(sorted(tags.items()))


def _check(tags: Mapping[str, str]) -> None:
    checks.check_propagated_tags({key: "" if is_unresolved(value) else value for key, value in tags.items()})
