"""A function's deployment package: the project's source and its locked requirements, without Docker.

:mod:`~durable_mi.packaging.source` finds the project's files, :mod:`~durable_mi.packaging.requirements` reads its lock,
:mod:`~durable_mi.packaging.target` names the platform, and :mod:`~durable_mi.packaging.install` installs the
requirements into a directory for it.
"""

from __future__ import annotations

from durable_mi.packaging.install import installed_requirements
from durable_mi.packaging.requirements import LockedRequirements
from durable_mi.packaging.source import ProjectSource
from durable_mi.packaging.target import PackageTarget

__all__ = ["LockedRequirements", "PackageTarget", "ProjectSource", "installed_requirements"]
