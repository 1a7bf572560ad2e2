"""A function's deployment package: the project's source and its locked requirements, without Docker.

:mod:`~durable_mi.packaging.source` finds the project's files, :mod:`~durable_mi.packaging.lock` reads its lock,
:mod:`~durable_mi.packaging.target` names the platform, :mod:`~durable_mi.packaging.install` installs the requirements
into a directory for it, :mod:`~durable_mi.packaging.local_distribution` builds what the lock names by its path, and
:mod:`~durable_mi.packaging.package` puts them together. :mod:`~durable_mi.packaging.handler` finds the handler in it.
"""

from __future__ import annotations

from durable_mi.packaging.handler import check_handler_in_package
from durable_mi.packaging.install import installed_requirements
from durable_mi.packaging.modules import PackageModules
from durable_mi.packaging.package import Package
from durable_mi.packaging.requirements import LockedRequirements
from durable_mi.packaging.source import ProjectSource
from durable_mi.packaging.target import PackageTarget

__all__ = [
    "LockedRequirements",
    "Package",
    "PackageModules",
    "PackageTarget",
    "ProjectSource",
    "check_handler_in_package",
    "installed_requirements",
]
