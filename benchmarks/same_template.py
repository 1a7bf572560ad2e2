"""Compares templates by what is in them, not by how things are called."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["contents"]

# Paths and names made of logical ids. A VPC's tenancy is the default, which `ec2.Vpc` writes and the constructs do not.
_NAMES: Final = {"PolicyName", "aws:cdk:path", "InstanceTenancy"}
_ID: Final = re.compile(r"[A-Za-z0-9]+")


def contents(template: Mapping[str, Any]) -> Counter[str]:
    """Return each resource as text, with the types of resources in place of their logical ids.

    Args:
        template: A CloudFormation template.
    """
    resources = template["Resources"]
    types = {name: resource["Type"] for name, resource in resources.items()}
    return Counter(json.dumps(_nameless(resource, types), sort_keys=True) for resource in resources.values())


def _nameless(value: Any, types: Mapping[str, str]) -> Any:  # noqa: ANN401 - as JSON
    match value:
        case {"Key": "Name", "Value": str()}:
            return "the path of a construct"
        case dict():
            return {
                key: sorted(types[name] for name in entry) if key == "DependsOn" else _nameless(entry, types)
                for key, entry in value.items()
                if key not in _NAMES
            }
        case list():
            return [_nameless(entry, types) for entry in value]
        case str() if _ID.fullmatch(value):
            return types.get(value, value)
    return value
