"""Run the construct tests on the oldest CDK that pyproject.toml promises: ``.venv/bin/python tests/oldest.py``.

The lower bounds of `aws-cdk-lib`, `constructs` and `jsii` are installed into an environment of its own, `.venv/oldest`,
which is kept and made anew when the bounds change. Test tools come in the versions of `requirements/dev.txt`, and the
newest CDK is what `.venv` has, so the ordinary run of the tests is the other end. Arguments go to pytest.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
ENVIRONMENT: Final = ROOT / ".venv" / "oldest"
TOOLS: Final = ("cfn-lint", "pytest", "pytest-timeout")


def lower_bounds() -> list[str]:
    """Return the dependencies of the bare install, each at its lower bound.

    Raises:
        ValueError: A dependency has no lower bound.
    """
    bounds = []
    for dependency in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]:
        match = re.match(r"([\w.-]+)>=([\d.]+)", dependency)
        if match is None:
            msg = f"a dependency in pyproject.toml must have a lower bound, got {dependency}: write name>=version"
            raise ValueError(msg)
        name, version = match.groups()
        bounds.append(f"{name}=={version}")
    return bounds


def tools() -> list[str]:
    """Return the test tools as `requirements/dev.txt` pins them."""
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE))
    return [f"{name}=={pins[name]}" for name in TOOLS]


def prepare(requirements: list[str]) -> Path:
    """Make the environment, unless it is there with the same requirements, and give its Python."""
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "requirements"
    if not stamp.exists() or stamp.read_text().splitlines() != requirements:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        uv = [str(ROOT / ".venv" / "bin" / "uv"), "--quiet"]
        subprocess.run([*uv, "venv", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        subprocess.run([*uv, "pip", "install", "--python", str(python), *requirements], check=True)
        stamp.write_text("\n".join(requirements))
    return python


def main(arguments: list[str]) -> int:
    """Run the tests there and give pytest's exit code."""
    bounds = lower_bounds()
    python = prepare([*bounds, *tools()])
    sys.stdout.write(f"construct tests on {', '.join(bounds)}\n")
    sys.stdout.flush()
    return subprocess.run(
        [str(python), "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "tests/constructs", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
        },
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
