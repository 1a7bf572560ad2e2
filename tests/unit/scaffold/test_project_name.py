"""What a project can be called."""

from __future__ import annotations

import pytest

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
        ("stack", "is a module or directory that the project needs itself"),
        ("tests", "is a module or directory that the project needs itself"),
        ("durable-mi", "is a module or directory that the project needs itself"),
        ("aws-cdk", "is a module or directory that the project needs itself"),
        ("con", "is the name of a device on Windows"),
    ],
)
def test_rejects_names_of_modules_that_are_needed(name: str, reason: str) -> None:
    """A workflow of this name would hide the module; the message has a name that can be used."""
    with pytest.raises(ProjectNameError, match=f"{reason}, take a name such as my-{name}$"):
        ProjectName.parse(name)

    assert ProjectName.parse(f"my-{name}")
