"""Names that are meant to be another one."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Final

__all__ = ["nearest"]

# As near as MaxVCpus is to MaxVCpuCount.
_NEAR: Final = 0.69
# A word at the beginning or the end of only one name, such as MaxConcurrency, is meant to be that.
_A_WORD: Final = 6


@lru_cache(maxsize=4096)
def nearest(name: str, names: tuple[str, ...]) -> str | None:
    """Return which of some names another one is meant to be; ``None`` if it is none of them, or one as it is.

    Args:
        name: What is written.
        names: What may be meant.
    """
    if name in names:
        return None
    by_letters = {_letters(each): each for each in names}
    letters = _letters(name)
    close = get_close_matches(letters, by_letters, n=1, cutoff=_NEAR)
    if not close and len(letters) >= _A_WORD:
        ends = [each for each in by_letters if each.startswith(letters) or each.endswith(letters)]
        close = ends if len(ends) == 1 else []
    return by_letters[close[0]] if close else None


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
