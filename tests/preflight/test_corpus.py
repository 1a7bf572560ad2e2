"""Templates in the shapes that others publish, rewritten: what is found is what their description says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check

FILES = sorted(path for path in Path(__file__).with_name("corpus").iterdir() if path.suffix in {".json", ".yaml"})


def test_there_are_ten_shapes_at_least() -> None:
    """SAM, CloudFormation by hand, the CDK's output and the Serverless Framework's."""
    assert 10 <= len(FILES)
    assert {"cdk", "cloudformation", "sam", "serverless"} == {file.name.partition("-")[0] for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_false_alarm(file: Path) -> None:
    """Each finding was looked at, and is one."""
    source = Source.read(file)
    expected = set(re.findall(r"DMI\d{3}", source.content["Description"]))

    assert expected == {place.rule.id for place in check(Template.of(source)).places}
