"""The table of what resources return, checked against CloudFormation's resource schemas."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.attributes.table import SHAPES
from durable_mi.cloudformation.values import MISSING
from durable_mi.local.app.placeholder_fields import Place, PlaceholderFields

# Without importing cfn-lint, which takes most of a second.
CFN_LINT = find_spec("cfnlint")
assert CFN_LINT is not None
SCHEMAS = Path(CFN_LINT.origin or "").parent / "data" / "schemas"
PLACE = Place("Shop", "eu-central-1", "111111111111", is_known=True)


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas of the table's types, as cfn-lint has them from CloudFormation's registry."""
    index = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
    return {name: json.loads((SCHEMAS / "resources" / f"{index[name]}.json").read_text()) for name in SHAPES}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_attribute_and_name_is_one_of_the_type(name: str, schemas: dict[str, dict[str, Any]]) -> None:
    """An attribute is read-only, or a property that CloudFormation returns."""
    schema = schemas[name]
    known = {path.removeprefix("/properties/").replace("/", ".") for path in schema.get("readOnlyProperties", ())}
    assert set() == set(SHAPES[name].attributes) - known - set(schema["properties"])
    assert SHAPES[name].name in {"", *schema["properties"]}


# Types whose `Ref` is, by the Template Reference, another kind of value than the registry's identifier says: the
# secret's ARN is its `Id`, a job definition has a revision, and a rule is referred to by its name.
ARNS = {
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::Batch::JobDefinition",
    "AWS::AppSync::ApiKey",
}
NAMES = {"AWS::Events::Rule"}
OWNERS = {"TargetFunctionArn", "StateMachineArn", "SecretId", "TopicArn", "StreamARN"}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_ref_is_an_arn_where_the_types_identifier_is_one(name: str, schemas: dict[str, dict[str, Any]]) -> None:
    """CloudFormation's ``Ref`` returns the first part of the primary identifier."""
    identifier = schemas[name]["primaryIdentifier"][0].removeprefix("/properties/")
    is_arn = name in ARNS or (name not in NAMES and identifier.lower().endswith(("arn", "stackid")))
    arn = "arn:aws:service:eu-central-1:111111111111:owner"
    fields = PlaceholderFields("Thing", SHAPES[name], PLACE, lambda key: arn if key in OWNERS else MISSING)
    assert is_arn is fields.fill(SHAPES[name].ref).startswith("arn:")


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_what_is_called_an_arn_is_one(name: str) -> None:
    """Of this stack's account or region, unless the service's ARNs have neither."""
    arn = "arn:aws:service:eu-central-1:111111111111:owner"
    fields = PlaceholderFields("Thing", SHAPES[name], PLACE, lambda key: arn if key in OWNERS else MISSING)
    for attribute, form in SHAPES[name].attributes.items():
        value = fields.fill(form)
        if attribute.lower().endswith("arn") and value:
            parts = value.split(":")
            assert ["arn", "aws"] == parts[:2]
            assert parts[3] in {"eu-central-1", ""}
            assert parts[4] in {"111111111111", ""}
            assert parts[5]


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_form_can_be_filled_in(name: str) -> None:
    """No field is misspelt, and the same value comes each time."""
    forms = [SHAPES[name].ref, *SHAPES[name].attributes.values()]
    first, second = (
        [PlaceholderFields("Thing", SHAPES[name], PLACE, {"Family": "x"}.get).fill(form) for form in forms]
        for _ in range(2)
    )
    assert first == second
