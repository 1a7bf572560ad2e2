"""Strict CDK apps, and templates that cfn-lint has nothing to say about.

Nothing here imports the CDK before a fixture is used, so the tests that need no Node stay fast.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.cloudformation.template import Template as PreflightTemplate
from durable_mi.preflight.report import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import aws_cdk as cdk
    from aws_cdk.assertions import Template


@dataclass(frozen=True)
class Resource:
    """A resource of a template.

    Attributes:
        logical_id: Its name in the template.
        body: All of its attributes.
    """

    logical_id: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The CloudFormation type."""
        return str(self.body["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its properties; empty if there are none."""
        properties: Mapping[str, Any] = self.body.get("Properties", {})
        return properties

    @property
    def depends_on(self) -> list[str]:
        """The logical ids that it names under ``DependsOn``."""
        return list(self.body.get("DependsOn", []))

    @property
    def waits_for_permissions(self) -> list[str]:
        """Those of them that are policies of the execution role, by their ids."""
        return [name for name in self.depends_on if re.search("ExecutionPolicy|FunctionRole|DurableRole", name)]


class Resources:
    """A template read by type and by reference.

    What the stack's janitor is made of is not found by its type unless it is asked for.
    """

    def __init__(self, template: Template) -> None:
        """Read the template once."""
        self.template = template
        self.json: Mapping[str, Any] = template.to_json()

    def of_type(self, resource_type: str, *, janitor: bool = False) -> list[Resource]:
        """Return the resources of a type, in the template's order."""
        return [
            Resource(logical_id, body)
            for logical_id, body in self.json["Resources"].items()
            if body["Type"] == resource_type and logical_id.startswith("DurableReleases") == janitor
        ]

    def of_janitor(self, resource_type: str) -> Resource:
        """Return the one resource of a type that the janitor is made of."""
        (found,) = self.of_type(resource_type, janitor=True)
        return found

    def only(self, resource_type: str) -> Resource:
        """Return the one resource of a type."""
        found = self.of_type(resource_type)
        assert 1 == len(found), f"{len(found)} of {resource_type}"
        return found[0]

    def follow(self, value: Any) -> Resource:
        """Return the resource that a `Ref` or `Fn::GetAtt` points at."""
        match value:
            case {"Ref": str(logical_id)} | {"Fn::GetAtt": [str(logical_id), _]}:
                return Resource(logical_id, self.json["Resources"][logical_id])
        msg = f"no reference: {value!r}"
        raise AssertionError(msg)

    def statements(self, role: Resource) -> list[Mapping[str, Any]]:
        """Every inline policy statement that a role has: those in the role, then those of policies."""
        attached = [
            policy.properties
            for policy in self.of_type("AWS::IAM::Policy")
            if {"Ref": role.logical_id} in policy.properties["Roles"]
        ]
        return [
            statement
            for policy in [*role.properties.get("Policies", []), *attached]
            for statement in policy["PolicyDocument"]["Statement"]
        ]


@pytest.fixture(scope="module", autouse=True)
def _tracing(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep coverage out of the processes that a module with the marker `untraced` starts."""
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("untraced"):
            for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def strict_app() -> Callable[..., cdk.App]:
    """Make an app that turns violations of CDK's template rules into errors; arguments are added to its context."""
    import aws_cdk as cdk  # noqa: PLC0415 - see the module

    def make(**context: Any) -> cdk.App:
        return cdk.App(context={"@aws-cdk/core:validateAgainstDefaultRules": True, **context})

    return make


@pytest.fixture(scope="session")
def strict_stack(strict_app: Callable[..., cdk.App]) -> Callable[..., cdk.Stack]:
    """Make a stack in a strict app of its own."""
    import aws_cdk as cdk  # noqa: PLC0415 - see the module

    def make(env: cdk.Environment | None = None) -> cdk.Stack:
        return cdk.Stack(strict_app(), "Orders", env=env)

    return make


@pytest.fixture(scope="session")
def cfn_lint() -> Callable[[Mapping[str, Any]], list[str]]:
    """Return what cfn-lint finds in a template; its rules are loaded once for all tests."""
    # By name, since cfn-lint has no types; and here, since it takes seconds.
    # One region, since each takes as long again, and the schemas of the types that are used are the same.
    config = import_module("cfnlint.config").ConfigMixIn(regions=["us-east-1"])
    runner = import_module("cfnlint.runner").Runner(config)
    decode = import_module("cfnlint.decode.decode").decode_str

    def findings(template: Mapping[str, Any]) -> list[str]:
        decoded, errors = decode(json.dumps(template))
        if decoded is None:
            return [str(error) for error in errors]
        return [
            f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}"
            for match in runner.validate_template(decoded)
        ]

    return findings


@pytest.fixture(scope="session")
def synthesize(cfn_lint: Callable[[Mapping[str, Any]], list[str]]) -> Callable[[cdk.Stack], Resources]:
    """Synthesizes a stack; the test or fixture that asks for it fails if cfn-lint finds anything in the template.

    Preflight must find exactly the rules that the test names as ``preflight``, so none where it names none. Who changes
    one option after the other, each linted elsewhere, passes ``lint=False``.
    """
    from aws_cdk.assertions import Template  # noqa: PLC0415 - see the module

    def make(stack: cdk.Stack, *, preflight: Sequence[str] = (), lint: bool = True) -> Resources:
        resources = Resources(Template.from_stack(stack))
        assert [] == (cfn_lint(resources.json) if lint else [])
        found = check(PreflightTemplate.of_content(resources.json, Path(f"{stack.stack_name}.template.json")))
        assert [place.rule.id for place in found.places] == list(preflight)
        return resources

    return make


@pytest.fixture(scope="session")
def warnings_of() -> Callable[[cdk.Stack], dict[str, str]]:
    """Return a stack's warnings by id, each with the path of its construct."""

    def read(stack: cdk.Stack) -> dict[str, str]:
        return {
            str(entry.data).rpartition("[ack: ")[2].rstrip("]"): construct.node.path
            for construct in stack.node.find_all()
            for entry in construct.node.metadata
            if entry.type == "aws:cdk:warning"
        }

    return read
