"""Versions and aliases that clients publish, move and delete, as boto3 sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aws_client import aws_client, refused
from versions import version_of

from durable_mi import limits
from durable_mi.local.api.capacity_api import CapacityApi
from durable_mi.local.api.function_api import FunctionApi
from durable_mi.local.api.release.alias_api import AliasApi
from durable_mi.local.api.release.version_api import VersionApi
from durable_mi.local.app.functions import CapacityConfig
from durable_mi.local.durable._sdk import parse_function_target
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.registry import FunctionRegistry
from durable_mi.local.workers.release.aliases import Alias
from durable_mi.local.workers.release.publisher import VersionPublisher

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.app.functions import AppFunction

ARN = "arn:aws:lambda:us-east-1:000000000000:function:orders"
PROVIDER = "arn:aws:lambda:us-east-1:000000000000:capacity-provider:shop"
CONFLICT = "ResourceConflictException"
INVALID = "InvalidParameterValueException"
STALE = "PreconditionFailedException"


@pytest.fixture
def registry(make_function: Callable[..., AppFunction], monkeypatch: pytest.MonkeyPatch) -> FunctionRegistry:
    """`orders` in version 1 with the alias `live`, on a capacity provider; nothing is started."""

    async def start_nothing(_: FunctionVersion) -> None:
        """Leave the processes out."""

    monkeypatch.setattr(FunctionVersion, "start_in_background", start_nothing)
    orders = make_function("orders", aliases={"live": "1"}, capacity=CapacityConfig(PROVIDER, 4))
    registry = FunctionRegistry("us-east-1", parse_function_target)
    registry.publish(version_of(orders))
    return registry


@pytest.fixture
def client(registry: FunctionRegistry) -> Any:
    """Return a Lambda client."""
    publisher = VersionPublisher(registry, version_of(registry.latest("orders"))._options)  # noqa: SLF001
    apis = (FunctionApi(registry), VersionApi(registry, publisher), AliasApi(registry), CapacityApi(registry, ()))
    return aws_client("lambda", [route for api in apis for route in api.routes()])


def change(client: Any, number: int) -> None:
    """Change what the next version is made from."""
    client.update_function_configuration(FunctionName="orders", Environment={"Variables": {"RELEASE": str(number)}})


def versions(client: Any) -> list[str]:
    """Return the published versions."""
    listed = client.list_versions_by_function(FunctionName="orders")["Versions"]
    return [each["Version"] for each in listed if each["Version"] != "$LATEST"]


def test_a_version_is_published_when_something_changed(client: Any) -> None:
    """An alias stays where it is, and the description makes no difference."""
    assert "1" == client.publish_version(FunctionName="orders", Description="again")["Version"]
    change(client, 2)
    published = client.publish_version(FunctionName="orders", Description="two")
    assert ("2", f"{ARN}:2", "two") == (published["Version"], published["FunctionArn"], published["Description"])
    assert "Pending" == published["State"]
    assert "2" == client.publish_version(FunctionName="orders", Description="three")["Version"]
    assert {"RELEASE": "2"} == client.get_function_configuration(FunctionName="orders:2")["Environment"]["Variables"]
    assert {} == client.get_function_configuration(FunctionName="orders:1")["Environment"]["Variables"]
    assert "1" == client.get_alias(FunctionName="orders", Name="live")["FunctionVersion"]
    assert ["1", "2"] == versions(client)


def test_a_version_is_published_with_the_default_scaling(client: Any, registry: FunctionRegistry) -> None:
    """Whatever the one before it had, as on AWS."""
    change(client, 2)
    client.publish_version(FunctionName="orders")
    scaling = client.get_function_scaling_config(FunctionName="orders", Qualifier="2")
    assert {"MinExecutionEnvironments": 3} == scaling["RequestedFunctionScalingConfig"]
    assert 1 == registry.release("orders", "1").requested.minimum


def test_rejects_a_publication_of_other_code(client: Any) -> None:
    """The hash or revision that the caller has seen must be that of $LATEST."""
    seen = client.get_function_configuration(FunctionName="orders")
    code, message = refused(lambda: client.publish_version(FunctionName="orders", CodeSha256="other"))
    assert (INVALID, True) == (code, message.startswith("CodeSHA256 (other) is different from current CodeSHA256"))
    change(client, 2)
    stale = {"FunctionName": "orders", "RevisionId": seen["RevisionId"]}
    assert STALE == refused(lambda: client.publish_version(**stale))[0]
    assert STALE == refused(lambda: client.update_function_configuration(**stale, Timeout=5))[0]
    now = client.get_function_configuration(FunctionName="orders")
    published = client.publish_version(
        FunctionName="orders", CodeSha256=now["CodeSha256"], RevisionId=now["RevisionId"]
    )
    assert "2" == published["Version"]


def test_rejects_the_version_that_a_provider_has_no_room_for(client: Any, registry: FunctionRegistry) -> None:
    """A hundred versions are the quota; deleting one makes room."""
    first = registry.release("orders", "1").function
    for number in range(2, limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER + 1):
        registry.add(version_of(replace(first, version=str(number))))
    change(client, 101)
    code, _ = refused(lambda: client.publish_version(FunctionName="orders"))
    assert "FunctionVersionsPerCapacityProviderLimitExceededException" == code
    client.delete_function(FunctionName="orders", Qualifier="50")
    assert "101" == client.publish_version(FunctionName="orders")["Version"]


def test_the_number_of_a_deleted_version_does_not_come_again(client: Any) -> None:
    """As on AWS; and a version that is gone is published again, changed or not."""
    change(client, 2)
    client.publish_version(FunctionName="orders")
    client.delete_function(FunctionName="orders", Qualifier="2")
    assert "3" == client.publish_version(FunctionName="orders")["Version"]
    assert ["1", "3"] == versions(client)


def test_an_alias_moves_only_from_the_revision_that_was_seen(client: Any) -> None:
    """UpdateAlias with a RevisionId that another update made stale changes nothing."""
    change(client, 2)
    client.publish_version(FunctionName="orders")
    seen = client.get_alias(FunctionName="orders", Name="live")
    moved = client.update_alias(
        FunctionName="orders", Name="live", FunctionVersion="2", RevisionId=seen["RevisionId"], Description="two"
    )
    assert ("2", "two") == (moved["FunctionVersion"], moved["Description"])
    code, message = refused(
        lambda: client.update_alias(
            FunctionName="orders", Name="live", FunctionVersion="1", RevisionId=seen["RevisionId"]
        )
    )
    assert (STALE, True) == (code, message.startswith("The Revision Id provided does not match"))
    assert moved["RevisionId"] == client.get_alias(FunctionName="orders", Name="live")["RevisionId"]


def test_aliases_are_created_and_deleted(client: Any) -> None:
    """A second one of the name is refused."""
    created = client.create_alias(FunctionName="orders", Name="beta", FunctionVersion="1", Description="b")
    assert (f"{ARN}:beta", "1") == (created["AliasArn"], created["FunctionVersion"])
    again = {"FunctionName": "orders", "Name": "beta", "FunctionVersion": "1"}
    assert (CONFLICT, f"Alias already exists: {ARN}:beta") == refused(lambda: client.create_alias(**again))
    assert ["live", "beta"] == [each["Name"] for each in client.list_aliases(FunctionName="orders")["Aliases"]]
    client.delete_alias(FunctionName="orders", Name="beta")
    assert ["live"] == [each["Name"] for each in client.list_aliases(FunctionName="orders")["Aliases"]]


def test_weights_divide_the_invocations(client: Any, registry: FunctionRegistry) -> None:
    """Each invocation of the alias meets one version; a description names the main one."""
    change(client, 2)
    client.publish_version(FunctionName="orders")
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    client.update_alias(FunctionName="orders", Name="live", RoutingConfig=weights)
    assert weights == client.get_alias(FunctionName="orders", Name="live")["RoutingConfig"]
    met = {registry.resolve("orders", "live").function_version.function.version for _ in range(200)}
    assert {"1", "2"} == met
    assert "1" == client.get_function_configuration(FunctionName="orders:live")["Version"]
    client.update_alias(FunctionName="orders", Name="live", RoutingConfig={"AdditionalVersionWeights": {}})
    assert {"1"} == {registry.resolve("orders", "live").function_version.function.version for _ in range(200)}


@pytest.mark.parametrize(("drawn", "version"), [(0.0, "2"), (0.2499, "2"), (0.25, "1"), (0.99, "1")])
def test_a_weight_is_a_share(drawn: float, version: str) -> None:
    """A quarter of the numbers that can be drawn."""
    assert version == Alias("live", "1", weights={"2": 0.25}).chosen(drawn)


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        ({"Name": "7", "FunctionVersion": "1"}, "ValidationException"),
        ({"Name": "a b", "FunctionVersion": "1"}, "ValidationException"),
        ({"Name": "x" * 129, "FunctionVersion": "1"}, "ValidationException"),
        ({"Name": "beta", "FunctionVersion": "live"}, "ValidationException"),
        ({"Name": "beta", "FunctionVersion": "9"}, "ResourceNotFoundException"),
        ({"Name": "beta", "FunctionVersion": "1", "Description": "x" * 257}, "ValidationException"),
    ],
)
def test_rejects_aliases_as_aws_does(client: Any, alias: dict[str, str], code: str) -> None:
    """Names, versions and lengths are those of the API's model."""
    assert code == refused(lambda: client.create_alias(FunctionName="orders", **alias))[0]


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ({"1": 0.5}, INVALID),
        ({"9": 0.5}, "ResourceNotFoundException"),
        ({"2": 1.5}, INVALID),
        ({"2": 0.1, "3": 0.1}, INVALID),
        ({"live": 0.1}, "ValidationException"),
    ],
)
def test_rejects_weights(client: Any, weights: dict[str, float], code: str) -> None:
    """One other published version, with a share; a refusal leaves the alias as it is."""
    for number in (2, 3):
        change(client, number)
        client.publish_version(FunctionName="orders")
    routing = {"AdditionalVersionWeights": weights}
    before = client.get_alias(FunctionName="orders", Name="live")
    assert code == refused(lambda: client.update_alias(FunctionName="orders", Name="live", RoutingConfig=routing))[0]
    assert before["RevisionId"] == client.get_alias(FunctionName="orders", Name="live")["RevisionId"]


