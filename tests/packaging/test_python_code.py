"""A project as a function's code: the asset in the cloud assembly."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, PythonCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.packaging.conftest import Project

ARM = lambda_.Architecture.ARM_64
X86 = lambda_.Architecture.X86_64


def assemble(
    app: cdk.App,
    code: PythonCode,
    *,
    functions: int = 1,
    architecture: lambda_.Architecture = ARM,
    runtime: lambda_.Runtime = lambda_.Runtime.PYTHON_3_13,
) -> list[Path]:
    """Synthesize functions with this code, and return the asset directories."""
    stack = cdk.Stack(app, "Orders")
    for number in range(functions):
        lambda_.Function(
            stack,
            f"Function{number}",
            code=code.for_function(runtime, architecture, scope=stack),
            handler="app.handler",
            runtime=runtime,
            architecture=architecture,
        )
    return sorted(Path(app.synth().directory).glob("asset.*"))


def test_asset_holds_source_and_requirements(project: Project, strict_app: Callable[..., cdk.App]) -> None:
    """The durable function's asset is the project without its tests, and its requirements without their scripts."""
    project.add_wheel("alpha", script=True)
    project.lock("alpha", hashes=True)
    (project.root / "test_app.py").touch()
    app = strict_app()
    stack = cdk.Stack(app, "Orders")
    function = DurableManagedFunction(
        stack,
        "Workflow",
        code=PythonCode.from_project(project.root),
        handler="app.handler",
        execution_timeout=cdk.Duration.hours(1),
    )

    (asset,) = Path(app.synth().directory).glob("asset.*")

    assert [
        "alpha-1.0.dist-info",
        "alpha.py",
        "app.py",
        "requirements.txt",
    ] == sorted(path.name for path in asset.iterdir())
    resource = function.function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    assert f"{asset.name.removeprefix('asset.')}.zip" == stack.resolve(resource.code)["s3Key"]


def test_same_input_gives_the_same_asset(project: Project, strict_app: Callable[..., cdk.App], tmp_path: Path) -> None:
    """Neither the place of the checkout nor the rest of the app is in the hash."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(project.root, copy)
    other = strict_app()
    lambda_.Runtime("python3.13")  # one more object on the other side of jsii

    one = assemble(strict_app(), PythonCode.from_project(project.root))
    two = assemble(other, PythonCode.from_project(copy))

    assert [path.name for path in one] == [path.name for path in two]


@pytest.mark.parametrize("change", ["source", "requirements", "architecture", "python"])
def test_asset_changes_with_its_input(project: Project, strict_app: Callable[..., cdk.App], change: str) -> None:
    """Source, requirements, architecture and Python version are in the hash."""
    before = assemble(strict_app(), PythonCode.from_project(project.root))
    options: dict[str, Any] = {}
    match change:
        case "source":
            (project.root / "app.py").write_text("changed")
        case "requirements":
            (project.root / "requirements.txt").write_text("# changed\n")
        case "architecture":
            options["architecture"] = X86
        case _:
            options["runtime"] = lambda_.Runtime.PYTHON_3_14

    assert before[0].name != assemble(strict_app(), PythonCode.from_project(project.root), **options)[0].name


def test_two_functions_share_one_asset(
    project: Project, strict_app: Callable[..., cdk.App], capfd: pytest.CaptureFixture[str]
) -> None:
    """Functions with the same code are packaged once."""
    paths = assemble(strict_app(), PythonCode.from_project(project.root), functions=2)

    assert 1 == len(paths)
    assert 1 == capfd.readouterr().err.count("Bundling asset")


def test_installs_nothing_for_stacks_that_are_not_asked_for(
    project: Project, strict_app: Callable[..., cdk.App], cache: Path
) -> None:
    """Where the CDK CLI needs no assets of the stack, as in `cdk list`, even a missing wheel goes unnoticed."""
    project.lock("missing")
    app = strict_app(**{"aws:cdk:bundling-stacks": ["Other"]})

    assert [] == assemble(app, PythonCode.from_project(project.root))
    assert not cache.exists()


def test_rejects_a_requirement_without_wheel_at_the_construct(
    project: Project, strict_app: Callable[..., cdk.App]
) -> None:
    """The error that the user sees is the ValueError itself, raised where the function is made."""
    project.add_wheel("native", tag="cp313-cp313-manylinux_2_28_aarch64")
    project.lock("native")
    stack = cdk.Stack(strict_app(), "Orders")
    capacity = ManagedCapacity(stack, "Capacity", architecture=X86)

    with pytest.raises(
        ValueError, match=r"^native==1\.0, required by requirements\.txt, .* for x86_64 and Python 3\.14"
    ):
        DurableManagedFunction(
            stack,
            "Workflow",
            code=PythonCode.from_project(project.root),
            handler="app.handler",
            execution_timeout=cdk.Duration.hours(1),
            capacity=capacity,
        )


def test_rejects_source_that_shadows_a_requirement(project: Project, strict_app: Callable[..., cdk.App]) -> None:
    """A module of the project with a requirement's name would replace it in the package."""
    project.add_wheel("alpha")
    project.lock("alpha")
    (project.root / "alpha.py").touch()

    with pytest.raises(ValueError, match=r"must not replace one of its requirements, got alpha\.py in both; rename it"):
        assemble(strict_app(), PythonCode.from_project(project.root))


def test_reads_the_named_requirements_file(project: Project, strict_app: Callable[..., cdk.App]) -> None:
    """A lock of another name, and excludes, are taken as given."""
    project.add_wheel("alpha")
    project.lock("alpha").rename(project.root / "lambda.lock")
    (project.root / "notes.md").touch()
    code = PythonCode.from_project(project.root, requirements="lambda.lock", exclude=["*.md"])

    (asset,) = assemble(strict_app(), code)

    assert ["alpha-1.0.dist-info", "alpha.py", "app.py", "lambda.lock"] == sorted(path.name for path in asset.iterdir())


def test_rejects_a_runtime_without_python(project: Project, strict_app: Callable[..., cdk.App]) -> None:
    """Python code is not for Node.js."""
    with pytest.raises(ValueError, match=r"the runtime must be a Python runtime, got nodejs22\.x$"):
        assemble(strict_app(), PythonCode.from_project(project.root), runtime=lambda_.Runtime.NODEJS_22_X)
