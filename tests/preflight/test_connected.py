"""Stacks that use values of each other, read as one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.cloudformation.template import templates
from durable_mi.preflight.model import Model
from durable_mi.preflight.report import Report

if TYPE_CHECKING:
    from pathlib import Path

WORK: dict[str, Any] = {
    "Work": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Role": "arn:aws:iam::123456789012:role/workflow",
            "DurableConfig": {"ExecutionTimeout": 600},
        },
    },
    "Version": {
        "Type": "AWS::Lambda::Version",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"FunctionName": {"Ref": "Work"}},
    },
    "Live": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "FunctionName": {"Ref": "Work"},
            "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
            "Name": "live",
        },
    },
}
ARN = {"Fn::GetAtt": ["Work", "Arn"]}
ALIAS = {"Ref": "Live"}
NESTED = "AWS::CloudFormation::Stack"


def rule(target: object) -> dict[str, Any]:
    """Return an EventBridge rule with a target."""
    targets = [{"Id": "work", "Arn": target}]
    return {
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 day)", "Targets": targets}}
    }


def exported(value: object) -> dict[str, Any]:
    """Return a stack with the function, which exports a value."""
    return {"Resources": WORK, "Outputs": {"Out": {"Value": value, "Export": {"Name": "work"}}}}


def written(directory: Path, **contents: dict[str, Any]) -> list[Path]:
    """Write templates."""
    for name, content in contents.items():
        (directory / f"{name}.json").write_text(json.dumps(content))
    return [directory / f"{name}.json" for name in contents]


def assembly(directory: Path, **contents: dict[str, Any]) -> list[Path]:
    """Write a cloud assembly of stacks."""
    artifact = {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1"}
    (directory / "manifest.json").write_text(json.dumps({"artifacts": dict.fromkeys(contents, artifact)}))
    for name, content in contents.items():
        (directory / f"{name}.template.json").write_text(json.dumps(content))
    return [directory]


def found(paths: list[Path]) -> list[tuple[str, str, str]]:
    """Return file, rule and resource of what is found."""
    places = Report.of(templates(paths)).places
    return [(place.template.file.name.partition(".")[0], place.rule.id, place.logical_id) for place in places]


def test_an_import_is_followed_to_the_other_stack(tmp_path: Path) -> None:
    """In a cloud assembly, and between templates that are named together."""
    imported = {"Resources": rule({"Fn::ImportValue": "work"})}

    assert [("B", "DMI401", "Rule")] == found(assembly(tmp_path, A=exported(ARN), B=imported))
    assert [] == found(assembly(tmp_path, A=exported(ALIAS), B=imported))
    assert [("b", "DMI401", "Rule")] == found(written(tmp_path, a=exported(ARN), b=imported))
    assert [] == found(written(tmp_path, a=exported(ALIAS), b=imported))


def test_an_export_of_two_templates_is_not_known(tmp_path: Path) -> None:
    """They are two environments: which of them the import means, nobody says."""
    imported = {"Resources": rule({"Fn::ImportValue": "work"})}

    assert [] == found(written(tmp_path, dev=exported(ARN), prod=exported(ALIAS), b=imported))


def test_an_output_of_another_stack_is_followed(tmp_path: Path) -> None:
    """The CDK's weak references."""
    output = {"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Out"}}

    assert [("B", "DMI401", "Rule")] == found(assembly(tmp_path, A=exported(ARN), B={"Resources": rule(output)}))
    assert [] == found(assembly(tmp_path, A=exported(ALIAS), B={"Resources": rule(output)}))


def test_a_nested_stack_has_what_its_parent_gives(tmp_path: Path) -> None:
    """And the parent has what it returns."""
    takes = {"Parameters": {"Target": {"Type": "String"}}, "Resources": rule({"Ref": "Target"})}

    def outer(target: object) -> dict[str, Any]:
        properties = {"TemplateURL": "takes.json", "Parameters": {"Target": target}}
        return {"Resources": {**WORK, "Sub": {"Type": NESTED, "Properties": properties}}}

    def around(name: str) -> dict[str, Any]:
        nested = {"Sub": {"Type": NESTED, "Properties": {"TemplateURL": "gives.json"}}}
        return {"Resources": {**nested, **rule({"Fn::GetAtt": ["Sub", f"Outputs.{name}"]})}}

    outputs = {"Arn": {"Value": ARN}, "Alias": {"Value": {"Fn::Sub": "${Work.Arn}:live"}}}
    written(tmp_path, takes=takes, gives={"Resources": WORK, "Outputs": outputs})

    assert [("takes", "DMI401", "Rule")] == found(written(tmp_path, outer=outer(ARN)))
    assert [] == found(written(tmp_path, outer=outer(ALIAS)))
    assert [("outer", "DMI401", "Rule")] == found(written(tmp_path, outer=around("Arn")))
    assert [] == found(written(tmp_path, outer=around("Alias")))


