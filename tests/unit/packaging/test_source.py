"""Which files of a project are packaged, and what they hash to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from durable_mi.packaging import ProjectSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write(root: Path, *names: str) -> Path:
    """Make a project with these files, each holding its own name."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def names(root: Path, exclude: Sequence[str] = ()) -> list[str]:
    """Return the names of what is packaged."""
    return [file.name for file in ProjectSource.scan(root, exclude).files]


def test_leaves_out_what_no_function_needs(tmp_path: Path) -> None:
    """Caches, version control, environments, secrets, CDK's output and the project's tests stay out."""
    write(
        tmp_path,
        "app.py",
        "orders/model.py",
        "orders/tests/data.py",
        *(".env", ".git/config", ".venv/lib/six.py", "env/pyvenv.cfg", "env/lib/six.py", "node_modules/a.js"),
        *(
            "__pycache__/app.pyc",
            "orders/__pycache__/model.pyc",
            "orders/old.pyo",
            "cdk.out/a",
            "app.egg-info/PKG-INFO",
        ),
        *("tests/test_app.py", "test_app.py", "app_test.py", "conftest.py"),
    )

    assert ["app.py", "orders/model.py", "orders/tests/data.py"] == names(tmp_path)


def test_leaves_out_what_is_for_developers(tmp_path: Path) -> None:
    """A comment in a lock or a README is no new version; what a handler can read below the top stays."""
    write(
        tmp_path,
        "app.py",
        *("README.md", "orders/README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "uv.lock", "poetry.lock"),
        *("requirements.in", "requirements-dev.txt", "requirements.txt", "setup.py", "Makefile"),
        *("prompts/refund.md", "orders/requirements.txt", "readme_parser.py"),
    )

    assert ["app.py", "orders/requirements.txt", "prompts/refund.md", "readme_parser.py"] == names(tmp_path)


def test_includes_directories_and_files(tmp_path: Path) -> None:
    """Under the path that each gets in the package, hashed as the source is."""
    write(tmp_path / "orders", "app.py", "notes.tmp")
    write(
        tmp_path / "shared",
        "lib/a.py",
        "lib/tests/b.py",
        "lib/README.md",
        "lib/c.tmp",
        "lib/__pycache__/a.pyc",
        "d.json",
    )
    include = {"shared_lib": "../shared/lib", "data/d.json": str(tmp_path / "shared" / "d.json")}

    source = ProjectSource.scan(tmp_path / "orders", ["*.tmp"], include)

    assert ["app.py", "data/d.json", "shared_lib/a.py", "shared_lib/tests/b.py"] == [file.name for file in source.files]
    before = source.digest()
    (tmp_path / "shared" / "lib" / "a.py").write_text("changed")
    assert before != ProjectSource.scan(tmp_path / "orders", ["*.tmp"], include).digest()


def test_the_place_of_what_is_included_is_not_hashed(tmp_path: Path) -> None:
    """Two checkouts have the same hash."""
    digests = set()
    for place in ("one", "two/three"):
        write(tmp_path / place / "orders", "app.py")
        write(tmp_path / place / "shared", "a.py")
        digests.add(ProjectSource.scan(tmp_path / place / "orders", (), {"shared": "../shared"}).digest())

    assert 1 == len(digests)


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ({"shared": "../gone"}, r"must lead to files and directories, got \S+gone for 'shared', which is not there;"),
        ({"../shared": "../shared"}, r"must name paths inside the package, such as 'shared_lib', got '\.\./shared';"),
        ({"/shared": "../shared"}, "must name paths inside the package"),
        ({"": "../shared"}, "must name paths inside the package"),
        (
            {"orders": "../shared"},
            r"must not replace a file of the project, got orders/a\.py in both; rename or exclude",
        ),
        ({"empty": "../empty"}, "must lead to files, got none in "),
    ],
)
def test_rejects_includes(tmp_path: Path, include: dict[str, str], message: str) -> None:
    """What is not there, leaves the package, or replaces something."""
    write(tmp_path / "project", "orders/a.py")
    write(tmp_path / "shared", "a.py")
    (tmp_path / "empty").mkdir()

    with pytest.raises(ValueError, match=f"^include {message}"):
        ProjectSource.scan(tmp_path / "project", (), include)


