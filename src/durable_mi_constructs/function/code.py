"""The code of a function: a Python handler in a package, or a container image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets

from durable_mi.checks import code as checks
from durable_mi.packaging import PackageModules, check_handler_in_package
from durable_mi_constructs import choices, kinds
from durable_mi_constructs.construct_paths import node_of
from durable_mi_constructs.function.python_code import PythonCode
from durable_mi_constructs.resource_properties import properties_of
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from constructs import Construct

    from durable_mi_constructs.function.settings import FunctionSettings

__all__ = ["CODE", "FunctionCode"]

CODE: Final = kinds.instance(
    lambda_.Code,
    PythonCode,
    fix="pass PythonCode.from_project(...) or lambda_.Code.from_asset(...); for a container image pass "
    "lambda_.Code.from_asset_image(...) or .from_ecr_image(...), with handler=lambda_.Handler.FROM_IMAGE",
)
"""The kind of ``code``. A ``DockerImageCode`` is none: only CDK's own functions can read it."""

_outdirs: WeakKeyDictionary[cdk.Stack, Path | None] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionCode:
    """Code, handler and runtime that match; created by :meth:`of`.

    Attributes:
        code: The given code.
        handler: Module and function, or ``Handler.FROM_IMAGE``.
        runtime: The runtime, or ``Runtime.FROM_IMAGE``.
        runtime_name: Its name.
        settings: The function's settings, of which the layers depend on where the function runs.
    """

    code: lambda_.Code | PythonCode
    handler: str
    runtime: lambda_.Runtime
    runtime_name: str
    settings: FunctionSettings

    @classmethod
    def of(
        cls,
        code: lambda_.Code | PythonCode,
        handler: str,
        runtime: lambda_.Runtime | None,
        settings: FunctionSettings,
    ) -> FunctionCode:
        """Check that the parts match and add the default runtime.

        Args:
            code: The code.
            handler: The handler.
            runtime: The runtime. Defaults to Python 3.14, or to the image's runtime.
            settings: The settings; some are not for images, and layers can be for certain runtimes.

        Raises:
            ValueError: Handler or runtime is not one for durable Python functions on managed instances, or an image has
                a handler, a runtime, layers, a runtime pin or code signing.
        """
        if runtime is not None:
            runtime = choices.take_runtime(runtime)
        from_image = _from_image()
        image = isinstance(code, (lambda_.AssetImageCode, lambda_.EcrImageCode))
        if image or handler == from_image:
            if handler != from_image:
                msg = (
                    f"handler must be lambda_.Handler.FROM_IMAGE for a container image, got {handler!r}: name it in "
                    "the image's CMD, or with cmd= where the code is made"
                )
                raise ValueError(msg)
            if isinstance(code, PythonCode):
                msg = (
                    "handler must be a module and a function in it, 'module.function', got Handler.FROM_IMAGE: "
                    "PythonCode makes a package, not an image"
                )
                raise ValueError(msg)
            if runtime is not None and runtime.name != lambda_.Runtime.FROM_IMAGE.name:
                msg = f"runtime must be left out for a container image, got {runtime.name}: the image brings its own"
                raise ValueError(msg)
            settings.check_image()
            runtime = lambda_.Runtime.FROM_IMAGE
            return cls(code=code, handler=handler, runtime=runtime, runtime_name=runtime.name, settings=settings)
        if runtime is None:
            runtime, name = _default_runtime()
        else:
            name = runtime.name
            checks.check_runtime(name)
        if not is_unresolved(handler):
            checks.check_handler(handler)
        settings.check_layers(runtime)
        return cls(code=code, handler=handler, runtime=runtime, runtime_name=name, settings=settings)

    def bind(self, scope: Construct, architecture: lambda_.Architecture) -> lambda_.Code:
        """Build the code for an architecture.

        Args:
            scope: The construct of the function.
            architecture: The architecture of the instances.

        Raises:
            ValueError: The package cannot be built, its handler is not a durable function, or a layer is for another
                architecture or Region.
        """
        if self.settings.layers:
            self.settings.check_layers_in(cdk.Stack.of(scope).region, architecture)
        if isinstance(self.code, PythonCode):
            return self.code.for_function(
                self.runtime,
                architecture,
                scope=scope,
                handler=None if is_unresolved(self.handler) else self.handler,
                layers=bool(self.settings.layers),
            )
        return self.code

    def check_made(self, function: lambda_.Function, resource: lambda_.CfnFunction) -> None:
        """Check the handler in inline code, or in a directory that CDK staged, with whatever its bundling made.

        Whether the handler is wrapped in ``durable_execution`` is not checked: such code can be a placeholder.

        Args:
            function: The function with the code.
            resource: Its resource.

        Raises:
            ValueError: The handler's module or function does not exist, or is ``async``.
        """
        if isinstance(self.code, lambda_.InlineCode):
            self._check_inline(resource)
        elif type(self.code) is lambda_.AssetCode:
            self._check_staged(function)

    def _check_inline(self, resource: lambda_.CfnFunction) -> None:
        text = properties_of(resource)["code"]["zipFile"]
        if not is_unresolved(text):
            self._check_handler(PackageModules({"index.py": text}, complete=not self.settings.layers))

    def _check_staged(self, function: lambda_.Function) -> None:
        asset = node_of(function).try_find_child("Code")
        if not isinstance(asset, s3_assets.Asset):
            return
        outdir = _outdir(function.stack)
        if outdir is not None and (directory := outdir / asset.asset_path).is_dir():
            self._check_handler(PackageModules({}, (directory,), complete=not self.settings.layers))

    def _check_handler(self, modules: PackageModules) -> None:
        if not is_unresolved(self.handler):
            python = self.runtime_name.removeprefix("python")
            check_handler_in_package(self.handler, modules, python, durable=False)


def _outdir(stack: cdk.Stack) -> Path | None:
    """Return where the assets of a stack are, or ``None`` where CDK does not bundle them: they could lack anything."""
    if stack not in _outdirs:
        stage = cdk.Stage.of(stack)
        _outdirs[stack] = Path(stage.asset_outdir if stage else "") if stack.bundling_required else None
    return _outdirs[stack]


# Read once, as the above for each stack: each is a round trip to Node.
@cache
def _from_image() -> str:
    return lambda_.Handler.FROM_IMAGE


@cache
def _default_runtime() -> tuple[lambda_.Runtime, str]:
    runtime = lambda_.Runtime.PYTHON_3_14
    return runtime, runtime.name
