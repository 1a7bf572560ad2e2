"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that is wrong, or that only a maintainer can add.

    Attributes:
        message: What must hold, what came, and how to fix it.
        to_fill_in: Whether only a maintainer knows it, such as an address. A release without it is rejected; before a
            tag it is only listed.
    """

    message: str
    to_fill_in: bool = False
