"""Versions and support, the policies and the templates say what the project does."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from durable_mi.limits import PYTHON_RUNTIMES
from durable_mi.scaffold.project import project_files
from durable_mi.scaffold.project_name import ProjectName
from tests.project.conftest import ROOT, needs_git
from tools.release_check.metadata import CI, pythons_of_classifiers, pythons_of_matrix
from tools.release_check.missing import MARK
from tools.release_check.project import Project

PAGE = (ROOT / "docs/explanation/versioning.md").read_text()
PUBLIC, NOT_PUBLIC = PAGE.split("## What is public")[1].split("## Deprecation")[0].split("Not public")
SUPPORT = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", PAGE.split("## What is supported")[1], re.MULTILINE))
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PYPROJECT["optional-dependencies"]
TEMPLATES = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
FORMS = [path for path in TEMPLATES if path.name != "config.yml"]


def test_the_public_modules_are_those_of_the_reference() -> None:
    """The page of the reference is generated from the same list."""
    public = runpy.run_path(str(ROOT / "docs/reference/generate_api.py"))["PUBLIC"]

    assert {*public} == set(re.findall(r"`(durable_mi(?:_constructs)?(?:\.\w+)*)`", PUBLIC))


def test_every_page_of_the_reference_is_public_or_not() -> None:
    """A new page of the reference is a promise, or says that it is none."""
    pages = {path.name for path in (ROOT / "docs/reference").glob("*.md")}
    promised, free = (set(re.findall(r"\.\./reference/([\w-]+\.md)", part)) for part in (PUBLIC, NOT_PUBLIC))

    assert set() == promised & free
    assert pages == promised | free


def test_the_extras_are_public() -> None:
    """By their names, in the order of pyproject.toml."""
    (row,) = (line for line in PUBLIC.splitlines() if line.startswith("| the extras"))

    assert [*EXTRAS] == re.findall(r"`(\w+)`", row)


@pytest.mark.parametrize("package", ["aws-cdk-lib", "constructs", "jsii"])
def test_the_supported_cdk_is_the_dependency(package: str) -> None:
    """Both bounds."""
    assert f"{package}{SUPPORT[f'`{package}`'].strip('`')}" in PYPROJECT["dependencies"]


@pytest.mark.parametrize("package", ["aws-durable-execution-sdk-python-testing", "awslambdaric", "boto3"])
def test_the_supported_sdks_are_the_dependencies(package: str) -> None:
    """Of the extras."""
    rows = [specifier for name, specifier in SUPPORT.items() if name.startswith(f"`{package}`")]
    required = [each.partition(";")[0].strip() for extra in EXTRAS.values() for each in extra]

    assert 1 == len(rows)
    assert package + rows[0].strip("`") in required


def test_the_supported_pythons_are_tried() -> None:
    """The table, the classifiers, the matrix of CI and the interpreters of Lambda agree."""
    supported = SUPPORT["Python"].split(", ")

    assert pythons_of_classifiers(PYPROJECT["classifiers"]) == supported
    assert pythons_of_matrix((ROOT / CI).read_text()) == supported
    assert PYPROJECT["requires-python"] == f">={supported[0]}"
    assert ", ".join(PYTHON_RUNTIMES) == SUPPORT["runtimes on Lambda"]


def test_the_tested_command_line_of_the_cdk_is_the_installed_one() -> None:
    """The Makefile pins it."""
    (pinned,) = re.findall(r"^CDK_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert f"{pinned} and later 2.x" == SUPPORT["AWS CDK CLI"]


def test_the_tested_durable_sdk_is_the_installed_one() -> None:
    """Its bounds are those of the tests."""
    (row,) = (specifier for name, specifier in SUPPORT.items() if name.startswith("durable execution SDK"))

    assert (
        f"aws-durable-execution-sdk-python{row.strip('`')}" in (ROOT / "requirements/dev.in").read_text().splitlines()
    )


@pytest.mark.parametrize("name", ["SECURITY.md", "CODE_OF_CONDUCT.md"])
def test_policies_invent_no_contact(name: str) -> None:
    """An address comes from a maintainer, who removes the mark with it: `make release-check` asks for it."""
    text = (ROOT / name).read_text()

    assert MARK not in text or not re.search(r"[\w.+-]+@[\w-]+\.\w+", text)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_is_what_github_reads(path: Any) -> None:
    """Its keys, and fields with an id and a label of their own."""
    form = yaml.safe_load(path.read_text())
    fields = [each for each in form["body"] if each["type"] != "markdown"]

    assert {"name", "description", "labels", "body"} == form.keys()
    assert {"markdown", "textarea", "input", "dropdown", "checkboxes"} >= {each["type"] for each in form["body"]}
    for names in ([each["id"] for each in fields], [each["attributes"]["label"] for each in fields]):
        assert len(names) == len(set(names)) > 0
    assert any(each.get("validations", {}).get("required") for each in fields)


def test_the_templates_link_to_what_is_there() -> None:
    """A pull request is shown at the root of the repository, where such a link is relative to the template."""
    text = (ROOT / ".github/PULL_REQUEST_TEMPLATE.md").read_text()

    assert [] == [each for each in re.findall(r"\]\(([^)]+)\)", text) if not (ROOT / ".github" / each).exists()]


@pytest.mark.parametrize("name", ["SECURITY.md", "CONTRIBUTING.md"])
def test_links_of_policies_lead_to_files(name: str) -> None:
    """Beside those of other hosts."""
    links = re.findall(r"\]\((?!https:)([^)#]+)[^)]*\)", (ROOT / name).read_text())

    assert links
    assert [] == [each for each in links if not (ROOT / each).exists()]


def test_dependabot_looks_at_what_is_there() -> None:
    """Actions, and each directory of requirements."""
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]

    assert [("github-actions", "/"), ("pip", "/requirements")] == [
        (each["package-ecosystem"], each["directory"]) for each in updates
    ]
    assert all(each["cooldown"]["default-days"] for each in updates)


def test_dependabot_of_a_new_project_looks_at_what_is_there() -> None:
    """Actions, the tools of pyproject.toml, and the lock of the workflow beside what it is compiled from."""
    files = project_files(ProjectName.parse("loan-approval"), "minimal")
    updates = yaml.safe_load(files[PurePosixPath(".github/dependabot.yml")])["updates"]

    assert [("github-actions", ["/"]), ("uv", ["/", "/workflow"])] == [
        (each["package-ecosystem"], each.get("directories") or [each["directory"]]) for each in updates
    ]
    assert all(each["cooldown"]["default-days"] for each in updates)
    assert {"pyproject.toml", "workflow/requirements.in", "workflow/requirements.txt"} <= set(map(str, files))


def test_own_hooks_start_what_is_installed() -> None:
    """Each begins with a program of .venv and has what pre-commit asks for."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]

    assert ["local"] == [repository["repo"] for repository in config["repos"]]
    assert {"ruff", "ruff-format", "durable-mi-lint", "words"} == {hook["id"] for hook in hooks}
    for hook in hooks:
        program, *arguments = hook["entry"].split()
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert program.startswith(".venv/bin/")
        assert (ROOT / ".venv/bin" / program.rsplit("/", 1)[1]).exists()
        assert all((ROOT / each).exists() for each in arguments if each.startswith("tests/"))


@needs_git
def test_the_source_distribution_gets_every_folder() -> None:
    """Hatch adds two files by itself. `make release-check` compares file by file."""
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["sdist"][
        "include"
    ]
    top = {f"/{name.split('/')[0]}" for name in Project.read(ROOT).tracked}

    assert top - {"/.gitignore", "/pyproject.toml"} == {*included}


def test_contributing_names_the_one_tag() -> None:
    """And every target that it names is there."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert "git tag v1.2.3\n   git push origin v1.2.3\n" in text
    assert set() == set(re.findall(r"`make ([a-z-]+)", text)) - targets
