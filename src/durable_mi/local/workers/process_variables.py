"""The environment variables of a version's processes."""

from __future__ import annotations

import os
import site
from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi.local.workers import _awslambdaric

if TYPE_CHECKING:
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.version_options import VersionOptions

__all__ = ["process_variables"]


def process_variables(function: AppFunction, code: Path, options: VersionOptions) -> dict[str, str]:
    """Return the processes' environment: Lambda's own variables and the function's, and nothing of this machine's.

    Args:
        function: The version.
        code: Directory with the code as it runs here.
        options: What the versions have in common.
    """
    return {
        **function.environment,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_REGION": options.region,
        "AWS_DEFAULT_REGION": options.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_LAMBDA": options.endpoint_url,
        **_awslambdaric.execution_env(function.runtime),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances" if function.capacity else "on-demand",
        **_awslambdaric.log_variables(function.log_level),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{function.name}[{function.version}]",
        "LAMBDA_TASK_ROOT": str(code),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        # The asset comes before what is installed beside the runtime client.
        "PYTHONPATH": options.host.python_path(code),
        **_bytecode(function, code, options),
        **_user_packages(),
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }


def _user_packages() -> dict[str, str]:
    """Return where packages are that the user installed without root, since the processes have another home."""
    base = site.getuserbase()
    return {"PYTHONUSERBASE": base} if Path(base).is_dir() else {}


def _bytecode(function: AppFunction, code: Path, options: VersionOptions) -> dict[str, str]:
    """Return where Python keeps bytecode: never in the asset, which stays as it was hashed, nowhere for copied code."""
    bytecode = options.host.bytecode
    if bytecode is None or isinstance(function.code, str) or code != function.code.resolve():
        return {"PYTHONDONTWRITEBYTECODE": "1"}
    return {"PYTHONPYCACHEPREFIX": str(bytecode)}
