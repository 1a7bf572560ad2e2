"""Loops, includes and templates in templates: read, or named as not looked into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template, templates, with_nested
from durable_mi.findings.annotations import github_annotations
from durable_mi.preflight.output.document import content
from durable_mi.preflight.output.sarif import sarif
from durable_mi.preflight.output.text import not_looked_into, text
from durable_mi.preflight.report import Report

OLD = "{Type: AWS::Lambda::Function, Properties: {Runtime: python3.9, DurableConfig: {ExecutionTimeout: 60}}}"


def report_of(written: str) -> Report:
    """Check a template's text."""
    return Report.of(list(with_nested([Template.of(Source.parse(Path("loops.yaml"), written))])), ignored={"DMI702"})


def found(report: Report) -> list[tuple[str, str]]:
    """Return the rules that do not hold, with the resources."""
    return [(place.rule.id, place.logical_id) for place in report.places]


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        (f"[Name, [A, B], {{'${{Name}}Fn': {OLD}}}]", ["AFn", "BFn"]),
        (f"[Name, !Ref Names, {{'${{Name}}Fn': {OLD}}}]", ["CFn", "DFn"]),
        (f"[Name, [a-b], {{'F&{{Name}}': {OLD}}}]", ["Fab"]),
        (
            f"[N, [A, B], {{'Fn::ForEach::In': [K, !FindInMap [M, !Ref N, L], {{'F${{N}}${{K}}': {OLD}}}]}}]",
            ["FAx", "FAy", "FBz"],
        ),
        ("[Name, [A], {'${Name}Fn': {Type: AWS::SNS::Topic}}]", []),
    ],
)
def test_a_loop_over_resources_is_expanded(loop: str, expected: list[str]) -> None:
    """Over a list, a parameter with a default, in a loop, and with what ids cannot hold left out."""
    sections = (
        "Parameters: {Names: {Type: CommaDelimitedList, Default: 'C,D'}}\nMappings: {M: {A: {L: [x, y]}, B: {L: [z]}}}"
    )
    report = report_of(f"{sections}\nResources:\n  Fn::ForEach::Work: {loop}\n")

    assert [("DMI201", logical_id) for logical_id in expected] == found(report)
    assert [] == report.unread


def test_a_loop_is_expanded_in_conditions_and_properties() -> None:
    """Wherever CloudFormation does."""
    report = report_of(
        """\
Parameters: {Stage: {Type: String, AllowedValues: [A, B]}}
Conditions:
  Fn::ForEach::Stages: [N, [A, B], {"Is${N}": !Equals [!Ref Stage, !Ref N]}]
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Fn::ForEach::Keys: [K, [Runtime], {"${K}": python3.9}]
      DurableConfig: {ExecutionTimeout: !If [IsA, 0, 60]}
"""
    )

    assert [("DMI201", "Fn"), ("DMI301", "Fn")] == found(report)
    assert report.places[1].finding.message.startswith("if IsA: ")


def test_a_finding_in_a_loop_is_where_the_loop_has_it() -> None:
    """The line of the value, not of the template's beginning."""
    written = """\
Resources:
  Fn::ForEach::Work:
    - Name
    - [A]
    - ${Name}Fn:
        Type: AWS::Lambda::Function
        Properties:
          DurableConfig: {ExecutionTimeout: 60}
          Runtime: python3.9
"""
    (place,) = report_of(written).places
    source = Source.parse(Path("loops.yaml"), written)

    assert 9 == source.position(place.template.place(place.finding.logical_id, place.finding.path)).line


