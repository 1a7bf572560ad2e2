"""Templates as snapshots keep them, with the shapes that several versions of the CDK write."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.testing import stable_template, stable_text

if TYPE_CHECKING:
    from pathlib import Path


def asset(content: str) -> str:
    """Return an asset's hash."""
    return hashlib.sha256(content.encode()).hexdigest()


def version(content: str, construct: str = "WorkflowCurrentVersion", path: str = "1F2E3D4C") -> str:
    """Return the logical id of a published version."""
    return f"{construct}{path}{hashlib.md5(content.encode()).hexdigest()}"  # noqa: S324 - as the CDK does


def resources(**entries: Any) -> dict[str, Any]:
    """Return a template with these resources."""
    return {"Resources": entries}


BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
CODE = asset("code")
JOINED = {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, f"/cdk-assets/{CODE}.json"]]}
S3_LOCATION = "S3 location: s3://cdk-assets/prefix/{}.py and {}"


@pytest.mark.parametrize(
    ("value", "stable"),
    [
        pytest.param(
            {"S3Bucket": BUCKET, "S3Key": f"{CODE}.zip"}, {"S3Bucket": BUCKET, "S3Key": "<asset>.zip"}, id="zip"
        ),
        pytest.param({"S3Key": CODE}, {"S3Key": "<asset>"}, id="file-without-ending"),
        pytest.param({"S3Key": f"team/prefix-{CODE}.jar"}, {"S3Key": "team/prefix-<asset>.jar"}, id="prefix"),
        pytest.param({"S3Key": f"data{CODE}.zip"}, {"S3Key": "data<asset>.zip"}, id="prefix-that-ends-with-hex"),
        pytest.param({"S3Key": f"asset_{CODE}.zip"}, {"S3Key": "asset_<asset>.zip"}, id="underscore"),
        pytest.param(
            {"ImageUri": {"Fn::Sub": f"${{AWS::AccountId}}.dkr.ecr.eu-west-1.${{AWS::URLSuffix}}/assets:{CODE}"}},
            {"ImageUri": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.eu-west-1.${AWS::URLSuffix}/assets:<asset>"}},
            id="image-tag",
        ),
        pytest.param({"ImageUri": f"repo:web-{CODE}"}, {"ImageUri": "repo:web-<asset>"}, id="image-tag-prefix"),
        pytest.param(
            {"TemplateURL": JOINED},
            {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/cdk-assets/<asset>.json"]]}},
            id="nested-stack",
        ),
        pytest.param(
            {"Text": S3_LOCATION.format(CODE, asset("more"))},
            {"Text": S3_LOCATION.format("<asset>", "<asset>")},
            id="within-text",
        ),
        pytest.param(
            {"Keys": [f"{CODE}.zip", {"Key": CODE}]}, {"Keys": ["<asset>.zip", {"Key": "<asset>"}]}, id="lists"
        ),
        pytest.param({CODE: 1, "plain": None}, {"<asset>": 1, "plain": None}, id="key"),
    ],
)
def test_hides_asset_hashes(value: dict[str, Any], stable: dict[str, Any]) -> None:
    """Wherever the CDK writes them, in keys and in values."""
    template = resources(Any={"Type": "Custom::Any", "Properties": value})

    assert resources(Any={"Type": "Custom::Any", "Properties": stable}) == stable_template(template)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(f"public.ecr.aws/lambda/python@sha256:{CODE}", id="image-digest"),
        pytest.param(hashlib.sha512(b"x").hexdigest(), id="sha-512"),
        pytest.param(hashlib.sha1(b"x").hexdigest(), id="sha-1"),  # noqa: S324 - a thumbprint has this form
        pytest.param(CODE.upper(), id="upper-case"),
        pytest.param("AWS679f53fac002430cb0da5b7982bd22872D164C4C", id="singleton-with-lower-case-uuid"),
        pytest.param("CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536", id="singleton"),
        pytest.param("CustomVpcRestrictDefaultSGCustomResourceProviderHandlerDC833E5E", id="provider"),
        pytest.param("WorkflowCurrentVersion1F2E3D4C", id="version-without-content-hash"),
        pytest.param("8693bb64-9689-44b6-9aaf-b0cc9eb8756c", id="uuid"),
    ],
)
def test_keeps_what_matters(value: str) -> None:
    """What someone decided, and ids that follow from the construct's path alone."""
    template = resources(Plain={"Type": "Custom::Any", "Properties": {"Value": value}})

    assert template == stable_template(template)
    assert {value: 1} == stable_template({value: 1})


