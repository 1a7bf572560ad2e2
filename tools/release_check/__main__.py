"""Run every check, and list what is wrong and what a maintainer must fill in."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.release_check.archives import Distributions
from tools.release_check.changelog import check_changelog, notes
from tools.release_check.contents import check_contents
from tools.release_check.metadata import check_classifiers, check_description, check_summary
from tools.release_check.missing import check_missing
from tools.release_check.notices import check_notices
from tools.release_check.project import NotReleasableError, Project
from tools.release_check.sdist_tests import check_sdist_tests
from tools.release_check.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.release_check.finding import Finding

ROOT: Final = Path(__file__).parents[2]


def build(project: Project, directory: Path) -> None:
    """Build the wheel and the source distribution with the tools of this environment.

    Raises:
        NotReleasableError: The build failed.
    """
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(directory), str(project.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"the distributions must build, got:\n{(done.stdout + done.stderr).strip()}"
        raise NotReleasableError(msg)


def findings(project: Project, built: Distributions, tag: str | None, python: Path | None) -> list[Finding]:
    """Return what each check found, in the order of the checks."""
    return [
        *check_version(project, tag),
        *check_changelog(project.text("CHANGELOG.md"), project.version, tag, datetime.now(UTC).date()),
        *check_contents(project, built),
        *check_notices(project, built),
        *check_summary(project),
        *check_classifiers(project, built),
        *check_description(built),
        *check_missing(project),
        *(check_sdist_tests(built.sdist.path, python) if python else ()),
    ]


def report(found: Sequence[Finding], version: str, tag: str | None) -> tuple[str, bool]:
    """Return the lines to print, and whether the version can be released."""
    errors = [each for each in found if not each.to_fill_in]
    missing = [each for each in found if each.to_fill_in]
    lines = [f"error: {each.message}" for each in errors]
    lines += [f"to fill in by a maintainer: {each.message}" for each in missing]
    if errors or (tag and missing):
        counted = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        lines.append(f"{version} cannot be released: {counted}, {len(missing)} to fill in")
        return "\n".join(lines), False
    lines.append(f"{version} has no errors, and {len(missing)} to fill in before its tag")
    return "\n".join(lines), True


def main(arguments: Sequence[str]) -> int:
    """Check what the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(prog="release-check", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="The checkout. Defaults to this one.")
    parser.add_argument("--tag", help="The tag of the release. With it, what a maintainer must fill in is an error.")
    parser.add_argument("--dist", type=Path, help="A directory with the built distributions. Defaults to a new build.")
    parser.add_argument("--notes", type=Path, help="Write the notes of the release to this file.")
    parser.add_argument("--test-sdist", type=Path, metavar="PYTHON", help="Run the tests of the source distribution.")
    options = parser.parse_args(arguments)
    try:
        project = Project.read(options.root)
        with tempfile.TemporaryDirectory() as temporary:
            directory: Path = options.dist or Path(temporary)
            if options.dist is None:
                build(project, directory)
            found = findings(project, Distributions.read(directory), options.tag or None, options.test_sdist)
        if options.notes:
            options.notes.write_text(notes(project.text("CHANGELOG.md"), project.version), encoding="utf-8")
    except (NotReleasableError, LookupError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    text, releasable = report(found, project.version, options.tag or None)
    sys.stdout.write(text + "\n")
    return 0 if releasable else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