@pytest.mark.parametrize(
    ("resources", "named"),
    [
        (
            "Fn::ForEach::W: [N, !Ref Open, {'W${N}': {Type: AWS::SNS::Topic}}]",
            "Fn::ForEach::W (a loop over parameter Open)",
        ),
        ("Fn::ForEach::W: [N]", "Fn::ForEach::W (a loop that is not of CloudFormation's form)"),
        (
            "Sub: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://b/t'}}",
            "Sub (a nested stack, whose template is elsewhere)",
        ),
        (
            "Set: {Type: AWS::CloudFormation::StackSet, Properties: {TemplateURL: 'https://b/t'}}",
            "Set (a stack set, whose template is elsewhere)",
        ),
        (
            "App: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a}}}",
            "App (a nested application, whose template is elsewhere)",
        ),
        ("M: {Type: 'My::Own::Thing::MODULE'}", "M (the module My::Own::Thing::MODULE)"),
        (
            "F: {Type: AWS::Lambda::Function, Properties: {DurableConfig: {}, Fn::Transform: {Name: Mine}}}",
            "F (a macro or an include within it)",
        ),
        (
            "Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}",
            "what the transform AWS::Include adds to Resources",
        ),
        ("C: {Type: AWS::Serverless::GraphQLApi}", "C (the SAM resource type AWS::Serverless::GraphQLApi)"),
        (
            "A: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {Fn::Transform: {Name: Mine}}}}",
            "A (what a macro or an include gives within it)",
        ),
    ],
)
def test_what_is_not_looked_into_is_named_in_every_output(resources: str, named: str) -> None:
    """Without an option, so that nobody takes silence for a finding of nothing."""
    report = report_of(f"Parameters: {{Open: {{Type: CommaDelimitedList}}}}\nResources:\n  {resources}\n")
    (sentence,) = not_looked_into(report)

    assert [] == found(report)
    assert sentence.endswith(f" not looked into: {named}.")
    assert " ".join(named.split()) in " ".join(text(report).split())
    assert 1 == len(content(report)["notLookedInto"])
    (run,) = json.loads(sarif(report))["runs"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert ("note", sentence) == (notification["level"], notification["message"]["text"])
    assert f"::notice title=not looked into::{sentence}" == github_annotations([], notes=[sentence])


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (
            "A: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: {Bucket: b, Key: k}}}",
            "A (an API, whose definition is elsewhere)",
        ),
        (
            "M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: {Bucket: b, Key: k}}}",
            "M (a state machine, whose definition is elsewhere)",
        ),
    ],
)
def test_a_definition_elsewhere_is_named_beside_functions(resources: str, expected: str) -> None:
    """Without a function that is durable or managed, it invokes nothing that rules are about."""
    function = "F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, %s}}"
    durable = function % "DurableConfig: {ExecutionTimeout: 60}"
    plain = function % "Timeout: 60"

    assert [expected] == [str(each) for _, each in report_of(f"Resources:\n  {resources}\n  {durable}\n").unread]
    assert [] == report_of(f"Resources:\n  {resources}\n  {plain}\n").unread


def test_a_macro_over_the_template_is_named_and_known_ones_are_not() -> None:
    """What it makes nobody knows."""
    report = report_of("Transform: [AWS::LanguageExtensions, Mine]\nResources: {T: {Type: AWS::SNS::Topic}}\n")

    assert ["what the transform Mine makes of the template"] == [str(each) for _, each in report.unread]


def test_a_stack_sets_body_is_read() -> None:
    """With its parameters; findings are at the property."""
    report = report_of(
        """\
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      Parameters: [{ParameterKey: Runtime, ParameterValue: python3.8}]
      TemplateBody: |
        Parameters: {Runtime: {Type: String}}
        Resources:
          Fn:
            Type: AWS::Lambda::Function
            Properties: {Runtime: !Ref Runtime, DurableConfig: {ExecutionTimeout: 60}}
"""
    )

    assert [("DMI201", "Set")] == found(report)
    assert [] == report.unread


