"""What PyPI shows: classifiers that are true, and a description that renders."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from tools.release_check.finding import Finding
from tools.release_check.project import NotReleasableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.release_check.archives import Distributions
    from tools.release_check.project import Project

__all__ = [
    "CI",
    "check_classifiers",
    "check_description",
    "check_summary",
    "pythons_of_classifiers",
    "pythons_of_matrix",
]

CI: Final = ".github/workflows/ci.yml"
_PYTHON: Final = re.compile(r"Programming Language :: Python :: (3\.\d+)")
_LONGEST_SUMMARY: Final = 512
"""Characters. PyPI rejects a longer one."""


def pythons_of_classifiers(classifiers: Sequence[str]) -> list[str]:
    """Return the Python versions that classifiers name, in their order."""
    return [match[1] for each in classifiers if (match := _PYTHON.fullmatch(each))]


def pythons_of_matrix(workflow: str) -> list[str]:
    """Return the Python versions on which a workflow runs its job ``test``.

    Raises:
        NotReleasableError: There is no such job with a matrix.
    """
    try:
        return [str(each) for each in yaml.safe_load(workflow)["jobs"]["test"]["strategy"]["matrix"]["python"]]
    except (KeyError, TypeError, yaml.YAMLError) as error:
        msg = f"{CI} must have a job `test` with the Python versions as `strategy.matrix.python`, got none"
        raise NotReleasableError(msg) from error


def check_summary(project: Project) -> Iterator[Finding]:
    """Check the line that PyPI shows in lists."""
    summary = project.metadata.get("description", "")
    if not summary or "\n" in summary or len(summary) > _LONGEST_SUMMARY:
        yield Finding(
            message=f"the description in pyproject.toml must be one line of 1 to {_LONGEST_SUMMARY} characters, got "
            f"{len(summary)} in {len(summary.splitlines())} lines"
        )


def check_classifiers(project: Project, built: Distributions) -> Iterator[Finding]:
    """Check that each classifier exists, and that what it claims is true."""
    claimed: list[str] = project.metadata.get("classifiers", [])
    known: Any = _module("trove_classifiers")
    for each in claimed:
        if each not in known.classifiers:
            yield Finding(message=f"a classifier must be one that PyPI knows, got {each!r}")
        if each.startswith(("License ::", "Private ::")):
            reason = "the licence is in `license`" if each.startswith("License") else "PyPI rejects such uploads"
            yield Finding(message=f"the classifier {each!r} must go: {reason}")
    yield from _check_pythons(project, claimed)
    yield from _check_status(project, claimed)
    packages = {name.split("/")[0] for name in built.wheel.files if name.endswith("/__init__.py")}
    untyped = sorted(each for each in packages if f"{each}/py.typed" not in built.wheel.files)
    if untyped and "Typing :: Typed" in claimed:
        yield Finding(message=f"'Typing :: Typed' must be true of each package, got no py.typed in {untyped[0]}")
    if "Operating System :: OS Independent" in claimed and not built.wheel.path.name.endswith("-py3-none-any.whl"):
        yield Finding(
            message=f"'Operating System :: OS Independent' must be true of the wheel, got {built.wheel.path.name}"
        )
    cdk = [each for each in project.metadata.get("dependencies", []) if each.startswith("aws-cdk-lib")]
    majors = sorted(set(re.findall(r">=(\d+)", " ".join(cdk))))
    wanted = [f"Framework :: AWS CDK :: {major}" for major in majors]
    if wanted != (found := [each for each in claimed if each.startswith("Framework :: AWS CDK :: ")]):
        yield Finding(
            message=f"the classifiers of the CDK must be {wanted} like the dependency on aws-cdk-lib, got {found}"
        )


def _check_pythons(project: Project, claimed: list[str]) -> Iterator[Finding]:
    pythons = pythons_of_classifiers(claimed)
    if pythons != (tried := pythons_of_matrix(project.text(CI))):
        yield Finding(message=f"the Python classifiers must be what {CI} tries, {tried}, got {pythons}")
    lowest = f">={pythons[0]}" if pythons else None
    if project.metadata.get("requires-python") != lowest:
        yield Finding(
            message=f"requires-python must be {lowest!r} like the lowest classifier, got "
            f"{project.metadata.get('requires-python')!r}"
        )


def _check_status(project: Project, claimed: list[str]) -> Iterator[Finding]:
    stable = not project.version.startswith("0.") and re.fullmatch(r"[\d.]+", project.version) is not None
    wanted = "5 - Production/Stable" if stable else "3 - Alpha or 4 - Beta"
    found = [each.removeprefix("Development Status :: ") for each in claimed if each.startswith("Development Status")]
    if len(found) != 1 or found[0] not in wanted:
        yield Finding(message=f"the development status of {project.version} must be {wanted}, got {found}")


def check_description(built: Distributions) -> Iterator[Finding]:
    """Check that PyPI can render the description, in each distribution."""
    for archive in (built.wheel, built.sdist):
        metadata = archive.metadata()
        if metadata["Description-Content-Type"] != "text/markdown":
            yield Finding(
                message=f"the description of {archive.path.name} must be text/markdown, got "
                f"{metadata['Description-Content-Type']}"
            )
            continue
        text = str(metadata.get_payload()).strip()
        if not text or not _module("readme_renderer.markdown").render(text):
            yield Finding(message=f"the description of {archive.path.name} must render, got nothing: see README.md")


def _module(name: str) -> Any:  # noqa: ANN401 - of packages that only the environment of releases has
    try:
        return importlib.import_module(name)
    except ImportError as error:
        msg = f"the checks need {error.name}: run them by `make release-check`"
        raise NotReleasableError(msg) from error