def test_a_parent_decides_over_loops_of_a_nested_stack(tmp_path: Path) -> None:
    """Its list counts, and not the default; a list that nobody knows is named."""
    loop = ["Name", {"Ref": "Names"}, {"${Name}Rule": rule({"Ref": "Target"})["Rule"]}]
    parameters = {"Names": {"Type": "CommaDelimitedList", "Default": "C"}, "Target": {"Type": "String"}}
    inner = {"Parameters": parameters, "Resources": {"Fn::ForEach::Rules": loop}}

    def outer(names: object) -> dict[str, Any]:
        properties = {"TemplateURL": "inner.json", "Parameters": {"Target": ARN, "Names": names}}
        own = {"Own": {"Type": "CommaDelimitedList", "Default": "A,B"}, "Open": {"Type": "CommaDelimitedList"}}
        return {"Parameters": own, "Resources": {**WORK, "Sub": {"Type": NESTED, "Properties": properties}}}

    written(tmp_path, inner=inner)
    both = [("inner", "DMI401", "ARule"), ("inner", "DMI401", "BRule")]

    assert both == found(written(tmp_path, outer=outer("A,B")))
    assert both == found(written(tmp_path, outer=outer({"Fn::Join": [",", {"Ref": "Own"}]})))
    report = Report.of(templates(written(tmp_path, outer=outer({"Fn::Join": [",", {"Ref": "Open"}]}))))
    assert ([], ["Fn::ForEach::Rules (a loop over parameter Names)"]) == (
        report.places,
        [str(unread) for _, unread in report.unread],
    )


def test_what_a_parent_chooses_is_judged_in_the_nested_stack(tmp_path: Path) -> None:
    """A mapping over the Region, and what an output of another stack is in each branch."""
    runtime = {"Fn::FindInMap": ["Runtimes", {"Ref": "AWS::Region"}, "name"]}
    work = {**WORK["Work"], "Properties": {**WORK["Work"]["Properties"], "Runtime": {"Ref": "Runtime"}}}
    written(tmp_path, inner={"Parameters": {"Runtime": {"Type": "String"}}, "Resources": {**WORK, "Work": work}})
    nested = {"Sub": {"Type": NESTED, "Properties": {"TemplateURL": "inner.json", "Parameters": {"Runtime": runtime}}}}
    names = {"eu-west-1": {"name": "python3.13"}, "us-east-1": {"name": "python3.12"}}
    assert [("inner", "DMI201", "Work")] == found(
        written(tmp_path, outer={"Mappings": {"Runtimes": names}, "Resources": nested})
    )

    exporting = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        **exported({"Fn::If": ["Prod", ALIAS, ARN]}),
    }
    imported = {"Resources": rule({"Fn::ImportValue": "work"})}
    assert [("b", "DMI401", "Rule")] == found(written(tmp_path, a=exporting, b=imported))


@pytest.mark.parametrize(("second", "expected"), [("Other", []), ("Prod", ["DMI303"])])
def test_what_a_parent_gives_to_two_stacks_is_the_same_in_both(
    tmp_path: Path, second: str, expected: list[str]
) -> None:
    """Nobody knows the stage; but two nested stacks that it switches the other way round are never both there."""
    stage = {"Stage": {"Type": "String"}, "Name": {"Type": "String", "Default": "x"}}
    prod = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
    conditions = {"Prod": prod, "Other": {"Fn::Not": [prod]}}
    timeout = {"Fn::If": ["Prod", 86400, 600]}
    work = {
        **WORK["Work"],
        "Properties": {**WORK["Work"]["Properties"], "DurableConfig": {"ExecutionTimeout": timeout}},
    }
    mapping = {"FunctionName": {"Ref": "Name"}, "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:queue"}
    reads = {"Map": {"Type": "AWS::Lambda::EventSourceMapping", "Condition": second, "Properties": mapping}}
    outputs = {"Live": {"Value": ALIAS}}
    one = {"Parameters": stage, "Conditions": conditions, "Resources": {**WORK, "Work": work}, "Outputs": outputs}
    two = {"Parameters": stage, "Conditions": conditions, "Resources": reads}

    def nested(name: str, **more: object) -> dict[str, Any]:
        given = {"Stage": {"Ref": "Stage"}, **more}
        return {"Type": NESTED, "Properties": {"TemplateURL": f"{name}.json", "Parameters": given}}

    stacks = {"One": nested("one"), "Two": nested("two", Name={"Fn::GetAtt": ["One", "Outputs.Live"]})}
    outer = {"Parameters": {"Stage": {"Type": "String"}}, "Resources": stacks}
    places = Report.of(templates(written(tmp_path, outer=outer, one=one, two=two))).places

    assert expected == [place.rule.id for place in places]
    assert all(place.finding.message.startswith("if Stage is prod: ") for place in places)