@pytest.mark.parametrize(
    ("qualifier", "code", "message"),
    [
        ("1", CONFLICT, "Unable to delete version because the following aliases reference it: [live]"),
        ("2", CONFLICT, "Unable to delete version because the following aliases reference it: [live]"),
        ("live", INVALID, "Deletion of aliases is not currently supported."),
        ("$LATEST", INVALID, "$LATEST version cannot be deleted without deleting the function."),
        ("$LATEST.PUBLISHED", INVALID, "$LATEST version cannot be deleted without deleting the function."),
        ("9", "ResourceNotFoundException", None),
        (None, "NotImplementedException", None),
    ],
)
def test_rejects_a_deletion(client: Any, qualifier: str | None, code: str, message: str | None) -> None:
    """Of a version that an alias names, if only with a weight; of all that is no version; of the whole function."""
    for number in (2, 3):
        change(client, number)
        client.publish_version(FunctionName="orders")
    weights = {"AdditionalVersionWeights": {"2": 0.1}}
    client.update_alias(FunctionName="orders", Name="live", RoutingConfig=weights)
    named = {} if qualifier is None else {"Qualifier": qualifier}
    came, words = refused(lambda: client.delete_function(FunctionName="orders", **named))
    assert (code, message or words) == (came, words)
    assert ["1", "2", "3"] == versions(client)


