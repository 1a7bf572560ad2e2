"""Which deployment a caller means by a function name and a qualifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_durable_execution_sdk_python_testing.child_dispatcher import parse_function_target

from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from durable_mi.local.deployment import Deployment

__all__ = ["Catalogue", "Target"]

LATEST = "$LATEST"
LATEST_PUBLISHED = "$LATEST.PUBLISHED"


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment, and the qualifier that led to it."""

    deployment: Deployment
    qualifier: str


class Catalogue:
    """The deployments by function name.

    Args:
        deployments: what is served.
        region: the endpoint's region.
    """

    def __init__(self, deployments: Iterable[Deployment], region: str) -> None:
        self._deployments = {deployment.function.name: deployment for deployment in deployments}
        self._region = region

    def __iter__(self) -> Iterator[Deployment]:
        """The deployments, in the order they were given."""
        return iter(self._deployments.values())

    def by_name(self, name: str) -> Deployment:
        """The deployment of a function's plain name.

        Raises:
            ApiError: there is none.
        """
        try:
            return self._deployments[name]
        except KeyError:
            known = ", ".join(self._deployments) or "none"
            msg = f"function not found: {name} (functions here: {known})"
            raise ApiError.not_found(msg) from None

    def resolve(self, function: str, qualifier: str | None) -> Target:
        """Find what is invoked.

        Args:
            function: name, partial ARN or ARN, with or without a qualifier.
            qualifier: the qualifier where it is given apart; alias, version, ``$LATEST.PUBLISHED``, or ``None`` for the
                newest published version.

        Raises:
            ApiError: no such function, version or alias, or ``$LATEST``, which managed instances cannot invoke.
        """
        try:
            target = parse_function_target(function)
        except ValueError:
            msg = f"FunctionName must be a function's name, partial ARN or ARN, got {function}"
            raise ApiError.invalid(msg) from None
        if target.qualifier and qualifier and target.qualifier != qualifier:
            msg = f"the qualifier in FunctionName ({target.qualifier}) and Qualifier ({qualifier}) must be the same"
            raise ApiError.invalid(msg)
        if target.region not in {None, self._region}:
            msg = f"function not found: {function} (this endpoint's region is {self._region})"
            raise ApiError.not_found(msg)
        deployment = self.by_name(target.name)
        asked = qualifier or target.qualifier or LATEST_PUBLISHED
        if asked == LATEST:
            msg = (
                "functions with a capacity provider cannot be invoked with the $LATEST qualifier: "
                "use a published version or an alias"
            )
            raise ApiError.invalid(msg)
        version = deployment.function.version
        if asked in {LATEST_PUBLISHED, version}:
            return Target(deployment, version)
        if asked in deployment.function.aliases:
            return Target(deployment, asked)
        known = ", ".join((*deployment.function.aliases, version))
        msg = f"function not found: {deployment.function.arn}:{asked} (qualifiers here: {known})"
        raise ApiError.not_found(msg)
