"""The fields of which a placeholder consists: names, ids and ARNs in the form that AWS gives them."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from functools import partial
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.region import partition_of, url_suffix_of
from durable_mi.cloudformation.values import MISSING, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.cloudformation.attributes.shape import Shape

__all__ = ["LOCAL_VERSION", "Place", "PlaceholderFields"]

LOCAL_VERSION: Final = "1"
"""The version that a first deploy publishes."""

_MAX_NAME: Final = 64
_ALPHABETS: Final = {"hex": "0123456789abcdef", "digits": digits, "alnum": ascii_lowercase + digits}
_FIFO: Final = ".fifo"
_MYSQL_PORT: Final = "3306"
# Source: Amazon RDS API Reference, CreateDBInstance, Port.
_PORTS: Final = {"postgres": "5432", "oracle": "1521", "custom-oracle": "1521", "sqlserver": "1433", "db2": "50000"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is.

    Attributes:
        stack: Name of its stack.
        region: Region.
        account: Account of twelve digits.
        is_known: Whether the account is the app's own, and none that was made up.
    """

    stack: str
    region: str
    account: str
    is_known: bool


class PlaceholderFields:
    """Fills in the forms of one resource.

    Args:
        logical_id: The resource.
        shape: Its type's shape.
        place: Where it is.
        resolve: Gives a property of the resource, with every intrinsic function in it resolved.
    """

    def __init__(self, logical_id: str, shape: Shape, place: Place, resolve: Callable[[str], object]) -> None:
        self._logical_id = logical_id
        self._shape = shape
        self._place = place
        self._resolve = resolve
        self._plain: Mapping[str, Callable[[], str]] = {
            "id": self._id,
            "arn": self._arn,
            "stack": self._stack_name,
            "logical_id": lambda: logical_id[:_MAX_NAME],
            "region": lambda: place.region,
            "account": self._account,
            "partition": lambda: partition_of(place.region),
            "suffix": lambda: url_suffix_of(place.region),
            "function": self._function,
            "version": lambda: LOCAL_VERSION,
            "scheme": self._scheme,
            "uuid": self._uuid,
            "octet": self._octet,
        }
        self.is_made_up = False
        """Whether a form that was filled in holds what is known only after deployment."""

    def fill(self, form: str) -> str:
        """Fill in a form of :class:`Shape`."""
        return form.format_map(_Lookup(self._field))

    def _field(self, name: str, options: list[str]) -> str:
        match name:
            case "hex" | "digits" | "alnum":
                return self._cased(self._random(name, int(options[0])), options[1:])
            case "property" | "segment":
                text = self._property(options[0]) or "".join(options[1:])
                return text.replace(":", "/").rpartition("/")[2] if name == "segment" else text
            case "port":
                return self._property("Port") or "".join(options) or self._engine_port()
        return self._cased(self._plain[name](), options)

    def _property(self, name: str) -> str:
        return literal(self._resolve(name))

    def _stack_name(self) -> str:
        """As much of the stack's name as there is room for before the logical id, by which resources differ."""
        self.is_made_up = True
        return self._place.stack[: max(0, _MAX_NAME - len(self._logical_id) - 1)]

    def _id(self) -> str:
        given = self._resolve(self._shape.name) if self._shape.name else MISSING
        if given is not MISSING:
            return literal(given)
        made = self.fill(self._shape.made)
        is_fifo = "true" in {self._property(name) for name in ("FifoQueue", "FifoTopic")}
        return f"{made[: _MAX_NAME - len(_FIFO)]}{_FIFO}" if is_fifo else made

    def _arn(self) -> str:
        return self.fill(f"arn:{{partition}}:{self._shape.arn}")

    def _account(self) -> str:
        self.is_made_up = self.is_made_up or not self._place.is_known
        return self._place.account

    def _function(self) -> str:
        """Return the ARN, without qualifier, of the function that a version or alias belongs to."""
        target = self._property("FunctionName")
        if target.startswith("arn:"):
            return ":".join(target.split(":")[:7])
        # The name is no part of the form: it may have braces.
        return self.fill("arn:{partition}:lambda:{region}:{account}:function:") + target

    def _engine_port(self) -> str:
        engine = self._property("Engine").removeprefix("aurora-")
        return next((port for prefix, port in _PORTS.items() if engine.startswith(prefix)), _MYSQL_PORT)

    def _scheme(self) -> str:
        return "wss" if self._property("ProtocolType") == "WEBSOCKET" else "https"

    def _uuid(self) -> str:
        self.is_made_up = True
        return str(uuid.UUID(bytes=self._digest()[:16], version=4))

    def _octet(self) -> str:
        self.is_made_up = True
        return str(self._digest()[0] % 250 + 4)

    def _random(self, alphabet: str, length: int) -> str:
        self.is_made_up = True
        letters = _ALPHABETS[alphabet]
        number = int.from_bytes(self._digest(), "big")
        found = []
        for _ in range(length):
            number, rest = divmod(number, len(letters))
            found.append(letters[rest])
        return "".join(found)

    def _digest(self) -> bytes:
        """Bytes that are the same at every start, and others for each resource."""
        return hashlib.sha512(f"{self._place.stack}/{self._logical_id}".encode(errors="surrogatepass")).digest()

    @staticmethod
    def _cased(text: str, options: list[str]) -> str:
        for option in options:
            text = {"lower": text.lower(), "upper": text.upper(), "relative": text.removeprefix("/")}[option]
        return text


class _Lookup:
    """What :meth:`str.format_map` asks for fields."""

    def __init__(self, field: Callable[[str, list[str]], str]) -> None:
        self._field = field

    def __getitem__(self, name: str) -> _Field:
        return _Field(partial(self._field, name))


class _Field:
    """A field, which gets its value when its options are known."""

    def __init__(self, value: Callable[[list[str]], str]) -> None:
        self._value = value

    def __format__(self, options: str) -> str:
        return self._value(options.split(":") if options else [])
