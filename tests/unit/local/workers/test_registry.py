"""Which version a function name and a qualifier lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from versions import version_of

from durable_mi.local.api_error import ApiError
from durable_mi.local.app.functions import CapacityConfig
from durable_mi.local.durable._sdk import parse_function_target
from durable_mi.local.workers.registry import FunctionRegistry

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.app.functions import AppFunction

ARN = "arn:aws:lambda:us-east-1:000000000000:function:orders"


@pytest.fixture
def registry(make_function: Callable[..., AppFunction]) -> FunctionRegistry:
    """`orders` in versions 1 and 2, with the alias `live` of 2, on a capacity provider; the plain `mail`."""
    managed = make_function("orders", aliases={"live": "2"}, capacity=CapacityConfig("arn:provider", 4))
    registry = FunctionRegistry("us-east-1", parse_function_target)
    for function in (managed, replace(managed, version="2"), make_function("mail", version="$LATEST")):
        registry.publish(version_of(function))
    return registry


@pytest.mark.parametrize(
    ("name", "qualifier", "version", "is_qualified"),
    [
        ("orders", None, "2", False),
        ("orders", "1", "1", True),
        ("orders", "live", "2", True),
        ("orders:1", None, "1", True),
        (ARN, None, "2", False),
        (f"{ARN}:live", None, "2", True),
        (f"{ARN}:1", "1", "1", True),
        ("000000000000:function:orders:1", None, "1", True),
        ("orders", "$LATEST.PUBLISHED", "2", True),
        ("mail", None, "$LATEST", False),
        ("mail", "$LATEST", "$LATEST", True),
    ],
)
def test_finds_what_is_invoked(
    registry: FunctionRegistry, name: str, qualifier: str | None, version: str, *, is_qualified: bool
) -> None:
    """By name, partial ARN or ARN, with the qualifier in it or apart."""
    target = registry.resolve(name, qualifier)
    assert (version, is_qualified) == (target.function_version.function.version, target.is_qualified)


@pytest.mark.parametrize(
    ("name", "qualifier", "message"),
    [
        ("nobody", None, r"function not found: nobody \(functions here: orders, mail\)"),
        ("orders", "3", "qualifiers here: live, 1, 2"),
        ("orders", "$LATEST", "cannot be invoked with the \\$LATEST qualifier"),
        ("orders:1", "2", "must be the same"),
        (ARN.replace("us-east-1", "eu-west-1"), None, "this endpoint's region is us-east-1"),
        ("", None, "FunctionName must be"),
    ],
)
def test_rejects_what_is_not_here(registry: FunctionRegistry, name: str, qualifier: str | None, message: str) -> None:
    """And `$LATEST` of managed instances, as the service does."""
    with pytest.raises(ApiError, match=message):
        registry.resolve(name, qualifier)


def test_a_retired_version_is_gone_and_its_executions_go_on_with_the_newest(registry: FunctionRegistry) -> None:
    """An execution of an earlier run may ask for a version that is no more."""
    registry.retire(registry.release("orders", "1"))
    assert "2" == registry.release("orders", "1").function.version
    with pytest.raises(ApiError):
        registry.resolve("orders", "1")


def test_a_version_that_took_the_place_of_another_stays(
    registry: FunctionRegistry, make_function: Callable[..., AppFunction]
) -> None:
    """The new `$LATEST` is published before the old one is retired."""
    old = registry.newest("mail")
    new = version_of(make_function("mail", version="$LATEST"))
    registry.publish(new)
    registry.retire(old)
    assert new is registry.newest("mail")


def test_rejects_a_resumption_on_a_deleted_version(registry: FunctionRegistry) -> None:
    """Not even the newest version takes its executions; its name in the function's ARN leads nowhere."""
    registry.delete(registry.release("orders", "1"))
    with pytest.raises(ApiError, match=r"Function not found: .*:orders:1$") as rejection:
        registry.release("orders", "1")
    assert "ResourceNotFoundException" == rejection.value.code
    assert "3" == registry.next_version("orders")


@pytest.mark.parametrize(
    "name", ["arn:aws:lambda:us-east-1:111111111111:function:orders", "111111111111:function:mail"]
)
def test_rejects_functions_of_other_accounts(registry: FunctionRegistry, name: str) -> None:
    """Which nothing here is allowed to use."""
    for call in (registry.resolve, registry.describe):
        with pytest.raises(ApiError, match="no resource-based policy allows it") as rejection:
            call(name, None)
        assert (403, "AccessDeniedException") == (rejection.value.status, rejection.value.code)
