"""Functions by the names that users know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_client import aws_client

from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.local.api.stacks_api import StacksApi
from durable_mi.local.app.stacks import app_stacks
from durable_mi.operate.client import Client
from durable_mi.operate.errors import UsageError
from durable_mi.operate.function_search import FunctionSearch
from durable_mi.operate.stack_functions import StackFunction, construct_of, function_called, is_path_called
from durable_mi.operate.target import Target

STACKS: dict[str, dict[str, Any]] = {
    "Orders": {
        "Resources": {
            "Workflow1": {
                "Type": "AWS::Lambda::Function",
                "Metadata": {"aws:cdk:path": "Orders/Workflow/Resource/Resource"},
            },
            "Mail2": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:cdk:path": "Orders/Mail/Resource"}},
        },
        "Outputs": {"LogGroupName": {"Value": "group"}, "Entry": {"Value": {"Ref": "Mail2"}}},
    },
    "Prod-Refunds": {
        "Resources": {
            "Workflow3": {
                "Type": "AWS::Lambda::Function",
                "Metadata": {"aws:cdk:path": "Prod/Refunds/Workflow/Resource/Resource"},
            }
        },
    },
}


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a CloudFormation client of two stacks."""
    directory = tmp_path_factory.mktemp("assembly")
    artifacts = {
        name: {"type": "aws:cloudformation:stack", "properties": {"templateFile": f"{name}.template.json"}}
        for name in STACKS
    }
    (directory / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    for name, template in STACKS.items():
        (directory / f"{name}.template.json").write_text(json.dumps(template))
    assembly = CloudAssembly.read(Path(directory))
    return aws_client("cloudformation", StacksApi(app_stacks(assembly, "us-east-1")).routes())


def client(stacks: Any, *, is_loopback: bool) -> Client:
    """Return the operator's client, of the local runtime or of an account."""
    address = "http://127.0.0.1:1" if is_loopback else "us-east-1"
    return Client(
        region="us-east-1", address=address, is_loopback=is_loopback, _lambda=stacks, _logs=stacks, _stacks=stacks
    )


@pytest.mark.parametrize(
    ("path", "name", "is_called"),
    [
        ("Orders/Workflow/Resource/Resource", "Workflow", True),
        ("Orders/Workflow/Resource/Resource", "Orders/Workflow", True),
        ("Orders/Workflow/Resource/Resource", "Workflow/Resource", True),
        ("Orders/Workflow/Resource/Resource", "Orders/Workflow/Resource/Resource", True),
        ("Orders/Workflow/Resource/Resource", "Resource", False),
        ("Orders/Workflow/Resource/Resource", "Orders", False),
        ("Orders/Workflow/Resource/Resource", "flow", False),
        ("Orders/Workflow/Resource", "Workflow", True),
    ],
)
def test_a_construct_is_called_by_its_path_or_the_end_of_it(path: str, name: str, *, is_called: bool) -> None:
    """Without the ids of the resources in it, or with them."""
    assert is_called is is_path_called(path, name)
    assert "Orders/Workflow" == construct_of(path)


@pytest.mark.parametrize("is_loopback", [True, False], ids=["local", "account"])
@pytest.mark.parametrize(
    ("given", "qualifier", "expected"),
    [
        ("Orders/Workflow", None, "Orders-Workflow1:live"),
        ("Orders/Workflow:7", None, "Orders-Workflow1:7"),
        ("Orders/Workflow", "blue", "Orders-Workflow1:blue"),
        ("Prod/Refunds/Workflow", None, "Prod-Refunds-Workflow3:live"),
        ("Orders/Workflow/Resource/Resource", None, "Orders-Workflow1:live"),
    ],
)
def test_a_construct_path_leads_to_the_function(
    stacks: Any, given: str, qualifier: str | None, expected: str, *, is_loopback: bool
) -> None:
    """In the stack that the CDK names after the path."""
    target, group = FunctionSearch(client(stacks, is_loopback=is_loopback)).target(given, qualifier=qualifier)
    assert (expected, None) == (str(target), group)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Workflow", "Orders-Workflow1:live"),
        ("Mail2", "Orders-Mail2:live"),
        ("Orders-Mail2:3", "Orders-Mail2:3"),
        ("Entry", "Orders-Mail2:live"),
    ],
)
def test_a_stack_has_functions_and_outputs(stacks: Any, given: str, expected: str) -> None:
    """An output's key comes first; the log group is that of the function that the outputs name."""
    target, group = FunctionSearch(client(stacks, is_loopback=False), "Orders").target(given, qualifier=None)
    assert (expected, "group" if given == "Entry" else None) == (str(target), group)


def test_the_last_part_is_enough_on_this_machine(stacks: Any) -> None:
    """Where the name is no function's own."""
    local = FunctionSearch(client(stacks, is_loopback=True))
    assert Target.parse("Orders-Mail2:5") == local.construct(Target.parse("Mail:5"))
    assert local.construct(Target.parse("Nobody")) is None
    assert FunctionSearch(client(stacks, is_loopback=False)).construct(Target.parse("Mail")) is None


def test_a_whole_path_is_no_end_of_another() -> None:
    """A path that is also the end of a longer one means the shorter one."""
    short, long = (StackFunction(name, name, f"{path}/Resource") for name, path in [("a", "B/C"), ("b", "A/B/C")])
    assert short == function_called([long, short], "B/C")
    assert long == function_called([long, short], "A/B/C")


def test_rejects_a_name_of_several_functions(stacks: Any) -> None:
    """All are named by what tells them apart."""
    with pytest.raises(UsageError, match="called so: Orders/Workflow, Prod/Refunds/Workflow: pass the whole construct"):
        FunctionSearch(client(stacks, is_loopback=True)).construct(Target.parse("Workflow"))


@pytest.mark.parametrize(
    ("stack", "given", "is_loopback", "says"),
    [
        (None, "Orders/Nobody", True, "has the functions Orders/Mail, Orders/Workflow, Prod/Refunds/Workflow"),
        (None, "Orders/Nobody", False, "us-east-1 has the functions Orders/Mail, Orders/Workflow"),
        (None, "Lab/Orders/Workflow", False, "in a stack that is called Lab-Orders or Lab, but there is none"),
        ("Orders", "Nobody", True, "no output or function is called Nobody; stack Orders has the functions"),
    ],
)
def test_rejects_what_is_not_there(stacks: Any, stack: str | None, given: str, says: str, *, is_loopback: bool) -> None:
    """With what is there, or with the way to name the stack."""
    with pytest.raises(UsageError, match=says):
        FunctionSearch(client(stacks, is_loopback=is_loopback), stack).target(given, qualifier=None)
