"""Write upgrades.md again from tests/upgrades.py: ``.venv/bin/python docs/reference/generate_upgrades.py``."""  # noqa: INP001

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.upgrades import IN_PLACE, REPLACING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.upgrades import Change

_INTRODUCTION = """\
# What an update replaces

Every row is a change to a deployed app. The tests synthesize the app before and after the change. They compare the two
templates with the create-only properties of CloudFormation's own resource schemas. No row is written from memory. This
page is generated from `tests/upgrades.py`. The actual behavior of CloudFormation and Lambda was not tested on AWS.

*Version* shows whether the update publishes a version. New executions start on it, and running ones stay on theirs.
The old version is retained with its execution environments, which cost money until it has drained:
[releases](../explanation/releases.md).
"""

_IN_PLACE = """\
## Changes in place

Function, capacity provider and VPC are not replaced, and nothing is deleted.
"""

_REPLACING = """\
## Changes that replace, remove or move

If the capacity provider is replaced, CloudFormation creates the new one, moves the function to it, publishes a version
there, and points the alias at that version. It then tries to delete the old capacity provider. Lambda rejects this
while a version is on it, and old versions are retained. The update completes, but the old capacity provider remains,
outside of the stack, with the execution environments of each old version. Both cost money until the versions have
drained. Then the janitor of the stack deletes them, and [the old capacity
provider](../explanation/releases.md#what-a-replaced-capacity-provider-leaves). Without a janitor, as with
`Releases.keep_all()`, delete them yourself. The subnets and security groups of the old capacity provider cannot be
deleted before it.

A replaced VPC, subnet or capacity provider is a new place to run. Do not replace it in one update. Instead, create the
new capacity next to the old one, move the functions to it, and remove the old one when its last execution has ended.
"""


def reference() -> str:
    """Return the page: what an update does in place, and what it replaces."""
    return "\n".join(
        [
            _INTRODUCTION,
            _IN_PLACE,
            "| change | version | remarks |",
            "|---|---|---|",
            *(f"| {change.name} | {_version(change)} | {change.means} |" for change in IN_PLACE),
            "",
            _REPLACING,
            "| change | replaced or removed | version | remarks |",
            "|---|---|---|---|",
            *(
                f"| {change.name} | {_types(change.replaced)} | {_version(change)} | {change.means} |"
                for change in REPLACING
            ),
            "",
        ]
    )


def _version(change: Change) -> str:
    return "new" if change.publishes else "same"


def _types(types: Iterable[str]) -> str:
    return ", ".join(f"`{name.removeprefix('AWS::')}`" for name in sorted(types)) or "nothing"


if __name__ == "__main__":
    Path(__file__).with_name("upgrades.md").write_text(reference())
