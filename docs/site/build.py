"""Build the site of one version into .site, beside the versions that are there: ``make docs``.

Zensical has no versions of its own yet, and PyPI's mike builds with MkDocs. So this writes what the theme's version
selector reads, ``versions.json`` in mike's form, and a start page that leads to the newest version.
"""  # noqa: INP001

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SITE: Final = ROOT / ".site"
# `site_dir` in zensical.toml.
_BUILT: Final = ROOT / ".site-built"
_START: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={version}/index.html">
<title>durable-mi</title>
<p>The documentation of the newest version is <a href="{version}/index.html">here</a>.</p>
</html>
"""
_NOISE: Final = re.compile(r"\x1b\[[0-9;]*m")


def build(version: str, site: Path) -> None:
    """Build the pages, and put them beside the other versions.

    Raises:
        SystemExit: The build has a warning, or failed.
    """
    tool = Path(sys.executable).with_name("zensical")
    command = [str(tool), "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    output = _NOISE.sub("", done.stdout + done.stderr)
    if done.returncode or re.search(r"(?i)\bwarning\b", output):
        sys.exit(f"the site must build without a warning, got:\n{output}")
    target = site / version
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(_BUILT, target)
    versions = sorted((path.parent.name for path in site.glob("*/index.html")), key=_order, reverse=True)
    listed = [
        {"version": each, "title": each, "aliases": ["latest"] if index == 0 else []}
        for index, each in enumerate(versions)
    ]
    (site / "versions.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")
    (site / "index.html").write_text(_START.format(version=versions[0]), encoding="utf-8")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", default=_version(), help="The version, %(default)s by default.")
    parser.add_argument("--site", type=Path, default=SITE, help="Where the versions are.")
    arguments = parser.parse_args()
    build(arguments.version, arguments.site)
    print(f"[docs] {arguments.site / arguments.version / 'index.html'}")  # noqa: T201 - a command's output
