"""Functions of an app, and which of them one endpoint serves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly, Resource, Stack
from durable_mi.local.app.function_filter import FunctionFilter, FunctionFilterError
from durable_mi.local.app.functions import AppFunction, DurableConfig, app_functions

PROVIDER = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:provider"}}
MANAGED = {"CapacityProviderConfig": PROVIDER, "Handler": "app.handler", "Runtime": "python3.13"}


def functions(*properties: dict[str, Any], assets: dict[str, Path] | None = None) -> tuple[AppFunction, ...]:
    """The managed functions of a stack with these function resources, named F0, F1, ..."""
    resources = {
        f"F{number}": Resource(f"F{number}", "AWS::Lambda::Function", each, f"Shop/Fn{number}/Resource")
        for number, each in enumerate(properties)
    }
    stack = Stack("Shop", "Shop", None, None, resources, assets=assets or {})
    return app_functions(CloudAssembly(Path("cdk.out"), (stack,)), "us-east-1")


def test_defaults_are_the_services() -> None:
    """What the template leaves out is what Lambda would choose."""
    (function,) = functions({**MANAGED, "MemorySize": 4096, "Code": {"ZipFile": "x = 1"}})
    assert (3, 4096, "INFO", "/aws/lambda/Shop-F0") == (
        function.timeout,
        function.memory,
        function.log_level,
        function.log_group,
    )
    assert 32 == function.concurrency, "16 for each of two vCPUs"
    assert function.durable is None
    assert "x = 1" == function.code


def test_the_durable_configuration_is_read() -> None:
    """Execution timeout in seconds, retention in days, 14 where none is given."""
    (function,) = functions({**MANAGED, "Code": {"ZipFile": ""}, "DurableConfig": {"ExecutionTimeout": 60}})
    assert DurableConfig(execution_timeout=60, retention_days=14) == function.durable


def test_plain_functions_that_cannot_run_here_are_passed_over() -> None:
    """A custom resource's function in another language, a container image, code in another bucket."""
    python = {"Handler": "index.handler", "Runtime": "python3.13"}
    assert () == functions(
        {"Handler": "index.handler", "Runtime": "nodejs24.x", "Code": {"ZipFile": ""}},
        {"PackageType": "Image", "Code": {"ImageUri": "repository:tag"}},
        {**python, "Code": {"S3Key": "elsewhere.zip"}},
    )


def test_functions_without_a_capacity_provider_have_a_process_an_environment() -> None:
    """A durable one runs at once; a plain one, which a workflow may invoke, on demand. Both are `$LATEST`."""
    python = {"Handler": "index.handler", "Runtime": "python3.13", "Code": {"ZipFile": ""}}
    plain, durable = functions(python, {**python, "DurableConfig": {"ExecutionTimeout": 60}})
    assert [(1, 3, "$LATEST", None)] * 2 == [
        (each.concurrency, each.environments, each.version, each.capacity) for each in (plain, durable)
    ]
    assert (True, False) == (plain.starts_on_demand, durable.starts_on_demand)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ({"ImageUri": "repository:tag"}, "the code of Shop/Fn0/Resource is not in the cloud assembly"),
        ({"S3Key": "elsewhere.zip"}, "is not in the cloud assembly"),
        ({"S3Key": "gone.zip"}, "is missing from the cloud assembly (asset.gone): run `cdk synth` again"),
    ],
)
def test_rejects_code_that_is_not_here(code: dict[str, str], says: str) -> None:
    """The message names the function by its construct path."""
    with pytest.raises(AssemblyError) as refusal:
        functions({**MANAGED, "Code": code}, assets={"gone.zip": Path("nowhere/asset.gone")})
    assert says in str(refusal.value)


@pytest.mark.parametrize("name", ["Shop-F0", "F0", "Shop/Fn0/Resource", "Shop/Fn0", "Fn0"])
def test_a_function_is_chosen_by_what_users_call_it(name: str) -> None:
    """Name, logical id, construct path, or the path's end."""
    both = functions(*[{**MANAGED, "Code": {"ZipFile": ""}}] * 2)
    assert (both[0],) == FunctionFilter.of(both, [name]).functions


def test_plain_functions_of_other_regions_are_no_reason_to_refuse_the_app() -> None:
    """What a workflow cannot invoke anyway is left out, unless it is asked for."""
    managed, plain = functions({**MANAGED, "Code": {"ZipFile": ""}}, {"Runtime": "python3.13", "Code": {"ZipFile": ""}})
    elsewhere = replace(plain, arn=plain.arn.replace("us-east-1", "eu-west-1"))
    assert (managed, plain) == FunctionFilter.of((managed, plain), []).functions
    assert (managed,) == FunctionFilter.of((managed, elsewhere), []).functions
    with pytest.raises(FunctionFilterError, match="one endpoint serves one region"):
        FunctionFilter.of((managed, elsewhere), ["F0", "F1"])


def test_variables_that_hold_a_stand_in_are_known() -> None:
    """One without a value is none."""
    variables = {"A": "plain", "B": {"Ref": "Table"}, "C": {"Ref": "AWS::NoValue"}, "D": {"Ref": "F0"}}
    (function,) = functions({**MANAGED, "Code": {"ZipFile": ""}, "Environment": {"Variables": variables}})
    assert {"A": "plain", "B": "local-Table", "D": "Shop-F0"} == function.environment
    assert {"B": "Table"} == function.made_up
    assert {} == function.with_variables({"B": "orders", "X": "1"}).made_up
    assert "X" not in function.with_variables({"X": "1"}).environment


def test_rejects_functions_that_cannot_share_an_endpoint() -> None:
    """None at all, an unknown name, two regions, two of one name: each with a way out."""
    (function,) = functions({**MANAGED, "Code": {"ZipFile": ""}})
    elsewhere = replace(function, name="Other", arn=function.arn.replace("us-east-1", "eu-west-1"))
    for given, names, says in [
        ([], [], "there is nothing to run"),
        ([function], ["Nobody"], "no function is called Nobody; the app has Shop/Fn0/Resource"),
        ([function, elsewhere], [], "choose functions with --function"),
        ([function, function], [], "two functions have the same name"),
    ]:
        with pytest.raises(FunctionFilterError) as refusal:
            FunctionFilter.of(given, names)
        assert says in str(refusal.value)
