"""The intrinsic functions that compute a new value from a plain one."""

from __future__ import annotations

import base64 as codec
import ipaddress
import json
import re
from itertools import islice
from typing import Final

from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, parts_of

__all__ = ["base64", "cidr", "json_text", "length"]

_MAX_BLOCKS: Final = 256
"""Source: CloudFormation's documentation of ``Fn::Cidr``, "Parameters"."""

_ADDRESS_BITS: Final = {4: 32, 6: 128}
_MARK: Final = re.compile("\x1f(\\d+)\x1f")


def base64(value: object) -> object:
    """Encode a text as ``Fn::Base64`` does."""
    if isinstance(value, str):
        return codec.b64encode(value.encode(errors="surrogatepass")).decode()
    return value if isinstance(value, Unknown) else Unknown("Fn::Base64")


def length(value: object) -> object:
    """Count a list's entries as ``Fn::Length`` does."""
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, Unknown) else Unknown("Fn::Length")


def json_text(value: object) -> object:
    """Write an object or a list as ``Fn::ToJsonString`` does.

    Args:
        value: A value whose parts are all resolved.
    """
    if not isinstance(value, dict | list):
        return value if isinstance(value, Unknown) else Unknown("Fn::ToJsonString")
    references: list[Reference | Unknown] = []

    def marked(part: object) -> object:
        if part is MISSING:
            return None
        pieces: list[str] = []
        for piece in parts_of(part):
            if isinstance(piece, str):
                pieces.append(piece.replace("\x1f", ""))
            else:
                pieces.append(f"\x1f{len(references)}\x1f")
                references.append(piece)
        return "".join(pieces)

    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=marked)
    # JSON escapes the marks; no plain text has any left unless it had one of its own, which `marked` never saw.
    pieces = _MARK.split(text.replace("\\u001f", "\x1f"))
    if not references:
        return text
    known = {str(number): reference for number, reference in enumerate(references)}
    parts = (known.get(piece, piece) if index % 2 else piece for index, piece in enumerate(pieces))
    return Text(tuple(part for part in parts if part != ""))


def cidr(block: object, count: object, bits: object) -> object:
    """Divide an address block as ``Fn::Cidr`` does.

    Args:
        block: Resolved address block, such as ``10.0.0.0/16``.
        count: Resolved number of blocks, 1 to 256.
        bits: Resolved number of bits of an address within a block; missing for 8 (IPv4) or 64 (IPv6).
    """
    try:
        network = ipaddress.ip_network(str(block), strict=False)
        host_bits = int(str(bits)) if bits is not MISSING else 8 if network.version == 4 else 64  # noqa: PLR2004
        wanted = int(str(count))
        blocks = network.subnets(new_prefix=_ADDRESS_BITS[network.version] - host_bits)
        found = [str(each) for each in islice(blocks, min(max(wanted, 0), _MAX_BLOCKS))]
    except ValueError:
        return Unknown("Fn::Cidr", many=True)
    return found if len(found) == wanted else Unknown("Fn::Cidr", many=True)
