"""The source distribution tests itself: unpack it, and run its fast tests against its own source."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.release_check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_sdist_tests"]

_SHOWN: Final = 20


def check_sdist_tests(sdist: Path, python: Path, tests: str = "tests/unit") -> Iterator[Finding]:
    """Run the fast tests of a source distribution.

    Args:
        sdist: The archive.
        python: An interpreter with what `requirements/dev.txt` pins.
        tests: The tests to run.
    """
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(sdist) as archive:
            if hasattr(tarfile, "data_filter"):
                archive.extraction_filter = tarfile.data_filter
            # Python 3.11.3 and older have no filter; the archive is our own.
            archive.extractall(directory)  # noqa: S202
        root = Path(directory) / sdist.name.removesuffix(".tar.gz")
        # In front of the checkout, which the environment may have installed.
        source = {"PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [str(python.absolute()), "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *tests.split()],
            cwd=root,
            env={**os.environ, **source},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-_SHOWN:])
        yield Finding(message=f"the source distribution must pass its own tests ({tests}), got:\n{last}")
