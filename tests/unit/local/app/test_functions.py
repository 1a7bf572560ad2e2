"""Functions of an app, and which of them one endpoint serves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly, Stack
from durable_mi.cloudformation.resource import Resource
from durable_mi.local.app.function_filter import FunctionFilter, FunctionFilterError
from durable_mi.local.app.functions import AppFunction, DurableConfig, app_functions

if TYPE_CHECKING:
    from collections.abc import Callable

PROVIDER = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:provider"}}
MANAGED = {"CapacityProviderConfig": PROVIDER, "Handler": "app.handler", "Runtime": "python3.13"}


def functions(*properties: dict[str, Any], assets: dict[str, Path] | None = None) -> tuple[AppFunction, ...]:
    """Return the managed functions of a stack with these function resources, named F0, F1, ..."""
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


def test_variables_that_contain_a_placeholder_are_known() -> None:
    """One without a value is none."""
    variables = {"A": "plain", "B": {"Ref": "Table"}, "C": {"Ref": "AWS::NoValue"}, "D": {"Ref": "F0"}}
    (function,) = functions({**MANAGED, "Code": {"ZipFile": ""}, "Environment": {"Variables": variables}})
    assert {"A": "plain", "B": "local-Table", "D": "Shop-F0"} == function.environment
    assert {"B": "Table"} == function.made_up
    assert {} == function.with_variables({"B": "orders", "X": "1"}).made_up
    assert "X" not in function.with_variables({"X": "1"}).environment


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SNS"])
def test_every_function_takes_the_address_of_another_service(
    make_function: Callable[..., AppFunction], name: str
) -> None:
    """No template that is deployed has one."""
    assert (
        "http://127.0.0.1:5000" == make_function("a").with_variables({name: "http://127.0.0.1:5000"}).environment[name]
    )


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URLS", "MY_AWS_ENDPOINT_URL"])
def test_no_function_takes_a_variable_that_it_does_not_have(
    make_function: Callable[..., AppFunction], name: str
) -> None:
    """The Lambda API is this endpoint's, and other names are for nobody."""
    assert name not in make_function("a").with_variables({name: "http://127.0.0.1:5000"}).environment


def conditional(stage: str | None = "dev", **override: Any) -> tuple[AppFunction, ...]:
    """Return the functions of a template that depends on a stage, and needs a parameter in production.

    Args:
        stage: The stage's default; none where it is ``None``.
        override: Other properties of the workflow.
    """
    workflow = {
        **MANAGED,
        "Code": {"ZipFile": ""},
        "Timeout": {"Fn::If": ["Production", 120, {"Fn::FindInMap": ["Timeouts", {"Ref": "Stage"}, "seconds"]}]},
        "MemorySize": {"Fn::If": ["Production", 8192, 4096]},
        "Environment": {
            "Variables": {
                "TABLE": {"Fn::If": ["Production", "ledger", {"Fn::Sub": "ledger-${Stage}"}]},
                "QUEUE": {"Fn::If": ["Production", {"Ref": "Queue"}, {"Ref": "AWS::NoValue"}]},
                "DEBUG": {"Fn::If": ["Production", {"Ref": "AWS::NoValue"}, True]},
            }
        },
        "DurableConfig": {"ExecutionTimeout": {"Ref": "Limit"}},
        **override,
    }
    nightly = {**MANAGED, "Code": {"ZipFile": ""}, "Timeout": {"Ref": "Patience"}}
    version = {"FunctionName": {"Ref": "Workflow"}, "FunctionScalingConfig": {"MinExecutionEnvironments": 5}}
    template = {
        "Parameters": {
            "Stage": {"Type": "String", **({} if stage is None else {"Default": stage})},
            "Limit": {"Type": "Number", "Default": 600},
            "Patience": {"Type": "Number"},
        },
        "Mappings": {"Timeouts": {"dev": {"seconds": 45}}},
        "Conditions": {"Production": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Condition": "Production"},
            "Workflow": {"Type": "AWS::Lambda::Function", "Properties": workflow},
            "Nightly": {"Type": "AWS::Lambda::Function", "Properties": nightly, "Condition": "Production"},
            "Five": {"Type": "AWS::Lambda::Version", "Properties": version, "Condition": "Production"},
        },
    }
    return app_functions(CloudAssembly(Path("cdk.out"), (Stack.of_template(template, name="Shop"),)), "us-east-1")


