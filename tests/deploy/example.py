"""The example as it is deployed: by its README's own commands, or, on AWS, from an assembly."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tests.deploy.order_of_events import Happening, happenings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.deploy.account import Account, Done

__all__ = ["STACK", "Example", "Readme", "run_readme"]

STACK: Final = "OrderWorkflow"


@dataclass(frozen=True, kw_only=True)
class Readme:
    """What came of the README's steps.

    Attributes:
        account: Where to.
        app: The directory that they ran in.
        steps: Each step's script with its end.
        assembly: What `cdk deploy` synthesized and deployed.
        names: What the README's way to read the outputs gave, by its own variables.
        stack_id: The stack's id, by which it is found when it is gone too.
    """

    account: Account
    app: Path
    steps: Mapping[str, Done]
    assembly: Path
    names: Mapping[str, str]
    stack_id: str

    @property
    def template(self) -> dict[str, Any]:
        """The template in the assembly."""
        return _template(self.assembly)

    @property
    def happened(self) -> list[Happening]:
        """What CloudFormation did, from the first resource to the last."""
        return happenings(self.account, self.stack_id)

    def clean_up(self) -> Readme:
        """Run the README's block for cleaning up, too."""
        (destroy,) = _blocks(self.app, "Clean up")
        # To destroy it CDK synthesizes once more.
        done = self.account.type(destroy, cwd=self.app, CDK_VALIDATION="false")
        return replace(self, steps={**self.steps, destroy: done})


def run_readme(account: Account, app: Path) -> Readme:
    """Run the README's blocks for deploying and reading the outputs, in that order."""
    deploy, outputs = _blocks(app, "Deploy")
    # CDK's validation takes four seconds to load; `tests/snapshot` validates the same template.
    steps = {deploy: account.type(deploy, cwd=app, CDK_VALIDATION="false")}
    stack_id = account.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackId"]
    # Another `cdk` command writes the directory anew, and leaves out the packages of stacks that it does not deploy.
    assembly = app.parent / "deployed"
    shutil.copytree(app / "cdk.out", assembly)
    said = account.run(["bash", "-ec", f'{outputs}\nprintf "%s\\n" "$FUNCTION" "$ALIAS" "$LOG_GROUP"'], cwd=app)
    steps[outputs] = said
    names = dict(zip(("FUNCTION", "ALIAS", "LOG_GROUP"), said.output.split(), strict=True))
    return Readme(account=account, app=app, steps=steps, assembly=assembly, names=names, stack_id=stack_id)


def _blocks(app: Path, heading: str) -> list[str]:
    readme = (app / "README.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", readme.partition(f"\n## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Example:
    """The deployed example.

    Attributes:
        account: Where it is.
        assembly: What it was deployed from.
        outputs: The stack's outputs, by name.
        physical_ids: Physical ids by logical ids.
        happened: What CloudFormation did.
    """

    account: Account
    assembly: Path
    outputs: Mapping[str, str]
    physical_ids: Mapping[str, str]
    happened: list[Happening]

    @classmethod
    def deploy(cls, account: Account, assembly: Path) -> Example:
        """Deploy an assembly that holds it."""
        done = account.deploy(assembly, STACK)
        assert 0 == done.status, done.output
        return cls.read(account, assembly)

    @classmethod
    def read(cls, account: Account, assembly: Path) -> Example:
        """Read back what was deployed from an assembly."""
        outputs = account.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
        resources = account.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        return cls(
            account=account,
            assembly=assembly,
            outputs={it["OutputKey"]: it["OutputValue"] for it in outputs},
            physical_ids={it["LogicalResourceId"]: it["PhysicalResourceId"] for it in resources},
            happened=happenings(account, STACK),
        )

    @property
    def template(self) -> dict[str, Any]:
        """The template in the assembly."""
        return _template(self.assembly)

    def only(self, resource_type: str) -> str:
        """Return the physical id of the one resource of a type."""
        (found,) = self.all(resource_type)
        return found

    def all(self, resource_type: str) -> list[str]:
        """Return the physical ids of the resources of a type."""
        return [
            self.physical_ids[logical_id]
            for logical_id, body in self.template["Resources"].items()
            if body["Type"] == resource_type
        ]


def _template(assembly: Path) -> dict[str, Any]:
    template: dict[str, Any] = json.loads((assembly / f"{STACK}.template.json").read_text())
    return template
