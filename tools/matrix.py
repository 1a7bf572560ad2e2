"""Run tests on every supported Python that this machine has: ``.venv/bin/python -m tools.matrix tests/unit``.

Each gets an environment of its own with what `requirements/dev.txt` pins, such as `.venv/python3.12`, which is kept and
made anew when that file changes. A supported Python that is not there is listed, not installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.release_check.metadata import pythons_of_classifiers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).parents[1]
_VERSION: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


def supported(root: Path = ROOT) -> list[str]:
    """Return the Python versions of the classifiers, oldest first."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return pythons_of_classifiers(project["classifiers"])


def candidates(version: str, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield where an interpreter may be: on the PATH, and among pyenv's versions.

    Args:
        version: Its major and minor version.
        environment: The environment variables.
    """
    for folder in environment.get("PATH", "").split(os.pathsep):
        yield Path(folder) / f"python{version}"
    pyenv = Path(environment.get("PYENV_ROOT") or Path(environment.get("HOME", "")) / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)


def find(version: str, environment: Mapping[str, str]) -> Path | None:
    """Return the first interpreter that starts and is of a version, or nothing.

    A shim of pyenv is there also for versions that are not selected, and fails.
    """
    for path in candidates(version, environment):
        if not os.access(path, os.X_OK):
            continue
        done = subprocess.run([str(path), "-c", _VERSION], capture_output=True, text=True, check=False)
        if not done.returncode and done.stdout.strip() == version:
            return path
    return None


def prepare(version: str, interpreter: Path) -> Path:
    """Make the environment of a version, unless it is there and current, and return its Python."""
    environment = ROOT / ".venv" / f"python{version}"
    python, stamp = environment / "bin" / "python", environment / "requirements"
    pinned = ROOT / "requirements" / "dev.txt"
    wanted = hashlib.sha256(pinned.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(environment, ignore_errors=True)
        uv = [str(ROOT / ".venv" / "bin" / "uv"), "--quiet"]
        subprocess.run([*uv, "venv", "--python", str(interpreter), str(environment)], check=True)
        install = [*uv, "pip", "install", "--python", str(python)]
        subprocess.run([*install, "--require-hashes", "-r", str(pinned)], check=True)
        subprocess.run([*install, "--no-deps", "--editable", str(ROOT)], check=True)
        stamp.write_text(wanted)
    return python


def run(python: Path, tests: Sequence[str]) -> bool:
    """Run tests in an environment, and return whether they passed."""
    programs = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    command = [str(python), "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": programs}, check=False).returncode == 0


def main(tests: Sequence[str]) -> int:
    """Run the tests on each Python, list the verdicts, and return 1 if one failed."""
    verdicts = {}
    for version in supported():
        interpreter = find(version, os.environ)
        if interpreter is None:
            verdicts[version] = "not on this machine, not tested"
            continue
        sys.stdout.write(f"Python {version}: {interpreter}\n")
        sys.stdout.flush()
        verdicts[version] = "passed" if run(prepare(version, interpreter), tests) else "failed"
    sys.stdout.writelines(f"Python {version}: {verdict}\n" for version, verdict in verdicts.items())
    return 1 if "failed" in verdicts.values() or "passed" not in verdicts.values() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
