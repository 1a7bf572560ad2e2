"""The published version of a function, and the alias that points at it and moves last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from durable_mi.checks import environments
from durable_mi_constructs.function.last_look import LastLook
from durable_mi_constructs.permissions.alias_users import AliasUsers
from durable_mi_constructs.permissions.function_role import FunctionRole
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_iam as iam
    from constructs import Construct, IConstruct, Node

    from durable_mi.checks.warning import CheckWarning
    from durable_mi_constructs.permissions.alias_users import StackResources

__all__ = ["ALIAS_NAME", "Release", "check_environments", "version_options"]

ALIAS_NAME: Final = "live"
"""Name of the alias that every trigger, grant and output uses."""


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


def version_options(minimum: int, maximum: int | None) -> lambda_.VersionOptions:
    """Return how versions are published.

    A running execution stays on the version it began on, so an update keeps the old version. It keeps its
    minimum of execution environments running, and counts toward the 100 versions of the capacity provider, until it is
    deleted.

    Args:
        minimum: Execution environments that each version keeps running.
        maximum: Execution environments of each version at most; ``None`` sets no limit.
    """
    return lambda_.VersionOptions(
        removal_policy=cdk.RemovalPolicy.RETAIN,
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
        capacity_key: Text that changes with the capacity provider. A version stays on the one it was published on, so
            another one needs another version.
        permissions: What allows checkpoints: publishing starts environments, and none may start without it.
        parts: Of what the construct is made besides. The function waits for it, or it is one of ``beside``.
        beside: Those of the parts that the function does not wait for.

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
        *,
        capacity_key: str,
        permissions: iam.Policy,
        parts: Iterable[object],
        beside: Iterable[IConstruct],
    ) -> None:
        self._node = node
        self._permissions = permissions
        self._parts = {*parts, function, permissions}
        self._beside = list(beside)
        self._handed_out: set[object] = set()
        function.invalidate_version_based_on(capacity_key)
        self.version = function.current_version
        self._version_node = self.version.node
        self.alias = lambda_.Alias(
            scope,
            "Alias",
            alias_name=ALIAS_NAME,
            version=self.version,
            description="The version that new durable executions start on",
        )
        LastLook.at(stack, self.alias, complete=self._wait_in_order, last=self._look)

    def hand_out(self, part: object) -> None:
        """Say that the app gets one of the parts, and can let it refer to anything.

        Args:
            part: A queue, say, whose policy can name a rule that starts executions.
        """
        self._handed_out.add(part)

    def _wait_in_order(self, resources: StackResources) -> None:
        # What fails before the version is published leaves none behind.
        unchanged = [part for part in self._beside if part not in self._handed_out]
        self._version_node.add_dependency(self._permissions, *unchanged)
        if len(unchanged) < len(self._beside):
            version = cast("cdk.CfnResource", self._version_node.default_child)
            self._wait_for([part for part in self._beside if part not in unchanged], version, [], resources)

    def _look(self, resources: StackResources) -> lambda_.CfnVersion:
        version = cast("lambda_.CfnVersion", self._version_node.default_child)
        parts: list[IConstruct] = []
        added: list[IConstruct] = []
        for child in self._node.children:
            if child in self._parts or isinstance(child, FunctionRole):
                parts.append(child)
            elif child is not self.alias:
                added.append(child)
        if added:
            self._wait_for(added, version, parts, resources)
        return version

    def _wait_for(
        self,
        constructs: Iterable[IConstruct],
        version: cdk.CfnResource,
        known: Iterable[IConstruct],
        resources: StackResources,
    ) -> None:
        alias = cast("lambda_.CfnAlias", self.alias.node.default_child)
        users = AliasUsers(resources, (alias, version), _resources_below(known))
        for resource in _resources_below(constructs):
            if not users.include_resource(resource):
                alias.add_resource_dependency(resource)


def _resources_below(constructs: Iterable[IConstruct]) -> list[cdk.CfnResource]:
    found = [child for construct in constructs for child in construct.node.find_all()]
    elsewhere = {below for stack in found if isinstance(stack, cdk.Stack) for below in stack.node.find_all()}
    return [child for child in found if isinstance(child, cdk.CfnResource) and child not in elsewhere]