def test_keeps_the_template_itself() -> None:
    """What was passed is not changed, and nothing of it is shared."""
    template = resources(Any={"Type": "Custom::Any", "Properties": {"S3Key": CODE, "List": [{}]}})
    before = copy.deepcopy(template)
    stable = stable_template(template)
    stable["Resources"]["Any"]["Properties"]["List"][0]["more"] = 1

    assert before == template


def referring(logical_id: str) -> dict[str, Any]:
    """Return a template that refers to a version in every way."""
    return {
        "Conditions": {f"Has{logical_id}": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
        "Resources": {
            "Alias": {
                "Type": "AWS::Lambda::Alias",
                "DependsOn": [logical_id],
                "Condition": f"Has{logical_id}",
                "Properties": {"FunctionVersion": {"Fn::GetAtt": [logical_id, "Version"]}},
            },
            "Short": {"Type": "Custom::Any", "DependsOn": logical_id, "Properties": {"V": {"Ref": logical_id}}},
            "Yaml": {"Type": "Custom::Any", "Properties": {"V": {"Fn::GetAtt": f"{logical_id}.Version"}}},
            "Sub": {
                "Type": "Custom::Any",
                "Properties": {"V": {"Fn::Sub": f"a ${{{logical_id}.Version}} ${{{logical_id}}}"}},
            },
            logical_id: {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Workflow"}}},
        },
        "Outputs": {f"ExportsOutputRef{logical_id}0A1B2C3D": {"Value": {"Ref": logical_id}}},
    }


def test_references_follow_a_renamed_version() -> None:
    """`Ref`, `Fn::GetAtt` in both forms, `Fn::Sub`, `DependsOn` in both forms and conditions name what is defined."""
    name = "WorkflowCurrentVersion<hash>"
    expected = referring(name)
    expected["Outputs"] = {f"ExportsOutputRef{name}": {"Value": {"Ref": name}}}

    assert expected == stable_template(referring(version("code")))


def test_code_moves_nothing() -> None:
    """Two templates whose code alone differs have one snapshot, whatever the order of their keys."""
    one, other = referring(version("code")), referring(version("other code"))

    assert one != other
    assert stable_text(one) == stable_text(other)
    assert stable_text(one) == stable_text(json.loads(json.dumps(other, sort_keys=True)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(version("a", path="11111111"), version("b", path="22222222"), id="two-constructs"),
        pytest.param(version("a"), version("b"), id="one-construct"),
        pytest.param(version("a", "ApiDeployment"), version("b", "ApiDeployment"), id="deployments"),
    ],
)
def test_two_versions_never_become_one(first: str, second: str) -> None:
    """Names that differ in their hashes only are numbered, and each reference keeps to its own."""
    template = resources(
        One={"Type": "Custom::Any", "Properties": {"V": {"Ref": first}}},
        Two={"Type": "Custom::Any", "Properties": {"V": {"Ref": second}, "Text": f"${{{second}}}"}},
        **{second: {"Type": "AWS::Lambda::Version"}, first: {"Type": "AWS::Lambda::Version"}},
    )
    one = first[: -len("111111110123456789abcdef0123456789abcdef")] + "<hash>"
    two = one.replace("<hash>", "<hash 2>")

    assert resources(
        One={"Type": "Custom::Any", "Properties": {"V": {"Ref": one}}},
        Two={"Type": "Custom::Any", "Properties": {"V": {"Ref": two}, "Text": f"${{{two}}}"}},
        **{two: {"Type": "AWS::Lambda::Version"}, one: {"Type": "AWS::Lambda::Version"}},
    ) == stable_template(template)


def legacy(code: str, other: str) -> dict[str, Any]:
    """Return what the legacy synthesizer writes for two assets: three parameters for each."""
    parameters = {
        f"AssetParameters{content}{name}{identity}": {
            "Type": "String",
            "Description": f'{about} for asset "{content}"',
        }
        for content in (code, other)
        for name, about in (("S3Bucket", "S3 bucket"), ("S3VersionKey", "S3 key"), ("ArtifactHash", "Artifact hash"))
        for identity in [hashlib.md5(f"{content}{name}".encode()).hexdigest()[:8].upper()]  # noqa: S324 - as the CDK
    }
    names = list(parameters)
    return {
        "Parameters": parameters,
        "Resources": {
            "First": {"Type": "Custom::Any", "Properties": {"S3Bucket": {"Ref": names[0]}, "S3Key": {"Ref": names[1]}}},
            "Second": {
                "Type": "Custom::Any",
                "Properties": {"S3Bucket": {"Ref": names[3]}, "S3Key": {"Ref": names[4]}},
            },
            "Nested": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"Parameters": {f"referencetoShop{names[0]}Ref": {"Ref": names[0]}}},
            },
        },
    }


