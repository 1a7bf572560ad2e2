"""The published version of a function, and the alias that points at it and moves last."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar, cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from durable_mi.checks import environments
from durable_mi_constructs.function.last_look import LastLook
from durable_mi_constructs.permissions.alias_users import AliasUsers
from durable_mi_constructs.permissions.function_role import FunctionRole
from durable_mi_constructs.releases.marks import mark
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_iam as iam
    from constructs import Construct, IConstruct, Node

    from durable_mi.checks.warning import CheckWarning
    from durable_mi_constructs.capacity.interface import IManagedCapacity
    from durable_mi_constructs.permissions.alias_users import StackResources
    from durable_mi_constructs.releases.options import Releases

_Part = TypeVar("_Part")

__all__ = ["ALIAS_NAME", "Release", "check_environments", "version_options"]

ALIAS_NAME: Final = "live"
"""Name of the alias that every trigger, grant and output uses."""

# Below a function and a log group, as the construct makes them.
_MADE_BELOW: Final = (lambda_.CfnFunction, lambda_.Version, logs.CfnLogGroup)


def check_environments(minimum: int, maximum: int | None) -> CheckWarning | None:
    """Check how many environments a version has, unless a number is a token.

    Args:
        minimum: Execution environments that each version keeps running.
        maximum: Execution environments of each version at most; ``None`` sets no limit.

    Returns:
        A warning if the minimum is small.

    Raises:
        ValueError: A number is out of range.
    """
    if is_unresolved(minimum) or is_unresolved(maximum):
        return None
    return environments.check_execution_environments(minimum, maximum)


@cache
def version_options(releases: Releases, minimum: int, maximum: int | None) -> lambda_.VersionOptions:
    """Return how versions are published.

    A running execution stays on the version it began on, so an update keeps the old version. It keeps its
    minimum of execution environments running, and counts toward the 100 versions of the capacity provider, until it has
    drained.

    Args:
        releases: What becomes of old versions.
        minimum: Execution environments that each version keeps running.
        maximum: Execution environments of each version at most; ``None`` sets no limit.
    """
    return lambda_.VersionOptions(
        removal_policy=releases.removal_policy,
        min_execution_environments=minimum,
        max_execution_environments=maximum,
    )


class Release:
    """Publishes a function as it is, and then points the alias ``live`` at that version.

    CloudFormation does what nothing waits for in any order. So the alias waits for everything else of the function's
    construct: a deployment that fails there leaves new executions on the version that they start on. What itself uses
    the alias comes after it. The target of a rule, for example, can be a function that starts executions.

    Args:
        scope: The construct of the function, which gets the ``Alias``.
        node: The node of it.
        stack: Its stack.
        function: The function, which gets the ``CurrentVersion``.
        resource: Its resource.
        capacity: The capacity provider. A version stays on the one it was published on, so another one needs another
            version.
        permissions: What allows checkpoints: publishing starts environments, and none may start without it.
        parts: Of what the construct is made besides. The function waits for it, or it is one of ``beside``.
        beside: Those of the parts that the function does not wait for.
        releases: What becomes of old versions.
        environments: Execution environments of each version: how many run at least, and at most.

    Attributes:
        version: The version that this deployment publishes.
        alias: The alias.
    """

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        scope: Construct,
        node: Node,
        stack: cdk.Stack,
        function: lambda_.Function,
        resource: lambda_.CfnFunction,
        *,
        capacity: IManagedCapacity,
        permissions: iam.Policy,
        parts: Iterable[object],
        beside: Iterable[IConstruct | None],
        releases: Releases,
        environments: tuple[int, int | None],
    ) -> None:
        self._node = node
        self._parts = {*parts, function, permissions}
        self._beside = [part for part in beside if part is not None]
        self._handed_out: set[object] = set()
        self._retained = not releases.deletes_previous
        self._janitor_stack = stack if releases.policy else None
        janitor = mark(
            resource,
            releases,
            stack,
            function_arn=function.function_arn,
            capacity_provider_arn=capacity.capacity_provider_arn,
            environments=environments,
        )
        function.invalidate_version_based_on(capacity.replacement_key)
        self.version = function.current_version
        self._version_node = self.version.node
        # What fails before the version is published leaves none behind.
        self._version_node.add_dependency(permissions, *self._beside, *([janitor] if janitor else []))
        self.alias = lambda_.Alias(
            scope,
            "Alias",
            alias_name=ALIAS_NAME,
            version=self.version,
            description="The version that new durable executions start on",
        )
        LastLook.at(stack, self._look)

    @property
    def drains_in(self) -> str | None:
        """The name of the stack whose janitor looks after old versions; ``None`` if nothing does."""
        return self._janitor_stack.stack_name if self._janitor_stack else None

    def hand_out(self, part: _Part) -> _Part:
        """Say that the app gets one of the parts, and can add to it.

        Args:
            part: A queue, say, whose policy can name a rule that starts executions, or a log group with filters.
        """
        self._handed_out.add(part)
        return part

    def _look(self, resources: StackResources) -> lambda_.CfnVersion | None:
        version = cast("lambda_.CfnVersion", self._version_node.default_child)
        # Only now is it known whether the version can wait for what the app added to them.
        if handed_out := [part for part in self._beside if part in self._handed_out]:
            for resource in _resources_below(handed_out):
                version.remove_resource_dependency(resource)
            _wait_for(version, handed_out, [], resources)
        parts: list[IConstruct] = []
        added: list[IConstruct] = []
        for child in self._node.children:
            if child in self._handed_out and child not in self._beside:
                below = child.node.children
                parts += [it for it in below if isinstance(it, _MADE_BELOW)]
                added += [it for it in below if not isinstance(it, _MADE_BELOW)]
            elif child in self._parts or isinstance(child, FunctionRole):
                parts.append(child)
            elif child is not self.alias:
                added.append(child)
        if added:
            _wait_for(cast("lambda_.CfnAlias", self.alias.node.default_child), added, parts, resources)
        return version if self._retained else None


def _wait_for(
    waiting: cdk.CfnResource, constructs: Iterable[IConstruct], known: Iterable[IConstruct], resources: StackResources
) -> None:
    """Let the version or the alias wait for what does not lead to it."""
    found = _resources_below(constructs)
    users = AliasUsers(resources, [waiting], _resources_below(known))
    condition, *conditions = resources.conditions(waiting, *found)
    for resource, its in zip(found, conditions, strict=True):
        # CloudFormation's checks reject that something waits for what a condition can leave out.
        if its in (None, condition) and not users.include_resource(resource):
            waiting.add_resource_dependency(resource)


def _resources_below(constructs: Iterable[IConstruct]) -> list[cdk.CfnResource]:
    found = [child for construct in constructs for child in construct.node.find_all()]
    # By their paths: CDK's own constructs are other objects in Python each time.
    nested = tuple(f"{child.node.path}/" for child in found if isinstance(child, cdk.Stack))
    resources = [child for child in found if isinstance(child, cdk.CfnResource)]
    return [child for child in resources if not child.node.path.startswith(nested)] if nested else resources