@pytest.mark.parametrize(
    ("seconds", "groups", "expected"),
    [
        ("60", [], []),
        ("0", [], ["DMI301"]),
        ("0", ["60", "60"], []),
        ("60", ["60", "0"], ["DMI301"]),
    ],
)
@pytest.mark.parametrize("function", ["Fn::ToJsonString", ""])
def test_a_stack_sets_body_may_be_an_object(
    function: str, seconds: str, groups: list[str], expected: list[str]
) -> None:
    """As it is, or through ``Fn::ToJsonString``; groups of instances have parameters of their own."""
    work = {"Runtime": "python3.13", "DurableConfig": {"ExecutionTimeout": {"Ref": "Seconds"}}}
    resources = {"Fn": {"Type": "AWS::Lambda::Function", "Properties": work}}
    body = {"Parameters": {"Seconds": {"Type": "Number"}}, "Resources": resources}

    def parameters(value: str) -> list[dict[str, str]]:
        return [{"ParameterKey": "Seconds", "ParameterValue": value}]

    properties = {
        "Parameters": parameters(seconds),
        "StackInstancesGroup": [{"ParameterOverrides": parameters(each)} for each in groups],
        "TemplateBody": {function: body} if function else body,
    }
    report = report_of(
        json.dumps({"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}})
    )

    assert [(rule, "Set") for rule in expected] == found(report)
    assert [] == report.unread


@pytest.mark.parametrize(("rollout", "expected"), [("'no'", []), ("'yes'", ["got 0 seconds", "got 31622401 seconds"])])
def test_every_group_of_a_stack_set_is_there_only_with_the_set(rollout: str, expected: list[str]) -> None:
    """Each of them, the first too, and none of a set that is left out."""
    report = report_of(
        f"""\
Parameters: {{Rollout: {{Type: String, Default: {rollout}}}}}
Conditions: {{Rollout: !Equals [!Ref Rollout, 'yes']}}
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Condition: Rollout
    Properties:
      StackInstancesGroup:
        - ParameterOverrides: [{{ParameterKey: Seconds, ParameterValue: '0'}}]
        - ParameterOverrides: [{{ParameterKey: Seconds, ParameterValue: '31622401'}}]
      TemplateBody: |
        Parameters: {{Seconds: {{Type: Number}}}}
        Resources:
          Fn:
            Type: AWS::Lambda::Function
            Properties: {{Runtime: python3.13, DurableConfig: {{ExecutionTimeout: !Ref Seconds}}}}
"""
    )
    messages = [place.finding.message for place in report.places if place.rule.id == "DMI301"]

    assert len(expected) == len(messages)
    assert all(part in message for part, message in zip(expected, messages, strict=True))


@pytest.mark.parametrize(
    ("kind", "key"),
    [("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")],
)
def test_a_nested_template_beside_the_file_is_read_once(tmp_path: Path, kind: str, key: str) -> None:
    """Also if it is named by itself, where its parameters are not known."""
    (tmp_path / "inner.yaml").write_text(
        f"Parameters: {{Runtime: {{Type: String, Default: python3.13}}}}\nResources: {{Fn: {OLD}}}\n".replace(
            "python3.9", "!Ref Runtime"
        )
    )
    properties: dict[str, Any] = {key: "./inner.yaml", "Parameters": {"Runtime": "python3.8"}}
    outer = {"Resources": {"Sub": {"Type": kind, "Properties": properties}}}
    (tmp_path / "outer.json").write_text(json.dumps(outer))
    report = Report.of(templates([tmp_path / "outer.json", tmp_path / "inner.yaml"]), ignored={"DMI702"})

    assert ["outer.json", "inner.yaml"] == [result.template.file.name for result in report.results]
    assert [("DMI201", "Fn")] == found(report)
    assert [] == report.unread


def test_an_include_beside_the_file_is_read(tmp_path: Path) -> None:
    """As ``aws cloudformation package`` would upload it."""
    (tmp_path / "more.yaml").write_text(f"Fn: {OLD}\n")
    location = "{Name: AWS::Include, Parameters: {Location: more.yaml}}"
    (tmp_path / "t.yaml").write_text(f"Resources:\n  Fn::Transform: {location}\n")
    report = Report.of(templates([tmp_path / "t.yaml"]), ignored={"DMI702"})

    assert [("DMI201", "Fn")] == found(report)


def test_an_include_at_the_top_brings_sections(tmp_path: Path) -> None:
    """Beside those of the template; one whose file is elsewhere is named."""
    (tmp_path / "more.yaml").write_text("Mappings: {Old: {Name: {Of: python3.9}}}\n")
    function = OLD.replace("python3.9", "!FindInMap [Old, Name, Of]")

    def report_for(location: str) -> Report:
        transform = f"Transform: [{{Name: AWS::Include, Parameters: {{Location: {location}}}}}]"
        (tmp_path / "t.yaml").write_text(
            f"{transform}\nMappings: {{Own: {{A: {{B: c}}}}}}\nResources: {{Fn: {function}}}\n"
        )
        return Report.of(templates([tmp_path / "t.yaml"]), ignored={"DMI702"})

    assert [("DMI201", "Fn")] == found(report_for("more.yaml"))
    assert [] == report_for("more.yaml").unread
    assert ["what the transform AWS::Include makes of the template"] == [
        str(unread) for _, unread in report_for("s3://bucket/more.yaml").unread
    ]


def test_rejects_no_loop_that_grows_without_end() -> None:
    """Twenty values in six loops are sixty-four million functions."""
    body = "{'F${A}${B}${C}${D}${E}${F}': {Type: AWS::SNS::Topic}}"
    values = "[" + ",".join(map(str, range(20))) + "]"
    for name in "FEDCBA":
        body = f"{{'Fn::ForEach::L{name}': [{name}, {values}, {body}]}}"
    report = report_of(f"Resources: {body}\n")

    assert "a loop that makes more than" in str(report.unread[0][1])