def test_hides_the_parameters_of_legacy_assets() -> None:
    """They stay apart, in the order in which resources use them, though a hash decides the order of sorted keys."""
    stable = stable_template(legacy(asset("a"), asset("b")))

    assert {
        f"AssetParameters{name}"
        for mark in ("<asset>", "<asset 2>")
        for name in (f"{mark}S3Bucket", f"{mark}S3VersionKey", f"{mark}ArtifactHash")
    } == set(stable["Parameters"])
    assert {"Ref": "AssetParameters<asset>S3Bucket"} == stable["Resources"]["First"]["Properties"]["S3Bucket"]
    assert {"Ref": "AssetParameters<asset 2>S3VersionKey"} == stable["Resources"]["Second"]["Properties"]["S3Key"]
    assert {"referencetoShopAssetParameters<asset>S3BucketRef": {"Ref": "AssetParameters<asset>S3Bucket"}} == stable[
        "Resources"
    ]["Nested"]["Properties"]["Parameters"]
    assert 'S3 key for asset "<asset>"' == stable["Parameters"]["AssetParameters<asset>S3VersionKey"]["Description"]
    texts = {
        stable_text(json.loads(json.dumps(legacy(asset(a), asset(b)), sort_keys=True)))
        for a, b in ("ab", "ba", "cd", "dc", "ef")
    }
    assert {stable_text(legacy(asset("a"), asset("b")))} == texts


def metadata(analytics: dict[str, str], *regions: str) -> dict[str, Any]:
    """Return a template with what the CDK reports about itself."""
    return {
        "Conditions": {
            "CDKMetadataAvailable": {"Fn::Or": [{"Fn::Equals": [{"Ref": "AWS::Region"}, name]} for name in regions]},
            "IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        },
        "Resources": {
            "CDKMetadata": {
                "Type": "AWS::CDK::Metadata",
                "Properties": analytics,
                "Metadata": {"aws:cdk:path": "Shop/CDKMetadata/Default"},
                "Condition": "CDKMetadataAvailable",
            },
            "Table": {"Type": "AWS::DynamoDB::Table", "Condition": "IsProduction"},
        },
    }


@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("Analytics", ("v2:deflate64:H4sIAAAA", "v2:deflate64:H4sIBBBB"), id="second"),
        pytest.param("Modules", ("aws-cdk=1.60.0,jsii-runtime=node", "aws-cdk=1.61.0"), id="first"),
    ],
)
def test_hides_what_the_cdk_reports_about_itself(name: str, values: tuple[str, str]) -> None:
    """Another CDK, and another list of Regions; conditions of the app stay."""
    old, new = metadata({name: values[0]}, "us-east-1"), metadata({name: values[1]}, "us-east-1", "eu-west-1")
    stable = stable_template(new)

    assert stable_text(old) == stable_text(new)
    assert {name: f"<{name.lower()}>"} == stable["Resources"]["CDKMetadata"]["Properties"]
    assert {**new["Conditions"], "CDKMetadataAvailable": "<regions>"} == stable["Conditions"]
    assert new["Resources"]["Table"] == stable["Resources"]["Table"]


