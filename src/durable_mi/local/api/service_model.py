"""AWS's own description of its APIs, which botocore brings: the calls by path, and what their requests contain."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from botocore.loaders import Loader
from botocore.model import ServiceModel

if TYPE_CHECKING:
    from botocore.model import OperationModel

__all__ = ["call_by_name", "call_by_path"]


@lru_cache(maxsize=1024)
def call_by_path(method: str, raw_path: str) -> OperationModel | None:
    """Return the call of the Lambda API that has a path, ``None`` if none has.

    Args:
        method: The HTTP method.
        raw_path: The path as it was sent, in which slashes of names are escaped.
    """
    for pattern, name in _paths().get(method, ()):
        if pattern.fullmatch(raw_path.rstrip("/")):
            return _model("lambda").operation_model(name)
    return None


def call_by_name(service: str, name: str) -> OperationModel:
    """Return a call of a service.

    Args:
        service: Botocore's name of the service.
        name: AWS's name of the call.
    """
    return _model(service).operation_model(name)


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def _paths() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """Return the pattern of each call's path, and its name, by method."""
    model = _model("lambda")
    paths: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for name in model.operation_names:
        http = model.operation_model(name).http
        pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(http["requestUri"].split("?")[0].rstrip("/")))
        paths.setdefault(http["method"], []).append((re.compile(pattern), name))
    return paths
