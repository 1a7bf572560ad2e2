"""What the tests import is required by name, and not only by something else that is required."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]
# They are the interface of what is required: the AWS SDK for Python and the CDK.
WITH_ANOTHER = {"botocore": "boto3", "constructs": "aws-cdk-lib", "jsii": "aws-cdk-lib"}
# Only handlers that tests write import them.
IN_HANDLERS = {"markupsafe", "six"}


def normalized(name: str) -> str:
    """Return the name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> set[str]:
    """Return the distributions that `requirements/dev.in` and the project itself name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements/dev.in").read_text().splitlines()
    every = chain(lines, project["dependencies"], *project["optional-dependencies"].values())
    found = {normalized(re.split(r"[\[<>=;~ ]", line)[0]) for line in every if not line.startswith("#")}
    stubs = re.findall(r"^types-boto3\[(.*)\]", "\n".join(lines), flags=re.MULTILINE)
    return found | {f"types-boto3-{service}" for listed in stubs for service in listed.split(",")}


def imported() -> set[str]:
    """Return the distributions of the modules that tests import."""
    text = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("*.py"))
    statements = re.findall(r"^\s*(?:from|import) ([A-Za-z]\w*)", text, flags=re.MULTILINE)
    modules = {*statements, *re.findall(r"import_module\(\"([A-Za-z]\w*)", text)} - sys.stdlib_module_names
    known = packages_distributions()
    return {normalized(known[module][0]) for module in modules if module in known}


def test_what_tests_import_is_required() -> None:
    """Else an update of something else could take it away."""
    assert {normalized("jsonschema"), "pytest"} <= imported()
    assert set() == {WITH_ANOTHER.get(name, name) for name in imported()} - required() - IN_HANDLERS - {
        "durable-mi-constructs"
    }