@pytest.mark.parametrize(("mapped", "expected"), [(["true", "false"], ["DMI303"]), (["false", "true"], [])])
def test_what_a_parent_chooses_for_two_parameters_is_chosen_together(
    tmp_path: Path, mapped: list[str], expected: list[str]
) -> None:
    """By one condition of its own."""
    conditions = {name: {"Fn::Equals": [{"Ref": name}, "true"]} for name in ("Long", "Mapped")}
    timeout = {"Fn::If": ["Long", 86400, 600]}
    work = {
        **WORK["Work"],
        "Properties": {**WORK["Work"]["Properties"], "DurableConfig": {"ExecutionTimeout": timeout}},
    }
    mapping = {"FunctionName": ALIAS, "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:queue"}
    reads = {"Map": {"Type": "AWS::Lambda::EventSourceMapping", "Condition": "Mapped", "Properties": mapping}}
    inner = {
        "Parameters": {name: {"Type": "String"} for name in conditions},
        "Conditions": conditions,
        "Resources": {**WORK, "Work": work, **reads},
    }
    given = {"Long": {"Fn::If": ["Prod", "true", "false"]}, "Mapped": {"Fn::If": ["Prod", *mapped]}}
    outer = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {"Sub": {"Type": NESTED, "Properties": {"TemplateURL": "inner.json", "Parameters": given}}},
    }

    assert expected == [rule for _, rule, _ in found(written(tmp_path, outer=outer, inner=inner))]


