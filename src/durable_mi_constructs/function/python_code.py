"""`PythonCode`: a project's source and its locked requirements as a function's code, built without Docker."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

from durable_mi.packaging import LockedRequirements, PackageTarget, ProjectSource, installed_requirements
from durable_mi_constructs import choices

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from constructs import Construct

__all__ = ["PythonCode"]

FORMAT: Final = "durable-mi-package-1"
"""Part of every asset hash: increase it in a release that composes packages differently."""


class PythonCode:
    """The code of a Python function: a directory of source and its locked requirements.

    The package is built on this machine for the function's architecture and Python version: requirements come as wheels
    through `uv`, or `pip` where there is no `uv`; nothing is compiled and no Docker is used. The same source,
    requirements, Python version and architecture give the same asset hash, whatever the path of the project and
    the installer.

    Requirements are installed once for each content and platform and kept in ``DURABLE_MI_CACHE_DIR``, by default
    ``~/.cache/durable-mi``, which you can delete at any time. The finished package is kept in the cloud assembly like
    every CDK asset.

    Example:
        ```python
        PythonCode.from_project("workflow", exclude=["*.md", "fixtures/*.json"])
        ```
    """

    def __init__(self, source: ProjectSource, requirements: LockedRequirements) -> None:
        self._source = source
        self._requirements = requirements

    @classmethod
    def from_project(
        cls,
        path: str | os.PathLike[str],
        *,
        requirements: str = "requirements.txt",
        exclude: Sequence[str] = (),
    ) -> PythonCode:
        """Use a project directory as a function's code.

        The directory is the package's root: the handler ``order_workflow.handler`` is in its ``order_workflow.py``.
        Excluded are names that begin with a dot (``.env``, ``.venv``, ``.git``, ...), bytecode, ``cdk.out``,
        ``node_modules``, virtual environments, and at the top of the directory ``test``, ``tests``, ``test_*.py``,
        ``*_test.py`` and ``conftest.py``. Symbolic links are followed inside the project.

        Args:
            path: The directory. A relative path is relative to the working directory, which under the CDK CLI is the
                one of ``cdk.json``.
            requirements: The file with the locked requirements, relative to ``path``: every requirement, also
                transitive ones, as ``name==version``, best with hashes, which are then checked. ``uv pip compile``,
                ``uv export`` and ``pip-compile`` write it. Defaults to ``requirements.txt``. A project without
                requirements has an empty one.
            exclude: Glob patterns of further files and directories to exclude. A pattern without a slash is matched
                with names at any depth, one with a slash with paths relative to the project. Defaults to none.

        Raises:
            ValueError: The path is not a directory or has nothing to package, a symbolic link is broken or leads out
                of it, or the requirements file is missing or is not a lock.
        """
        directory = Path(path)
        source = ProjectSource.scan(directory, exclude)
        return cls(source, LockedRequirements.read(directory.resolve() / requirements))

    def for_function(
        self,
        runtime: lambda_.Runtime,
        architecture: lambda_.Architecture,
        *,
        scope: Construct | None = None,
    ) -> lambda_.Code:
        """Build the package for a function's runtime and architecture. `DurableManagedFunction` calls this.

        The requirements are installed here, and not when CDK bundles the asset, so that their errors are raised
        unchanged and not as a `RuntimeError` from jsii.

        Args:
            runtime: The function's runtime, a Python runtime.
            architecture: The function's architecture.
            scope: A construct in the function's stack. With it, nothing is installed if the CDK CLI does not need
                the stack's assets (``cdk list``, or another stack). By default, the requirements are installed.

        Returns:
            The code for `lambda_.Function`.

        Raises:
            ValueError: The runtime is not a Python runtime; a requirement has no wheel for the platform; the
                requirements contradict each other, do not match their hashes or are not complete; or a file of the
                project has the name of a file in a requirement.
            RuntimeError: Neither uv nor pip is installed, or the package index cannot be reached.
        """
        runtime, architecture = choices.take_runtime(runtime), choices.take_architecture(architecture)
        target = PackageTarget.for_runtime(runtime.name, architecture.name)
        package = _Package(self._source, self._requirements, target)
        if scope is None or cdk.Stack.of(scope).bundling_required:
            package.install()
        return lambda_.Code.from_asset(
            str(self._source.root),
            asset_hash=package.digest(),
            asset_hash_type=cdk.AssetHashType.CUSTOM,
            bundling=cdk.BundlingOptions(
                # CDK demands an image also where Docker is never asked
                image=cdk.DockerImage.from_registry("scratch"),
                local=package,
                output_type=cdk.BundlingOutput.NOT_ARCHIVED,
            ),
        )


@jsii.implements(cdk.ILocalBundling)
class _Package:
    """The callback for CDK if the asset is not in the cloud assembly yet; at that time it cannot fail."""

    def __init__(self, source: ProjectSource, requirements: LockedRequirements, target: PackageTarget) -> None:
        self._source = source
        self._requirements = requirements
        self._target = target

    def install(self) -> Path:
        """Install the requirements, and return their directory.

        Raises:
            ValueError: A file of the project would replace one of a requirement.
        """
        installed = installed_requirements(self._requirements, self._target)
        for file in self._source.files:
            if (installed / file.name).exists():
                msg = f"a file of the project must not replace one of its requirements, got {file.name} in both"
                msg += "; rename it, or exclude it"
                raise ValueError(msg)
        return installed

    def digest(self) -> str:
        """Hash everything that the package's content depends on."""
        parts = (
            FORMAT.encode(),
            str(self._target).encode(),
            self._requirements.content,
            self._source.digest().encode(),
        )
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def try_bundle(self, output_dir: str, *_options: Any, **_named: Any) -> bool:  # noqa: ANN401 - CDK's, unused
        """Compose the package in CDK's directory.

        Args:
            output_dir: An empty directory. CDK's bundling options, which can follow, are for Docker.

        Returns:
            True, so that CDK does not try Docker.
        """
        shutil.copytree(self.install(), output_dir, dirs_exist_ok=True)
        self._source.copy_into(Path(output_dir))
        return True
