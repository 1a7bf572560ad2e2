"""Assets of a synthesized app that are `.zip` files: their modules are read, and no archive does harm."""

from __future__ import annotations

import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.lint.app import archive
from tests.unit.cli.test_lint_app import ERROR, RIGHT, findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Project, Run

WORKFLOW = "from aws_durable_execution_sdk_python import durable_execution\n@durable_execution\n"


def source(line: str, imports: str = "import uuid") -> str:
    """Return a workflow whose body is line 5."""
    return f"{imports}\n{WORKFLOW}def handler(event, context):\n    {line}\n"


def zipped(project: Project, files: dict[str, Any], handler: str = "order.handler") -> Path:
    """Write an app whose only function has an archive of these files."""
    made = project.write("cdk.out/asset.a.zip", "")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    project.assembly({"Order": project.function("a", handler)}, {"a": "asset.a.zip"})
    return made


def only_line(run: Run, *, unpacked: Path) -> str:
    """Return the line about an archive that is not read; nothing is left of it."""
    done = run("lint", "cdk.out")
    line, end = done.stdout.splitlines()
    assert (0, "", "Nothing found (0 files).") == (done.exit_code, done.stderr, end)
    assert [] == list(unpacked.glob("durable-mi-lint-*"))
    return line


@pytest.fixture(autouse=True)
def unpacked(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where archives are unpacked."""
    place = tmp_path_factory.mktemp("unpacked") / "inner" / "most"
    place.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def test_reads_the_handler_and_what_it_imports(run: Run, project: Project, unpacked: Path) -> None:
    """Positions are named by the archive; installed packages are libraries."""
    names = "import uuid\ndef new():\n    return str(uuid.uuid4())\n"
    files = {
        "order.py": source(
            "context.step(lambda _: 1, name=new()); vendor.call(context)", "from names import new; import vendor"
        ),
        "names.py": names,
        "vendor/__init__.py": source(ERROR),
        "vendor-1.dist-info/RECORD": "vendor/__init__.py,,\n",
    }
    zipped(project, files)

    assert [("DMC103", "cdk.out/asset.a.zip!/order.py", 5, "Shop/Order/Resource")] == findings(run, "lint", "cdk.out")
    assert "cdk.out/asset.a.zip!/order.py\n" in run("lint", "cdk.out").stdout
    assert "file=cdk.out/asset.a.zip!/order.py" in run("lint", "cdk.out", "--output", "github").stdout
    assert [] == list(unpacked.iterdir())

    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["order.py"]\n')
    assert [] == findings(run, "lint", "cdk.out")


def test_a_handler_that_the_archive_does_not_have(run: Run, project: Project) -> None:
    """Also if the module is not wrapped; a compiled one and a link are not judged."""
    zipped(project, {"order.py": "def handler(event, context):\n    return 1\n"})
    assert [("DMC603", "cdk.out/asset.a.zip!/order.py", 1)] == [each[:3] for each in findings(run, "lint", "cdk.out")]
    zipped(project, {"other.py": source(RIGHT)})
    assert ["cdk.out/Shop.template.json"] == [each[1] for each in findings(run, "lint", "cdk.out")]
    zipped(project, {"order.so": b"x"})
    assert [] == findings(run, "lint", "cdk.out")
    link = zipfile.ZipInfo("order.py")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    made = zipped(project, {"other.py": source(RIGHT)})
    with zipfile.ZipFile(made, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    assert [] == findings(run, "lint", "cdk.out")


def test_a_module_that_is_no_python_is_named(run: Run, project: Project) -> None:
    """By its place in the archive."""
    zipped(project, {"order.py": source("("), "a.py": ""})
    done = run("lint", "cdk.out")
    assert 2 == done.exit_code
    assert "cdk.out/asset.a.zip!/order.py must be Python that this interpreter can read, got line 5" in done.stderr


@pytest.mark.parametrize("name", ["../order.py", "/order.py", "a/../../order.py"])
def test_rejects_an_entry_outside(run: Run, project: Project, unpacked: Path, name: str) -> None:
    """Nothing is written there."""
    zipped(project, {name: source(ERROR)})
    why = f"its asset asset.a.zip cannot be unpacked: its entries must be below its root, got {name!r}"
    assert f"Skipped Shop/Order/Resource: {why}." == only_line(run, unpacked=unpacked)
    assert [] == list(unpacked.parents[1].rglob("order.py"))


def cut(file: Path) -> None:
    """Leave the end out, with the list of entries."""
    file.write_bytes(file.read_bytes()[:-40])


def damage(file: Path) -> None:
    """Change the first entry."""
    content = bytearray(file.read_bytes())
    content[50:60] = b"\xff" * 10
    file.write_bytes(content)


def empty(file: Path) -> None:
    """Leave nothing."""
    file.write_bytes(b"")


def protect(file: Path) -> None:
    """Ask for a password."""
    content = file.read_bytes()
    # The flag for a password, in the local header and in the central directory.
    content = content[:6] + b"\x01" + content[7:]
    at = content.index(b"PK\x01\x02")
    file.write_bytes(content[: at + 8] + b"\x01" + content[at + 9 :])


@pytest.mark.parametrize("harm", [cut, damage, empty, protect], ids=lambda each: each.__name__)
def test_rejects_a_broken_archive(run: Run, project: Project, unpacked: Path, harm: Callable[[Path], None]) -> None:
    """In one line."""
    harm(zipped(project, {"order.py": source(ERROR) * 20}))
    line = only_line(run, unpacked=unpacked)
    assert line.startswith("Skipped Shop/Order/Resource: its asset asset.a.zip cannot be unpacked: ")


@pytest.mark.parametrize(
    "files",
    [{"order.py": b"x = 1\n" * 1_000_000}, {"order.py/deeper.py": b"", "order.py": b""}, {f"{'n' * 300}.py": b""}],
    ids=["bomb", "file and directory", "name"],
)
def test_rejects_an_archive_that_no_package_is(
    run: Run, project: Project, unpacked: Path, files: dict[str, Any]
) -> None:
    """One that unpacks to very much, and entries that no file system has."""
    zipped(project, files)
    assert only_line(run, unpacked=unpacked).startswith("Skipped Shop/Order/Resource: its asset asset.a.zip ")


def test_rejects_many_modules_that_are_too_large_together(
    run: Run, project: Project, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And too many entries."""
    zipped(project, {f"m{n}.py": b"x" * 100 for n in range(5)})
    monkeypatch.setattr(archive, "_MOST_BYTES", 450)
    assert "unpacks to more than is read, at 'm4.py'" in only_line(run, unpacked=unpacked)
    monkeypatch.setattr(archive, "_MOST_ENTRIES", 4)
    assert "has 5 entries, more than 4" in only_line(run, unpacked=unpacked)