def test_a_list_that_is_joined_for_a_nested_stack_is_split_there(tmp_path: Path) -> None:
    """Ids hold no comma."""
    group = {"SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}]}
    groups = {"Fn::Split": [",", {"Ref": "Groups"}]}
    provider = {
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": groups},
        "PermissionsConfig": {"CapacityProviderOperatorRoleArn": "arn:aws:iam::123456789012:role/operator"},
    }
    inner = {
        "Parameters": {"Groups": {"Type": "String"}},
        "Resources": {"Capacity": {"Type": "AWS::Lambda::CapacityProvider", "Properties": provider}},
    }
    given = {"Groups": {"Fn::Join": [",", [{"Fn::GetAtt": ["One", "GroupId"]}, {"Fn::GetAtt": ["One", "GroupId"]}]]}}
    outer = {
        "Resources": {
            "One": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
            "Sub": {"Type": NESTED, "Properties": {"TemplateURL": "inner.json", "Parameters": given}},
        }
    }

    assert ["DMI504"] == [rule for _, rule, _ in found(written(tmp_path, outer=outer, inner=inner))]


def test_a_value_of_another_region_is_followed(tmp_path: Path) -> None:
    """With the custom resources that the CDK makes for it."""
    name = "/cdk/exports/B/Auseast1FnGetAttWorkArn"

    def stacks(value: object) -> list[Path]:
        writer = {"WriterProps": {"region": "eu-west-1", "exports": {name: value}}}
        reader = {"ReaderProps": {"region": "eu-west-1", "imports": {name: f"{{{{resolve:ssm:{name}}}}}"}}}
        writes = {"Writer": {"Type": "Custom::CrossRegionExportWriter", "Properties": writer}}
        reads = {"Reader": {"Type": "Custom::CrossRegionExportReader", "Properties": reader}}
        targets = rule({"Fn::GetAtt": ["Reader", name]})
        return assembly(tmp_path, A={"Resources": {**WORK, **writes}}, B={"Resources": {**reads, **targets}})

    assert [("B", "DMI401", "Rule")] == found(stacks(ARN))
    assert [] == found(stacks(ALIAS))


def test_a_policy_of_another_stack_counts(tmp_path: Path) -> None:
    """The CDK grants so across stacks."""
    service = {"Service": "lambda.amazonaws.com"}
    trust = {"Statement": [{"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}]}
    logs = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": [logs]}}
    work = json.loads(json.dumps(WORK))
    work["Work"]["Properties"]["Role"] = {"Fn::GetAtt": ["Role", "Arn"]}
    outputs = {"Out": {"Value": {"Ref": "Role"}, "Export": {"Name": "role"}}}
    functions = {"Resources": {**work, "Role": role}, "Outputs": outputs}

    def policy(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": [action, "lambda:GetDurableExecutionState"], "Resource": "*"}
        properties = {"PolicyDocument": {"Statement": [statement]}, "Roles": [{"Fn::ImportValue": "role"}]}
        return {"Resources": {"Policy": {"Type": "AWS::IAM::Policy", "Properties": properties}}}

    assert [] == found(assembly(tmp_path, A=functions, B=policy("lambda:CheckpointDurableExecution")))
    assert [("A", "DMI601", "Role")] == found(assembly(tmp_path, A=functions, B=policy("lambda:GetFunction")))


def test_stacks_of_two_stages_are_apart(tmp_path: Path) -> None:
    """The same logical ids in stacks that have nothing to do with each other, and in ones that have."""
    used = {"Resources": {**WORK, **rule({"Fn::ImportValue": "work"})}}
    report = Report.of(templates(assembly(tmp_path, A=exported(ARN), B=used, C={"Resources": WORK})))

    assert ["Rule"] == [place.logical_id for place in report.places]
    assert "the alias Live of stack A" in report.places[0].finding.message
    assert [1, 1, 1] == [result.functions for result in report.results]


def test_conditions_of_one_of_the_stacks_are_tried_out(tmp_path: Path) -> None:
    """The rule is wrong in one branch, and the other stack is as it is."""
    chosen = {"Fn::If": ["Prod", {"Fn::ImportValue": "work"}, {"Ref": "Other"}]}
    imported = {
        "Parameters": {"Stage": {"Type": "String"}, "Other": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": rule(chosen),
    }
    (place,) = Report.of(templates(assembly(tmp_path, A=exported(ARN), B=imported))).places

    assert ("DMI401", True) == (place.rule.id, place.finding.message.startswith("if Prod: "))


def test_a_parameter_is_that_of_its_own_stack(tmp_path: Path) -> None:
    """A parameter of a name holds no colon, also where another stack has one of the same name that may."""
    service = {"Service": "lambda.amazonaws.com"}
    trust = {"Statement": [{"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}]}
    logs = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": [logs]}}
    work = json.loads(json.dumps(WORK))
    work["Work"]["Properties"]["Role"] = {"Fn::GetAtt": ["Role", "Arn"]}
    outputs = {"Out": {"Value": {"Ref": "Role"}, "Export": {"Name": "role"}}}
    name = {"Type": "String"}
    colons = {"Type": "String", "AllowedValues": ["a", "a:*"]}

    def both(of_role: dict[str, Any], of_policy: dict[str, Any]) -> list[tuple[str, str, str]]:
        resource = {"Fn::Sub": "arn:aws:lambda:*:*:function:${TheName}"}
        actions = ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"]
        statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
        properties = {"PolicyDocument": {"Statement": [statement]}, "Roles": [{"Fn::ImportValue": "role"}]}
        policy = {"Policy": {"Type": "AWS::IAM::Policy", "Properties": properties}}
        return found(
            assembly(
                tmp_path,
                A={"Parameters": {"TheName": of_role}, "Resources": {**work, "Role": role}, "Outputs": outputs},
                B={"Parameters": {"TheName": of_policy}, "Resources": policy},
            )
        )

    assert [("B", "DMI602", "Policy")] == both(colons, name)
    assert [] == both(name, colons)


def test_stacks_that_decide_nothing_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stack of the CDK has a parameter; to read all stacks again for each of them takes the square of the time."""
    version = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}
    parameters = {"BootstrapVersion": version}
    models = []

    class Counted(Model):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            models.append(self)

    monkeypatch.setattr("durable_mi.preflight.branches.judgement.Model", Counted)
    first = {"Parameters": parameters, **exported(ARN)}
    second = {"Parameters": parameters, "Resources": rule({"Fn::ImportValue": "work"})}

    assert [("B", "DMI401", "Rule")] == found(assembly(tmp_path, A=first, B=second))
    assert 1 == len(models)
