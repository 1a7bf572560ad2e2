"""Run the construct tests on one end of what pyproject.toml promises: ``.venv/bin/python tests/cdk_bounds.py oldest``.

The lower bounds of `aws-cdk-lib`, `constructs` and `jsii` are installed into `.venv/oldest`, an environment of its own,
which is kept and made anew when the bounds change. `newest` installs into `.venv/newest` what the bounds allow at most
today, which is newer than the versions that `requirements/dev.txt` pins for the ordinary run. Test tools come in the
versions of that file. More arguments go to pytest.
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
ENDS: Final = ("oldest", "newest")
TOOLS: Final = ("boto3", "cfn-lint", "pytest", "pytest-timeout")


def dependencies() -> list[str]:
    """Return the dependencies of the bare install."""
    listed: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return listed


def lower_bounds() -> list[str]:
    """Return the dependencies of the bare install, each at its lower bound.

    Raises:
        ValueError: A dependency has no lower bound.
    """
    bounds = []
    for dependency in dependencies():
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


def prepare(end: str, requirements: list[str]) -> Path:
    """Make the environment of one end, unless it is there with the same requirements, and give its Python.

    The newest versions are looked up each time.
    """
    environment = ROOT / ".venv" / end
    python, stamp = environment / "bin" / "python", environment / "requirements"
    if not stamp.exists() or stamp.read_text().splitlines() != requirements:
        shutil.rmtree(environment, ignore_errors=True)
        run_uv("venv", "--python", sys.executable, str(environment))
        run_uv("pip", "install", "--python", str(python), *requirements)
        stamp.write_text("\n".join(requirements))
    elif end == "newest":
        run_uv("pip", "install", "--upgrade", "--python", str(python), *requirements)
    return python


def run_uv(*arguments: str) -> None:
    """Run uv."""
    subprocess.run([str(ROOT / ".venv" / "bin" / "uv"), "--quiet", *arguments], check=True)


def installed(python: Path) -> str:
    """Return the versions of the dependencies that an environment has."""
    names = [re.split(r"[<>=]", each)[0] for each in dependencies()]
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    done = subprocess.run([str(python), "-c", code, *names], capture_output=True, text=True, check=True)
    return ", ".join(f"{name} {version}" for name, version in zip(names, done.stdout.split(), strict=True))


def main(arguments: list[str]) -> int:
    """Run the tests there and give pytest's exit code."""
    end = arguments[0] if arguments else ""
    if end not in ENDS:
        sys.stderr.write(f"the first argument must be one of {', '.join(ENDS)}, got {end!r}\n")
        return 2
    python = prepare(end, [*(lower_bounds() if end == "oldest" else dependencies()), *tools()])
    sys.stdout.write(f"construct tests on {installed(python)}\n")
    sys.stdout.flush()
    return subprocess.run(
        [str(python), "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "tests/constructs", *arguments[1:]],
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
