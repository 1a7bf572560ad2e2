"""AWS's own SAM translator as the oracle: the rules find the same in what it makes of a template as in our reading."""

from __future__ import annotations

import copy
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check
from tests.preflight.sam_corpus import corpus

# SAM writes a permission beside an event. It points where the event points: one mistake, one finding in our reading.
ONE_MISTAKE = "DMI409"


def rules(content: dict[str, Any]) -> set[str]:
    """Return the rules that do not hold."""
    return {place.rule.id for place in check(Template.of_content(content, Path("template.json"))).places}


def test_the_corpus_has_findings_and_none() -> None:
    """In Globals and in the function, of many rules, and the same each time."""
    found = [rules(content) for content in corpus(60)]

    assert [rules(content) for content in corpus(60)] == found
    assert 15 <= len(set().union(*found))
    assert any("Globals" in content for content in corpus(60))


@pytest.mark.slow
def test_the_translator_gives_the_same_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost on the way that SAM's resources take here, and nothing is made up."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    translator = import_module("samtranslator.translator.translator")
    parser = import_module("samtranslator.parser.parser")
    managed = ("AWSLambdaBasicExecutionRole", "service-role/AWSLambdaBasicExecutionRole")
    arns = {name: f"arn:aws:iam::aws:policy/{name}" for name in managed}
    for content in corpus(400):
        made = translator.Translator(arns, parser.Parser()).translate(copy.deepcopy(content), {}, None)
        theirs = rules(json.loads(json.dumps(made)))

        assert theirs - {ONE_MISTAKE} == rules(content) - {ONE_MISTAKE}, json.dumps(content)


@pytest.mark.parametrize(
    ("written", "rule_id", "line"),
    [
        ("MemorySize", "DMI102", 4),
        ("Events", "DMI403", 20),
        ("VersionDeletionPolicy", "DMI701", 14),
        ("Concurrency", "DMI105", 17),
        ("ExecutionTimeout", "DMI301", 12),
    ],
)
def test_a_finding_is_where_sam_has_it(written: str, rule_id: str, line: int) -> None:
    """In Globals, in an event, and under SAM's own names."""
    text = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    MemorySize: 512
    Runtime: python3.13
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      DurableConfig:
        ExecutionTimeout: 0
      AutoPublishAlias: live
      VersionDeletionPolicy: Delete
      CapacityProviderConfig:
        Arn: arn
        PerExecutionEnvironmentMaxConcurrency: 5000
      Events:
        Other: {Type: Api}
        Queue: {Type: SQS}
"""
    if written == "Events":
        text = text.replace("AutoPublishAlias: live", "Timeout: 1")
    if written == "Concurrency":
        text = text.replace("MemorySize: 512", "MemorySize: 4096")
    source = Source.parse(Path("sam.yaml"), text)
    template = Template.of(source)
    (place,) = [place for place in check(template).places if place.rule.id == rule_id][-1:]

    assert "Work" == place.logical_id
    assert line == source.position(template.place(place.finding.logical_id, place.finding.path)).line