def test_a_function_without_versions_has_none_to_invoke(client: Any, registry: FunctionRegistry) -> None:
    """$LATEST of managed instances is not invoked; the function is still listed, and can be published again."""
    client.delete_alias(FunctionName="orders", Name="live")
    client.delete_function(FunctionName="orders", Qualifier="1")
    assert [] == versions(client)
    assert ["orders"] == [each["FunctionName"] for each in client.list_functions()["Functions"]]
    with pytest.raises(Exception, match="no published versions available"):
        registry.resolve("orders", None)
    assert "2" == client.publish_version(FunctionName="orders")["Version"]


@pytest.mark.parametrize("call", ["get_function_scaling_config", "put_function_scaling_config"])
@pytest.mark.parametrize("qualifier", ["live", "$LATEST", "2.0"])
def test_rejects_scaling_of_what_is_no_version(client: Any, qualifier: str, call: str) -> None:
    """An alias is none, as the pattern of the API says."""
    code, message = refused(lambda: getattr(client, call)(FunctionName="orders", Qualifier=qualifier))
    assert "ValidationException" == code
    assert f"1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy" in message


def test_rejects_scaling_with_a_qualifier_in_the_name(client: Any) -> None:
    """The name has no qualifier in these calls."""
    name = {"FunctionName": "orders:1", "Qualifier": "1"}
    assert "ValidationException" == refused(lambda: client.get_function_scaling_config(**name))[0]


@pytest.mark.parametrize(
    "config",
    [
        {"MinExecutionEnvironments": 0},
        {"MaxExecutionEnvironments": 0},
        {"MaxExecutionEnvironments": 2},
        {"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 1},
        {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 2},
        {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 15_001},
    ],
)
def test_rejects_one_number_where_the_default_of_the_other_contradicts_it(client: Any, config: dict[str, int]) -> None:
    """A number that is left out goes back to its default: 3, or no maximum."""
    name = {"FunctionName": "orders", "Qualifier": "1"}
    before = client.get_function_scaling_config(**name)["RequestedFunctionScalingConfig"]
    assert INVALID == refused(lambda: client.put_function_scaling_config(**name, FunctionScalingConfig=config))[0]
    assert before == client.get_function_scaling_config(**name)["RequestedFunctionScalingConfig"]