@pytest.mark.parametrize(
    ("path", "stable"),
    [
        pytest.param(f"asset.{CODE}", "asset.<asset>", id="staged"),
        pytest.param(f"asset.{CODE}.zip", "asset.<asset>.zip", id="archive"),
        pytest.param("/home/me/shop/workflow", "<directory>/workflow", id="not-staged"),
        pytest.param("C:\\Users\\me\\shop\\workflow", "<directory>/workflow", id="windows"),
        pytest.param(f"/tmp/cdk.outX/asset.{CODE}", "<directory>/asset.<asset>", id="staged-elsewhere"),  # noqa: S108
        pytest.param("ShopNested1A2B3C4D.nested.template.json", "ShopNested1A2B3C4D.nested.template.json", id="nested"),
    ],
)
def test_hides_directories_in_the_metadata_of_assets(path: str, stable: str) -> None:
    """With the asset's own name, and beside values that are no texts."""
    about = {"aws:cdk:path": "/Shop/Workflow", "aws:asset:is-bundled": False, "aws:asset:property": "Code"}
    template = resources(Any={"Type": "Custom::Any", "Metadata": {**about, "aws:asset:path": path}})

    assert {**about, "aws:asset:path": stable} == stable_template(template)["Resources"]["Any"]["Metadata"]


def test_two_keys_never_become_one() -> None:
    """Also where they are nothing but hashes."""
    stable = stable_template(resources(Any={"Type": "Custom::Any", "Properties": {asset("a"): 1, asset("b"): 2}}))

    assert {"<asset>": 1, "<asset> 2": 2} == stable["Resources"]["Any"]["Properties"]


def test_is_stable_itself() -> None:
    """A stable template is its own stable template."""
    stable = stable_template(legacy(asset("a"), asset("b")) | referring(version("code")))

    assert stable == stable_template(stable)


def test_text_is_json_with_sorted_keys() -> None:
    """Letters beyond ASCII stay readable."""
    assert '{\n  "A": "ü",\n  "B": [\n    1\n  ]\n}\n' == stable_text({"B": (1,), "A": "ü"})


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_reads_a_file(tmp_path: Path, ending: str) -> None:
    """JSON and YAML, with CloudFormation's short tags in their long form."""
    file = tmp_path / f"template.{ending}"
    if ending == "json":
        file.write_text(json.dumps(resources(Any={"Type": "Custom::Any", "Properties": {"V": {"Ref": CODE}}})))
    else:
        file.write_text(f"Resources:\n  Any:\n    Type: Custom::Any\n    Properties:\n      V: !Ref {CODE}\n")

    assert resources(Any={"Type": "Custom::Any", "Properties": {"V": {"Ref": "<asset>"}}}) == stable_template(file)


@pytest.mark.parametrize("value", ["template.json", None, 7, ["Resources"], object()])
def test_rejects_what_is_no_template(value: Any) -> None:
    """With what to pass instead."""
    with pytest.raises(TypeError, match=f"must be a template's content .* got {type(value).__name__}: pass stacks"):
        stable_template(value)


def test_rejects_a_file_that_is_no_template(tmp_path: Path) -> None:
    """With its name and the place."""
    file = tmp_path / "template.json"
    file.write_text("{")

    with pytest.raises(ValueError, match=r"template\.json:1:2: is not JSON"):
        stable_text(file)
