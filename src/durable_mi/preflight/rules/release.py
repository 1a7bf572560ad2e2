"""Published versions and aliases (DMI7xx)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.cloudformation.values import Reference, Unknown, parts_of, shown
from durable_mi.preflight.parameters import names_a_release
from durable_mi.preflight.rule_group import RuleGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding, Path
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP"]

GROUP: Final = RuleGroup("Release")

_RETAINED: Final = ("Retain", "RetainExceptOnCreate")
# A logical id with a hash is another one with each version, so that nothing is replaced in place.
_HASH: Final = re.compile(r"[0-9a-f]{8,}$|Version(?=\w*\d)[A-Za-z0-9]{6,}$|(?:\d[A-Za-z]*){4,}$")
_CREATE_ONLY: Final = (("Description",), ("CodeSha256",), ("RuntimePolicy", "RuntimeVersionArn"))


@GROUP.warning(
    "DMI701",
    "a published version of a durable function is retained",
    why=(
        "A running execution stays on the version it began on. An update that deletes the version takes its code away. "
        "What Lambda does then is not documented (unconfirmed)."
    ),
    fix=(
        "Set DeletionPolicy: Retain, and UpdateReplacePolicy: Retain where the version is replaced in place (CDK: "
        "removal policy RETAIN; SAM: VersionDeletionPolicy: Retain). Delete it later."
    ),
    source="Lambda Developer Guide, durable-invoking; AWS CDK reference of Version",
)
def _retained(model: Model) -> Iterator[Finding]:
    for function in model.durable:
        for version in model.versions.get(function.id, ()):
            policy = version.within(version.resource.deletion_policy, at=("DeletionPolicy",))
            if isinstance(policy, Unknown):
                continue
            if policy in _RETAINED:
                yield from _replaced(model, function, version)
                continue
            got = policy if isinstance(policy, str) else "none, which means Delete"
            yield version.finding(
                f"DeletionPolicy should be Retain on a version of the durable function {function.id}, got {got}: "
                "set it to Retain, since running executions need the code until they end"
            )


@GROUP.warning(
    "DMI702",
    "a durable function has an alias",
    why="Whoever starts executions needs a name that stays while versions come and go.",
    fix="Publish a version and point an AWS::Lambda::Alias at it (SAM: AutoPublishAlias).",
    source="Lambda Developer Guide, durable-invoking",
)
def _alias(model: Model) -> Iterator[Finding]:
    for function in model.durable:
        if not model.aliases.get(function.id) and not _has_unfollowed_alias(model):
            yield function.item.finding(
                "a durable function should have an alias for its triggers, got none in this template: "
                "publish a version, and point an AWS::Lambda::Alias at it"
            )


@GROUP.error(
    "DMI703",
    "at most 100 versions on a capacity provider",
    why="A fixed quota: the version that exceeds it fails to publish.",
    fix="Delete versions without running executions, or spread functions over several capacity providers.",
    source="Lambda Developer Guide, lambda-managed-instances-quotas",
)
def _versions(model: Model) -> Iterator[Finding]:
    most = limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER
    for provider in model.providers:
        count = sum(
            len(model.versions.get(function.id, ())) + bool(function.publishes_latest)
            for function in model.users(provider)
        )
        if count > most:
            yield provider.finding(
                f"a capacity provider must have at most {most} versions of functions, got {count}, "
                "$LATEST.PUBLISHED counted: spread the functions over several capacity providers"
            )


@GROUP.error(
    "DMI704",
    "an alias points at a published version",
    why=(
        "$LATEST cannot be invoked on managed instances, and neither it nor $LATEST.PUBLISHED stays what it is while "
        "executions run."
    ),
    fix="Point FunctionVersion at the Version attribute of an AWS::Lambda::Version.",
    source="Lambda Developer Guide, lambda-managed-instances-version-publishing and durable-invoking",
)
def _alias_version(model: Model) -> Iterator[Finding]:
    for function in model.functions.values():
        moving = ("$LATEST", "$LATEST.PUBLISHED") if function.is_durable else ("$LATEST",)
        for alias in model.aliases.get(function.id, ()):
            version = alias.get("FunctionVersion")
            if version in moving:
                yield alias.finding(
                    f"FunctionVersion must be a published version of {function.id}, got {shown(version)}: "
                    "point it at the Version attribute of an AWS::Lambda::Version",
                    "FunctionVersion",
                )


def _replaced(model: Model, function: Function, version: TemplateResource) -> Iterator[Finding]:
    """Find a version that an update replaces under the same logical id, and then deletes."""
    policy = version.within(version.resource.update_replace_policy, at=("UpdateReplacePolicy",))
    if isinstance(policy, Unknown) or policy == "Retain" or _HASH.search(version.id):
        return
    changing = [
        path
        for path in _CREATE_ONLY
        if not version.lacks(*path)
        and (
            _changes(path, version.get(*path))
            or names_a_release(version.resource.properties.get(path[0]), model.release_parameters)
        )
    ]
    if changing:
        got = policy if isinstance(policy, str) else "none, which means Delete"
        yield version.finding(
            f"UpdateReplacePolicy should be Retain on a version of the durable function {function.id} that is replaced "
            f"when {changing[0][0]} changes, got {got}: set it to Retain, since running executions need the code until "
            "they end",
            *changing[0],
        )


def _changes(path: Path, value: object) -> bool:
    """Return whether a value is another one in another release: a description that never changes replaces nothing."""
    if path == ("CodeSha256",):
        return True
    parts = parts_of(value)
    # A resource has its name, and a stack what is its own, for as long as it is there.
    stays = [
        (isinstance(part, Reference) and part.attribute in {"", "Arn"})
        or (isinstance(part, Unknown) and part.what.startswith("AWS::"))
        or (isinstance(part, str) and not any(map(str.isdecimal, part)))
        for part in parts
    ]
    return not stays or not all(stays)


def _has_unfollowed_alias(model: Model) -> bool:
    """Return whether there is an alias of an unknown function."""
    return any(model.targets.of(alias.get("FunctionName")) is None for alias in model.of_type("AWS::Lambda::Alias"))
