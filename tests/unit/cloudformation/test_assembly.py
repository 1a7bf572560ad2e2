"""Cloud assemblies: stages, environments, assets, and what is said of a broken one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly

if TYPE_CHECKING:
    from pathlib import Path


def write(directory: Path, files: dict[str, Any]) -> Path:
    """Write JSON files, making directories as needed."""
    for name, content in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return directory


def stack(environment: str, **properties: Any) -> dict[str, Any]:
    """Return a stack artifact."""
    return {"type": "aws:cloudformation:stack", "environment": environment, "properties": properties}


def test_stacks_of_stages_are_read_with_their_environment_and_assets(tmp_path: Path) -> None:
    """A nested assembly counts as the outer one does."""
    function = {"Type": "AWS::Lambda::Function", "Metadata": {"aws:cdk:path": "Prod/Shop/Fn/Resource"}}
    asset = {
        "source": {"path": "asset.abc", "packaging": "zip"},
        "destinations": {"here": {"objectKey": "abc.zip"}},
    }
    inner = stack("aws://111111111111/eu-west-1", templateFile="ProdShop.template.json", stackName="Prod-Shop")
    app = write(
        tmp_path,
        {
            "manifest.json": {
                "artifacts": {
                    "Tree": {"type": "cdk:tree"},
                    "Plain": stack("aws://unknown-account/unknown-region", templateFile="Plain.template.json"),
                    "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
                }
            },
            "Plain.template.json": {},
            "assembly-Prod/manifest.json": {"artifacts": {"ProdShop": {**inner, "displayName": "Prod/Shop"}}},
            "assembly-Prod/ProdShop.template.json": {"Resources": {"Fn": function}},
            "assembly-Prod/ProdShop.assets.json": {"files": {"abc": asset}},
        },
    )
    plain, shop = CloudAssembly.read(app).stacks
    assert ("Plain", None, None) == (plain.name, plain.account, plain.region)
    assert ("Prod-Shop", "Prod/Shop") == (shop.name, shop.display_name)
    assert ("111111111111", "eu-west-1") == (shop.account, shop.region)
    assert ["Prod/Shop/Fn/Resource"] == [resource.path for resource in shop.of_type("AWS::Lambda::Function")]
    assert {"abc.zip": app / "assembly-Prod" / "asset.abc"} == shop.assets


def test_nested_stacks_follow_the_stack_that_they_are_in(tmp_path: Path) -> None:
    """The CDK joins the URL of an asset of the parent; a template that lies elsewhere is passed over."""
    url = {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/bucket/abc.json"]]}
    resources = {
        "In": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": {"Table": "t"}}},
        "Out": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://example.org/x.json"}},
    }
    asset = {"source": {"path": "In.nested.template.json"}, "destinations": {"here": {"objectKey": "abc.json"}}}
    app = write(
        tmp_path,
        {
            "manifest.json": {"artifacts": {"Shop": stack("aws://111111111111/eu-west-1")}},
            "Shop.template.json": {"Resources": resources},
            "Shop.assets.json": {"files": {"abc": asset}},
            "In.nested.template.json": {"Resources": {"Fn": {"Type": "AWS::Lambda::Function"}}},
        },
    )
    shop, inner = CloudAssembly.read(app).stacks
    assert ("Shop-In", "eu-west-1", app / "In.nested.template.json") == (inner.name, inner.region, inner.file)
    assert inner.parent is shop
    assert {"Table": "t"} == inner.arguments
    assert {"In": inner} == shop.nested


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.txt": ""}, "is not a cloud assembly (it has no manifest.json)"),
        ({"manifest.json": "{"}, "is not JSON"),
        ({"manifest.json": "[]"}, "must hold a JSON object, got list"),
        ({"manifest.json": {"artifacts": {"S": stack("")}}}, "S.template.json cannot be read (No such file"),
        ({"manifest.json": "[" * 100_000}, "manifest.json is nested too deeply to be read"),
        (
            {"manifest.json": f'{{"artifacts": {"[" * 500}{"]" * 500}}}'},
            "manifest.json is nested deeper than 64 levels",
        ),
        ({"manifest.json": '{"a": NaN}'}, "manifest.json is not JSON (NaN is not JSON)"),
        ({"manifest.json": f'{{"a": {"9" * 5000}}}'}, "manifest.json is not JSON (Exceeds the limit"),
        ({"manifest.json": {"artifacts": 1}}, "artifacts must be an object, got int"),
        ({"manifest.json": {"artifacts": {"S": []}}}, "artifacts/S must be an object, got list"),
        (
            {"manifest.json": {"artifacts": {"S": {"type": "cdk:cloud-assembly"}}}},
            "artifacts/S/properties/directoryName must be a string, got nothing",
        ),
        (
            {
                "manifest.json": {
                    "artifacts": {"S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}
                }
            },
            "must not be an assembly within itself",
        ),
        (
            {"manifest.json": {"artifacts": {"S": stack("", stackName=None)}}, "S.template.json": {"Resources": {}}},
            "artifacts/S/properties/stackName must be a string, got nothing",
        ),
        (
            {
                "manifest.json": {"artifacts": {"S": stack("")}},
                "S.template.json": {"Resources": {}},
                "S.assets.json": {"files": {"a": {"source": {"path": 1}, "destinations": {"d": {"objectKey": "k"}}}}},
            },
            "files/a/source/path must be a string, got int",
        ),
        (
            {
                "manifest.json": {"artifacts": {"S": stack("")}},
                "S.template.json": {"Resources": {}, "Outputs": {"O": 1}},
            },
            "Outputs/O must be an object, got int",
        ),
    ],
)
def test_rejects_what_the_cdk_did_not_write(tmp_path: Path, files: dict[str, Any], says: str) -> None:
    """One error that names the file and what to run."""
    with pytest.raises(AssemblyError) as refusal:
        CloudAssembly.read(write(tmp_path, files))
    assert says in str(refusal.value)
    assert "cdk synth" in str(refusal.value)


def test_rejects_a_missing_directory(tmp_path: Path) -> None:
    """The most common mistake gets the most helpful line."""
    with pytest.raises(AssemblyError, match=r"no cloud assembly at .*cdk\.out: run `cdk synth`"):
        CloudAssembly.read(tmp_path / "cdk.out")


def test_rejects_a_stack_that_is_nested_in_itself(tmp_path: Path) -> None:
    """Reading it would not end."""
    nested = {"Resources": {"Again": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "n.json"}}}}
    files = {"n": {"source": {"path": "n.json"}, "destinations": {"d": {"objectKey": "n.json"}}}}
    assembly = {
        "manifest.json": {"artifacts": {"S": stack("")}},
        "S.template.json": nested,
        "S.assets.json": {"files": files},
        "n.json": nested,
    }
    with pytest.raises(AssemblyError, match=r"n\.json must not nest itself, as Again in stack .* does"):
        CloudAssembly.read(write(tmp_path, assembly))


def test_a_byte_order_mark_is_no_part_of_a_manifest(tmp_path: Path) -> None:
    """Some editors write one."""
    assert () == CloudAssembly.read(write(tmp_path, {"manifest.json": '\ufeff{"artifacts": {}}'})).stacks
