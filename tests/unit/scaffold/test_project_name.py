"""What a project can be called."""

from __future__ import annotations

import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import PurePosixPath

import pytest
from packaging.requirements import Requirement

from durable_mi.scaffold.needed_modules import NEEDED_BY_THE_PROJECT, STANDARD_LIBRARY
from durable_mi.scaffold.project import project_files
from durable_mi.scaffold.project_name import ProjectName, ProjectNameError


@pytest.mark.parametrize(
    ("name", "module", "stack"),
    [
        ("loan-approval", "loan_approval", "LoanApproval"),
        ("loan_approval", "loan_approval", "LoanApproval"),
        ("Orders", "orders", "Orders"),
        ("x", "x", "X"),
        ("a1-2b", "a1_2b", "A12b"),
        ("my-json", "my_json", "MyJson"),
        ("a" * 40, "a" * 40, "A" + "a" * 39),
    ],
)
def test_module_and_stack_are_named_after_the_project(name: str, module: str, stack: str) -> None:
    """A directory, a module and a stack can have the name."""
    project = ProjectName.parse(name)

    assert (module, stack) == (project.module, project.stack)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "-", "_x", "1st", "-h", "a-", "a--b", "a_-b", "a b", "a.b", "a/b", "../a", "/a", "a\nb", "a\n"),
        *("\x1b[31m", "größe", "注文", "a'b", "a$b", "a" * 41, "a" * 5000),
    ],
)
def test_rejects_letters_that_a_module_or_a_stack_cannot_hold(name: str) -> None:
    """The message says in one line what a name can hold."""
    with pytest.raises(ProjectNameError, match=r"^NAME must be at most 40 of the letters A to Z, digits") as error:
        ProjectName.parse(name)

    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "is a keyword of Python"),
        ("match", "is a keyword of Python"),
        ("json", "is a module of Python's standard library"),
        ("JSON", "is a module of Python's standard library"),
        ("email", "is a module of Python's standard library"),
        ("test", "is a module of Python's standard library"),
        ("compression", "is a module of Python's standard library"),
        ("stack", "is a module or directory that the project needs itself"),
        ("tests", "is a module or directory that the project needs itself"),
        ("durable-mi", "is a module or directory that the project needs itself"),
        ("aws-cdk", "is a module or directory that the project needs itself"),
        ("click", "is a module or directory that the project needs itself"),
        ("con", "is the name of a device on Windows"),
    ],
)
def test_rejects_names_of_modules_that_are_needed(name: str, reason: str) -> None:
    """A workflow of this name would hide the module; the message has a name that can be used."""
    with pytest.raises(ProjectNameError, match=f"{reason}, take a name such as my-{name}$"):
        ProjectName.parse(name)

    assert ProjectName.parse(f"my-{name}")


def _installed_by(requirements: tuple[str, ...]) -> set[str]:
    """Return the distributions that come with others, by their names in lower case with `-`."""
    wanted, seen = [Requirement(each) for each in requirements], set()
    while wanted:
        requirement = wanted.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        extras = requirement.extras or {""}
        for each in map(Requirement, distribution(requirement.name).requires or ()):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras):
                each.marker = None
                wanted.append(each)
    return {Requirement(each).name.lower().replace("_", "-") for each in seen}


def test_rejects_the_modules_of_all_that_a_project_installs() -> None:
    """`workflow` comes first on the path of its tests, so a workflow named `click` would end them at an import."""
    pyproject = tomllib.loads(project_files(ProjectName.parse("x"), "minimal")[PurePosixPath("pyproject.toml")])
    tools = [Requirement(each).name for each in pyproject["dependency-groups"]["dev"]]
    installed = _installed_by(("durable-mi-constructs[testing]", "pip", "uv", *tools))
    modules = {
        module.lower()
        for module, origins in packages_distributions().items()
        if module.isidentifier()
        and not module.startswith("_")
        and any(origin.lower().replace("_", "-") in installed for origin in origins)
    }

    assert {"aws_cdk", "click", "pytest", "starlette"} <= modules
    assert set() == modules - NEEDED_BY_THE_PROJECT - STANDARD_LIBRARY
