"""The hashes of code and settings in a template's text, and placeholders for them.

The CDK writes two kinds. An asset has 64 hexadecimal digits: in the key of a file or a nested template, in the tag of
an image, and, with the legacy synthesizer, in the names of parameters. A published version of a function and a
deployment of a REST API have the 8 digits of their construct path and 32 of their content at the end of their logical
id.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ContentHashes"]

# Logical ids, file names, tags and hashes are of these characters; what is between them never is.
_WORD: Final = re.compile(r"[0-9A-Za-z]+")
_HASH: Final = re.compile(
    # A prefix of an asset's key or tag may end with a few such digits; longer digests are nothing of the CDK's.
    r"(?P<asset>(?<![0-9a-f]{8})[0-9a-f]{64}(?![0-9a-z]))"
    # An export's name goes on with the attribute and the hash of its own path.
    r"|(?:(?<=CurrentVersion)|(?<=Deployment))[0-9A-F]{8}[0-9a-f]{32}(?=[0-9A-F]{8}(?:Ref)?$|[A-Z]|$)"
)
# The path of what is named after a hash holds the hash, so its own hash changes too.
_HASH_OF_PATH: Final = re.compile(r"[0-9A-F]{8}(?=(?:Ref)?$)")
_ASSET: Final = "asset"
_VERSION: Final = "hash"
# The image that someone pinned: it changes when they say so.
_DIGEST: Final = "sha256:"


class ContentHashes:
    """Replaces the hashes in the strings of one template, so that names which differ still differ.

    Args:
        texts: All strings of the template, in an order that no hash decides. Where two names differ in their hashes
            only, the first has the placeholder, the second the placeholder with a 2, and so on.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: dict[str, str] = {}
        self._taken: set[str] = set()
        self._numbers: dict[str, dict[str, int]] = defaultdict(dict)
        for text in texts:
            for word in _WORD.findall(text):
                if word not in self._words:
                    self._words[word] = self._stable(word)

    def replace(self, text: str) -> str:
        """Return a string of the template with its hashes replaced."""
        return _WORD.sub(self._replaced, text)

    def _replaced(self, found: re.Match[str]) -> str:
        if found.string.endswith(_DIGEST, 0, found.start()):
            return found[0]
        return self._words[found[0]]

    def _stable(self, word: str) -> str:
        found = _HASH.search(word)
        if found is None:
            return word
        # Two assets become one when their content does, so only names that hold their hashes are told apart.
        if found["asset"] == word:
            return _placeholder(_ASSET, 1)
        # One asset has several names, which get one number.
        alike = self._numbers["" if found["asset"] else word[: found.start()]]
        number = alike.setdefault(found[0], len(alike) + 1)
        while (stable := _masked(word, number)) in self._taken:
            number += 1
        self._taken.add(stable)
        return stable


def _masked(word: str, number: int) -> str:
    masked = _HASH.sub(lambda found: _placeholder(_ASSET if found["asset"] else _VERSION, number), word)
    return _HASH_OF_PATH.sub("", masked)


def _placeholder(kind: str, number: int) -> str:
    return f"<{kind}>" if number == 1 else f"<{kind} {number}>"
