"""`PythonCode`: a project's source and its locked requirements as a function's code, built without Docker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

from durable_mi.packaging import Package, PackageTarget
from durable_mi_constructs import choices, kinds
from durable_mi_constructs.arguments import takes

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from constructs import Construct

__all__ = ["PythonCode"]

_PACKAGE: Final = kinds.instance(Package, fix="call PythonCode.from_project(...) with the directory of the project")
_INCLUDE: Final = kinds.MappingOf(kinds.PATH, example='{"shared_lib": "../shared/shared_lib"}')


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

    @takes(package=_PACKAGE)
    def __init__(self, package: Package) -> None:
        self._package = package

    @classmethod
    @takes(path=kinds.PATH, requirements=kinds.STRING, exclude=kinds.STRINGS, include=_INCLUDE)
    def from_project(
        cls,
        path: str | os.PathLike[str],
        *,
        requirements: str | None = None,
        exclude: Sequence[str] = (),
        include: Mapping[str, str | os.PathLike[str]] | None = None,
    ) -> PythonCode:
        """Use a project directory as a function's code.

        The directory is the package's root: the handler ``order_workflow.handler`` is in its ``order_workflow.py``.
        Excluded are names that begin with a dot (``.env``, ``.venv``, ``.git``, ...), bytecode, ``cdk.out``,
        ``node_modules``, virtual environments and ``README`` files. At the top of the directory, tests (``test``,
        ``tests``, ``test_*.py``, ``*_test.py``, ``conftest.py``) and the files of the project itself
        (``pyproject.toml``, lock files, ``CHANGELOG.md``, ``LICENSE``, ...) are excluded too. Symbolic links are
        followed inside the project.

        Args:
            path: The directory. A relative path is relative to the working directory, which under the CDK CLI is the
                one of ``cdk.json``.
            requirements: The file with the locked requirements, relative to ``path``: every requirement, also
                transitive ones, as ``name==version``, best with hashes, which are then checked. ``uv pip compile``,
                ``uv export`` and ``pip-compile`` write it. A requirement can also be the path of another project or of
                a wheel, such as ``-e ./packages/shared``: it is built with the project's own build backend. A
                ``uv.lock`` or ``poetry.lock`` is exported by ``uv`` or ``poetry``, which must be installed. Defaults to
                the first that exists: ``requirements.txt``, ``uv.lock`` or ``poetry.lock`` in the directory, or the
                ``uv.lock`` of the workspace that the directory is a member of. A project without requirements has an
                empty ``requirements.txt``.
            exclude: Glob patterns of further files and directories to exclude. A pattern without a slash is matched
                with names at any depth, one with a slash with paths in the package. Defaults to none.
            include: Files and directories outside the directory, by the path that each gets in the package, such as
                ``{"shared_lib": "../shared/shared_lib"}``. A relative path is relative to ``path``. Defaults to none.

        Raises:
            ValueError: A value is of the wrong kind, the path is not a directory or has nothing to package, a symbolic
                link is broken or leads out of it, what ``include`` names does not exist, or the lock is missing, is not
                complete or cannot be read.
        """
        return cls(Package.read(Path(path), requirements=requirements, exclude=exclude, include=include))

    @takes(scope=kinds.CONSTRUCT, handler=kinds.STRING, layers=kinds.BOOL)
    def for_function(
        self,
        runtime: lambda_.Runtime,
        architecture: lambda_.Architecture,
        *,
        scope: Construct | None = None,
        handler: str | None = None,
        layers: bool = False,
    ) -> lambda_.Code:
        """Build the package for a function's runtime and architecture. `DurableManagedFunction` calls this.

        The requirements are installed here, and not when CDK bundles the asset, so that their errors are raised
        unchanged and not as a `RuntimeError` from jsii.

        Args:
            runtime: The function's runtime, a Python runtime.
            architecture: The function's architecture.
            scope: A construct in the function's stack. With it, nothing is installed if the CDK CLI does not need
                the stack's assets (``cdk list``, or another stack). By default, the requirements are installed.
            handler: Module and function, which must be a durable function of the package. Only the syntax is read:
                what it does not show, such as a decorator of another package, is not judged. Defaults to no check.
            layers: Whether the function has layers, which can contain the handler and the durable execution SDK.

        Returns:
            The code for `lambda_.Function`.

        Raises:
            ValueError: The runtime is not a Python runtime; a requirement has no wheel for the platform; the
                requirements contradict each other, do not match their hashes or are not complete; a local requirement
                cannot be built; a file of the project has the name of a file in a requirement; the package is larger
                than 250 MB; or the handler is not a durable function of the package.
            RuntimeError: Neither uv nor pip is installed, or the package index cannot be reached.
        """
        runtime, architecture = choices.take_runtime(runtime), choices.take_architecture(architecture)
        target = PackageTarget.for_runtime(runtime.name, architecture.name)
        needed = scope is None or cdk.Stack.of(scope).bundling_required
        installed = self._package.install(target) if needed else None
        if handler is not None:
            self._package.check_handler(handler, target, installed, layers=layers)
        return lambda_.Code.from_asset(
            str(self._package.source.root),
            asset_hash=self._package.digest(target),
            asset_hash_type=cdk.AssetHashType.CUSTOM,
            bundling=cdk.BundlingOptions(
                # CDK demands an image also where Docker is never asked
                image=cdk.DockerImage.from_registry("scratch"),
                local=_Bundling(self._package, target),
                output_type=cdk.BundlingOutput.NOT_ARCHIVED,
            ),
        )


@jsii.implements(cdk.ILocalBundling)
class _Bundling:
    """The callback for CDK if the asset is not in the cloud assembly yet; at that time it cannot fail."""

    def __init__(self, package: Package, target: PackageTarget) -> None:
        self._package = package
        self._target = target

    def try_bundle(self, output_dir: str, *_options: Any, **_named: Any) -> bool:  # noqa: ANN401 - CDK's, unused
        """Compose the package in CDK's directory.

        Args:
            output_dir: An empty directory. CDK's bundling options, which can follow, are for Docker.

        Returns:
            True, so that CDK does not try Docker.
        """
        self._package.assemble(self._target, Path(output_dir))
        return True
