"""SAM templates: what SAM makes of its resources, as the rules see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check

if TYPE_CHECKING:
    from durable_mi.preflight.report import Result

FUNCTION = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Order:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: order/
      Handler: order.handler
      Runtime: python3.13
      DurableConfig: {ExecutionTimeout: 900}
"""


def result_of(text: str) -> Result:
    """Check a template's text."""
    return check(Template.of(Source.parse(Path("sam.yaml"), text)))


def found(text: str) -> list[tuple[str, str]]:
    """Rules and the logical ids in the file that they are about."""
    return sorted((place.rule.id, place.logical_id) for place in result_of(text).places)


@pytest.mark.parametrize(
    ("kind", "rule_id"),
    [
        ("Api", "DMI406"),
        ("CloudWatchLogs", "DMI410"),
        ("DynamoDB", "DMI403"),
        ("EventBridgeRule", "DMI401"),
        ("HttpApi", "DMI406"),
        ("IoTRule", "DMI410"),
        ("Kinesis", "DMI403"),
        ("S3", "DMI405"),
        ("SNS", "DMI404"),
        ("SQS", "DMI403"),
        ("Schedule", "DMI401"),
        ("ScheduleV2", "DMI402"),
    ],
)
def test_events_go_to_the_alias_that_sam_publishes(kind: str, rule_id: str) -> None:
    """Without AutoPublishAlias they go to the unqualified function."""
    events = f"      Events: {{Trigger: {{Type: {kind}}}}}\n"

    assert [(rule_id, "Order"), ("DMI702", "Order")] == sorted(found(FUNCTION + events))
    assert [] == found(f"{FUNCTION}{events}      AutoPublishAlias: live\n")


def test_a_url_and_destinations_are_seen() -> None:
    """They are properties of SAM's function."""
    extra = (
        "      FunctionUrlConfig: {AuthType: AWS_IAM}\n"
        "      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !Ref Queue}}}\n"
    )

    assert [("DMI306", "Order"), ("DMI407", "Order"), ("DMI702", "Order")] == found(FUNCTION + extra)


def test_globals_are_merged() -> None:
    """A resource's own values win, and IgnoreGlobals takes them away."""
    shared = "Globals: {Function: {Timeout: 1000, Runtime: python3.9}}\n"
    alias = "      AutoPublishAlias: live\n"
    ignoring = FUNCTION.replace("    Properties:", "    IgnoreGlobals: '*'\n    Properties:")

    assert [("DMI307", "Order")] == found(shared + FUNCTION + alias)
    assert [] == found(shared + ignoring + alias)
    assert [("DMI201", "Order"), ("DMI307", "Order")] == found(
        shared + FUNCTION.replace("      Runtime: python3.13\n", "") + alias
    )


@pytest.mark.parametrize(
    ("provider", "deletion", "expected"),
    [
        ("", "", []),
        ("", "      VersionDeletionPolicy: Delete\n", ["DMI701"]),
        ("      CapacityProviderConfig: {Arn: !Ref Capacity}\n", "", ["DMI701"]),
        ("      CapacityProviderConfig: {Arn: !Ref Capacity}\n", "      VersionDeletionPolicy: Retain\n", []),
    ],
)
def test_versions_are_kept_as_sam_keeps_them(provider: str, deletion: str, expected: list[str]) -> None:
    """By default it deletes those of a function on managed instances, and no others."""
    text = f"{FUNCTION}      AutoPublishAlias: live\n{provider}{deletion}"

    assert expected == [rule for rule, _ in found(text)]


def test_the_role_is_sams_unless_one_is_named() -> None:
    """SAM's own may checkpoint; one of the template is judged as everywhere."""
    role: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": []}}
    named = f"{FUNCTION}      AutoPublishAlias: live\n      Role: !GetAtt Mine.Arn\n  Mine: {role}\n"

    assert [] == found(f"{FUNCTION}      AutoPublishAlias: live\n")
    assert [("DMI210", "Mine"), ("DMI601", "Mine")] == found(named)


def test_the_alias_is_referred_to_by_sams_name() -> None:
    """``!Ref Order.Alias`` is the alias."""
    rule = "  Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Id: a, Arn: !Ref Order.Alias}]}}\n"

    assert [] == found(f"{FUNCTION}      AutoPublishAlias: live\n{rule}")
    assert ("DMI401", "Rule") in found(FUNCTION + rule.replace("!Ref Order.Alias", "!GetAtt Order.Arn"))


def test_a_finding_is_where_the_sam_resource_stands() -> None:
    """Also for what SAM generates."""
    (place,) = result_of(FUNCTION).places

    assert ("Order", 3) == (
        place.logical_id,
        Source.parse(Path("sam.yaml"), FUNCTION).position(("Resources", "Order")).line,
    )
    assert "DMI702" == place.rule.id


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("{Arn: !Ref Provider}", []),
        ("{LambdaManagedInstancesCapacityProviderConfig: {CapacityProviderArn: !Ref Provider}}", ["DMI115"]),
    ],
)
def test_a_capacity_provider_in_one_branch_has_sams_form(provider: str, expected: list[str]) -> None:
    """In that branch, and in none where the condition has no value."""
    report = found(
        f"""\
Transform: AWS::Serverless-2016-10-31
Parameters: {{Provider: {{Type: String}}, Stage: {{Type: String}}}}
Conditions: {{Prod: !Equals [!Ref Stage, prod]}}
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      MemorySize: 4096
      AutoPublishAlias: live
      VersionDeletionPolicy: Retain
      DurableConfig: {{ExecutionTimeout: 600}}
      CapacityProviderConfig: !If [Prod, {provider}, !Ref AWS::NoValue]
      FunctionScalingConfig: !If [Prod, {{MinExecutionEnvironments: 3}}, !Ref AWS::NoValue]
"""
    )

    assert expected == [rule for rule, _ in report]


def test_a_definition_beside_the_template_is_read(tmp_path: Path) -> None:
    """SAM's packaging uploads it; one in S3 is named."""
    task = {"Type": "Task", "Resource": "${Work}", "End": True}
    (tmp_path / "machine.json").write_text(json.dumps({"StartAt": "Run", "States": {"Run": task}}))
    file = tmp_path / "template.yaml"

    def result(location: str) -> Result:
        file.write_text(
            f"""\
Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: {{Runtime: python3.13, AutoPublishAlias: live, DurableConfig: {{ExecutionTimeout: 600}}}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {{DefinitionUri: {location}, DefinitionSubstitutions: {{Work: !GetAtt Work.Arn}}}}
"""
        )
        return check(Template.of(Source.read(file)))

    assert ["DMI408"] == [place.rule.id for place in result("machine.json").places]
    assert [] == result("machine.json").template.unread
    assert ["Machine (a state machine, whose definition is elsewhere)"] == [
        str(unread) for unread in result("s3://bucket/machine.json").template.unread
    ]
