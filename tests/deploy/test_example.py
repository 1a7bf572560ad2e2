"""The example as it stands after a deploy: what was made, in what order, and that nothing differs from the template."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from tests.deploy.order_of_events import position

if TYPE_CHECKING:
    from tests.deploy.example import Example


def test_stack_is_complete(example: Example) -> None:
    """Every resource was made, the last event is the stack's own, and the four outputs have values."""
    template = example.template

    assert ("OrderWorkflow", "CREATE_COMPLETE") == (example.happened[-1].logical_id, example.happened[-1].status)
    assert template["Resources"].keys() == example.physical_ids.keys()
    assert template["Outputs"].keys() == example.outputs.keys()
    assert all(example.outputs.values())


def test_diff_finds_nothing(example: Example) -> None:
    """`cdk diff` against what was deployed, with a change set, as users run it after a deploy."""
    done = example.account.cdk("diff", "--fail", "--app", str(example.assembly))

    assert 0 == done.status, done.output
    assert "There were no differences" in done.output


def test_alias_leads_to_the_version_on_the_provider(example: Example) -> None:
    """Alias, version, function and capacity provider, followed through the Lambda API."""
    functions = example.account.lambda_
    name = example.outputs["FunctionName"]
    alias = functions.get_alias(FunctionName=name, Name="live")
    version = functions.get_function_configuration(FunctionName=name, Qualifier="live")
    provider = functions.list_function_versions_by_capacity_provider(
        CapacityProviderName=example.outputs["CapacityProviderName"]
    )

    assert example.outputs["AliasArn"] == alias["AliasArn"]
    assert [version["FunctionArn"]] == [it["FunctionArn"] for it in provider["FunctionVersions"]]
    assert version["FunctionArn"].endswith(f":{alias['FunctionVersion']}")
    assert {"ExecutionTimeout": 3600, "RetentionPeriodInDays": 30} == version["DurableConfig"]
    assert example.outputs["LogGroupName"] == version["LoggingConfig"]["LogGroup"]
    config = version["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    assert provider["CapacityProviderArn"] == config["CapacityProviderArn"]


def test_package_holds_handler_and_sdk(example: Example) -> None:
    """What lies in the bucket is the bundled package, not the project's directory."""
    template = example.template
    (function,) = (it for it in template["Resources"].values() if "DurableConfig" in it.get("Properties", {}))
    archive = example.account.asset(function["Properties"]["Code"]["S3Key"])

    names = zipfile.ZipFile(io.BytesIO(archive)).namelist()

    assert "order_workflow.py" in names
    assert "aws_durable_execution_sdk_python/__init__.py" in names


def test_package_of_the_janitor_is_deployed(example: Example) -> None:
    """Its modules, without boto3, which Lambda has."""
    (name,) = (
        name
        for name in example.physical_ids
        if name.startswith("DurableReleasesFunction") and "Event" not in name and "Schedule" not in name
    )
    archive = example.account.asset(example.template["Resources"][name]["Properties"]["Code"]["S3Key"])
    names = zipfile.ZipFile(io.BytesIO(archive)).namelist()

    assert "durable_mi/release/janitor.py" in names
    assert {"durable_mi"} == {name.split("/")[0] for name in names}


def test_provider_is_made_after_the_way_out(example: Example) -> None:
    """Routes and their gateway first: instances that start before them could not checkpoint."""
    provider = min(position(example.happened, "CREATE_IN_PROGRESS", "AWS::Lambda::CapacityProvider"))
    tables = {
        name
        for name, body in example.template["Resources"].items()
        if body["Type"] == "AWS::EC2::Route" and "NatGatewayId" in body["Properties"]
    }
    routed = [
        index
        for index, event in enumerate(example.happened)
        if event.logical_id in tables and event.status == "CREATE_COMPLETE"
    ]

    assert 3 == len(routed)
    assert max(routed) < provider


def test_version_is_published_after_its_permissions(example: Example) -> None:
    """Publishing starts execution environments, and they need the policy from the first moment."""
    policy = next(name for name in example.physical_ids if name.startswith("WorkflowExecutionPolicy"))
    published = min(position(example.happened, "CREATE_IN_PROGRESS", "AWS::Lambda::Version"))
    granted = next(
        index
        for index, event in enumerate(example.happened)
        if (event.logical_id, event.status) == (policy, "CREATE_COMPLETE")
    )

    assert granted < published