def test_conditions_decide_as_in_a_deploy() -> None:
    """Over properties, variables, versions and whole functions."""
    (workflow,) = conditional()
    assert (45, 4096, 3, 600) == (
        workflow.timeout,
        workflow.memory,
        workflow.environments,
        workflow.durable and workflow.durable.execution_timeout,
    )
    assert {"TABLE": "ledger-dev", "DEBUG": "true"} == workflow.environment
    assert {} == workflow.made_up


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"stage": "prod"},
            (
                "Timeout of Nightly in stack Shop must be known before deployment, got parameter Patience, "
                "which has no default: give the parameter a default"
            ),
        ),
        (
            {"stage": None},
            (
                "MemorySize of Workflow in stack Shop must be known before deployment, got condition Production of "
                "parameter Stage, which has no default: give the parameter a default"
            ),
        ),
        (
            {"MemorySize": {"Fn::ImportValue": "size"}},
            (
                "MemorySize of Workflow in stack Shop must be known before deployment, got export size: "
                "write a value into the template"
            ),
        ),
        (
            {"Timeout": "soon"},
            "Timeout of Workflow in stack Shop must be a number, got 'soon': correct it in the template",
        ),
        ({"Timeout": 2.5}, "Timeout of Workflow in stack Shop must be a whole number, got 2.5: correct it"),
        (
            {"DurableConfig": {"RetentionPeriodInDays": 3}},
            "DurableConfig.ExecutionTimeout of Workflow in stack Shop must be a number, got none",
        ),
        (
            {"LoggingConfig": {"Fn::ImportValue": "logging"}},
            "LoggingConfig of Workflow in stack Shop must be known before deployment, got export logging",
        ),
        (
            {"Timeout": "{{resolve:ssm:/app/timeout}}"},
            "got {{resolve:ssm:/app/timeout}}: write a value into the template",
        ),
    ],
)
def test_rejects_what_must_be_known_to_run_a_function(given: dict[str, Any], says: str) -> None:
    """One line that names the property, the function, the stack and what is missing."""
    with pytest.raises(AssemblyError) as refusal:
        conditional(**given)
    assert str(refusal.value).find(says) >= 0
    assert "\n" not in str(refusal.value)


def test_rejects_a_function_whose_existence_is_not_known() -> None:
    """A parameter without a default decides over it."""
    template = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Production": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {
            "Fn": {
                "Type": "AWS::Lambda::Function",
                "Condition": "Production",
                "Properties": {**MANAGED, "Code": {"ZipFile": ""}},
            }
        },
    }
    assembly = CloudAssembly(Path("cdk.out"), (Stack.of_template(template, name="Shop"),))
    with pytest.raises(
        AssemblyError, match=r"whether Fn in stack Shop exists must be known .* parameter Stage, which has"
    ):
        app_functions(assembly, "us-east-1")


@pytest.mark.parametrize(
    ("name", "is_called"),
    [
        ("Workflow", True),
        ("Orders/Workflow", True),
        ("orders", True),
        ("Fn1", True),
        ("Orders", False),
        ("Resource", False),
    ],
)
def test_a_function_is_called_by_its_construct(name: str, *, is_called: bool) -> None:
    """Without the ids of the resources in it; else by its name or logical id."""
    (function,) = functions({**MANAGED, "Code": {"ZipFile": ""}})
    named = replace(function, name="orders", logical_id="Fn1", path="Orders/Workflow/Resource/Resource")
    assert (is_called, "Orders/Workflow") == (named.is_called(name), named.construct)


def test_rejects_functions_that_cannot_share_an_endpoint() -> None:
    """None at all, an unknown name, two regions, two of one name: each with a way out."""
    (function,) = functions({**MANAGED, "Code": {"ZipFile": ""}})
    elsewhere = replace(function, name="Other", arn=function.arn.replace("us-east-1", "eu-west-1"))
    for given, names, says in [
        ([], [], "there is nothing to run"),
        ([function], ["Nobody"], "no function is called Nobody; the app has Shop/Fn0"),
        ([function, elsewhere], [], "choose functions with --function"),
        ([function, function], [], "two functions have the same name"),
    ]:
        with pytest.raises(FunctionFilterError) as refusal:
            FunctionFilter.of(given, names)
        assert says in str(refusal.value)