def test_a_distribution_has_all_that_its_build_reads(tmp_path: Path) -> None:
    """Its README is in its metadata, its tests and earlier builds are not."""
    write(tmp_path, "pyproject.toml", "README.md", "src/a.py", "tests/test_a.py", "dist/a.whl", "build/lib/a.py")

    assert ["README.md", "pyproject.toml", "src/a.py"] == [
        file.name for file in ProjectSource.of_distribution(tmp_path).files
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.md", ["a.py", "docs/deep/b.py"]),
        ("docs", ["a.py", "notes.md"]),
        ("docs/", ["a.py", "notes.md"]),
        ("docs/*.md", ["a.py", "docs/deep/b.py", "notes.md"]),
        ("./docs/deep", ["a.py", "docs/c.md", "notes.md"]),
    ],
)
def test_excludes_patterns(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    """A pattern without a slash is for names at any depth, one with a slash for paths."""
    write(tmp_path, "notes.md", "a.py", "docs/c.md", "docs/deep/b.py")

    assert expected == names(tmp_path, [pattern])


def test_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    """Neither place, times, modes nor caches change the hash."""
    one = write(tmp_path / "one", "a.py", "b/c.py")
    two = write(tmp_path / "somewhere else" / "two", "b/c.py", "a.py", "__pycache__/a.pyc")
    os.utime(two / "a.py", (1, 1))
    (two / "a.py").chmod(0o600)

    assert ProjectSource.scan(one).digest() == ProjectSource.scan(two).digest()


@pytest.mark.parametrize("change", ["content", "name", "added"])
def test_digest_changes_with_the_source(tmp_path: Path, change: str) -> None:
    """A changed, renamed or added file is another package."""
    before = ProjectSource.scan(write(tmp_path, "a.py", "b.py")).digest()
    if change == "content":
        (tmp_path / "a.py").write_text("other")
    elif change == "name":
        (tmp_path / "a.py").rename(tmp_path / "aa.py")  # the order stays
    else:
        write(tmp_path, "d.py")

    assert before != ProjectSource.scan(tmp_path).digest()


def test_copies_with_modes_that_lambda_can_read(tmp_path: Path) -> None:
    """Copies are readable for all, and executable where the source is."""
    root = write(tmp_path / "source", "a.py", "bin/run.sh")
    (root / "a.py").chmod(0o600)
    (root / "bin" / "run.sh").chmod(0o700)

    ProjectSource.scan(root).copy_into(tmp_path / "copy")

    assert "a.py" == (tmp_path / "copy" / "a.py").read_text()
    assert 0o644 == (tmp_path / "copy" / "a.py").stat().st_mode & 0o777
    assert 0o755 == (tmp_path / "copy" / "bin" / "run.sh").stat().st_mode & 0o777


def test_follows_links_inside(tmp_path: Path) -> None:
    """A link inside of the project is packaged as what it leads to."""
    write(tmp_path, "real/a.py")
    (tmp_path / "linked").symlink_to("real")
    (tmp_path / "b.py").symlink_to("real/a.py")

    assert ["b.py", "linked/a.py", "real/a.py"] == names(tmp_path)
    ProjectSource.scan(tmp_path).copy_into(tmp_path.parent / "copy")
    assert not (tmp_path.parent / "copy" / "b.py").is_symlink()


def test_rejects_links_that_lead_out(tmp_path: Path) -> None:
    """What lies outside of the project is not part of it."""
    write(tmp_path, "project/a.py", "shared/b.py")
    (tmp_path / "project" / "shared").symlink_to("../shared")

    with pytest.raises(ValueError, match=r"^a symbolic link must lead to a path in the project, got shared -> "):
        ProjectSource.scan(tmp_path / "project")


def test_an_excluded_link_may_lead_anywhere(tmp_path: Path) -> None:
    """What stays out is not looked at."""
    write(tmp_path, "project/a.py", "shared/b.py")
    (tmp_path / "project" / "shared").symlink_to("../shared")

    assert ["a.py"] == names(tmp_path / "project", ["shared"])


def test_rejects_broken_links(tmp_path: Path) -> None:
    """A link to nothing would be missing in the package."""
    write(tmp_path, "a.py")
    (tmp_path / "b.py").symlink_to("gone.py")

    with pytest.raises(ValueError, match=r"got b\.py, which is broken; fix or exclude it$"):
        ProjectSource.scan(tmp_path)


def test_rejects_links_in_a_circle(tmp_path: Path) -> None:
    """Two directories that link to each other have no end."""
    write(tmp_path, "one/a.py", "two/b.py")
    (tmp_path / "one" / "two").symlink_to("../two")
    (tmp_path / "two" / "one").symlink_to("../one")

    with pytest.raises(ValueError, match=r"^a symbolic link must not lead into a directory that contains it, got "):
        ProjectSource.scan(tmp_path)


def test_rejects_a_file_as_project(tmp_path: Path) -> None:
    """The path of a module is not a project."""
    write(tmp_path, "a.py")

    with pytest.raises(ValueError, match=r"^the project must be a directory, got .*a\.py, which is a file$"):
        ProjectSource.scan(tmp_path / "a.py")


def test_rejects_a_missing_project(tmp_path: Path) -> None:
    """A wrong path is said as it is."""
    with pytest.raises(ValueError, match=r"^the project must be a directory, got .*gone, which is not there$"):
        ProjectSource.scan(tmp_path / "gone")


def test_rejects_a_project_without_files(tmp_path: Path) -> None:
    """Only tests are nothing to deploy."""
    write(tmp_path, "tests/test_a.py")

    with pytest.raises(ValueError, match=r"^the project must have a file to package, got none in "):
        ProjectSource.scan(tmp_path)
