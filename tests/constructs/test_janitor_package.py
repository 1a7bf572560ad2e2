"""The janitor's package: what its handler imports of this distribution, the same on every machine."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
import zipfile
import zoneinfo
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from durable_mi_constructs.releases.package import HANDLER, JanitorPackage, import_closure

if TYPE_CHECKING:
    from pathlib import Path

BY_THE_RUNTIME = {"boto3", "botocore"}


@pytest.fixture(scope="module")
def package() -> JanitorPackage:
    """Return the package with a time zone."""
    return JanitorPackage.of("Europe/Berlin")


def test_handler_is_imported_from_the_package_alone(package: JanitorPackage, tmp_path: Path) -> None:
    """Every module of ours that is imported comes from the package, which has all of them."""
    package.write(tmp_path)
    module, _, function = HANDLER.rpartition(".")
    code = (
        f"import sys, {module} as found; assert found.{function};"
        "print(*(it.__file__ for name, it in sys.modules.items() if name.split('.')[0].startswith('durable_mi')))"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert "" == done.stderr
    assert all(file.startswith(str(tmp_path)) for file in done.stdout.split())


def test_nothing_in_it_needs_another_package(package: JanitorPackage) -> None:
    """Lambda's runtime has boto3 and the standard library."""
    imported = {
        name.split(".")[0]
        for path, content in package.files.items()
        if path.endswith(".py")
        for node in _running(ast.parse(content))
        for name in _names(node)
    }

    assert imported - BY_THE_RUNTIME - {"durable_mi"} <= sys.stdlib_module_names


def test_it_is_small_and_has_no_bytecode(package: JanitorPackage) -> None:
    """200 KB at most, as Lambda gets it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for path, content in package.files.items():
            made.writestr(path, content)

    assert 200_000 > len(archive.getvalue())
    assert [] == [path for path in package.files if "__pycache__" in path or not path.endswith((".py", "Berlin"))]


def test_its_name_depends_on_its_content_alone(package: JanitorPackage) -> None:
    """Not on where it is written, or in which order its files are found."""
    turned = JanitorPackage(dict(reversed(list(package.files.items()))))
    (path, content), *_ = package.files.items()

    assert JanitorPackage.of("Europe/Berlin").digest == package.digest == turned.digest
    assert package.digest != JanitorPackage({**package.files, path: content + b" "}).digest
    assert package.digest != JanitorPackage.of().digest
    assert JanitorPackage({"a": b"bc"}).digest != JanitorPackage({"ab": b"c"}).digest


def test_files_can_be_read_by_lambda(package: JanitorPackage, tmp_path: Path) -> None:
    """Whatever the mask of the machine that synthesizes: the CDK keeps modes in the archive."""
    before = os.umask(0o077)
    try:
        package.write(tmp_path)
    finally:
        os.umask(before)

    assert {0o644} == {file.stat().st_mode & 0o777 for file in tmp_path.rglob("*") if file.is_file()}


def test_its_time_zones_are_those_of_python(package: JanitorPackage) -> None:
    """Summer and winter."""
    zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(package.files["zoneinfo/Europe/Berlin"]))

    for month in (1, 7):
        moment = datetime(2026, month, 1, tzinfo=UTC)
        assert moment.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset() == moment.astimezone(zone).utcoffset()


def test_rejects_a_time_zone_that_is_not_on_this_machine() -> None:
    """A package without it would fail in every pass."""
    with pytest.raises(ValueError, match="the time zone Europe/Nowhere must be known to this machine, got no data"):
        JanitorPackage.of("Europe/Nowhere")


def test_imports_for_types_are_left_out() -> None:
    """The command line's modules, say, or another room that only a type comes from."""
    names = {path.as_posix().rpartition("src/")[2] for path in import_closure(HANDLER.rpartition(".")[0])}

    assert "durable_mi/__init__.py" in names
    assert not [
        name for name in names if name.startswith(("durable_mi/cli", "durable_mi/local", "durable_mi/timeline"))
    ]


def _running(tree: ast.Module) -> list[ast.AST]:
    """Return what is not for types alone."""
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")
    ]
    return list(ast.walk(tree))


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(level=0):
            return [str(node.module)]
    return []
