"""The ARNs of functions, versions and aliases, written out as far as a template has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.text.pieces import Pieces
from durable_mi.cloudformation.values import Reference, Unknown, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resource import Resource

    Part = str | Reference | Unknown

__all__ = ["FunctionArns"]

_ARNS: Final = {
    "AWS::Lambda::Function": frozenset({"Arn"}),
    "AWS::Lambda::Version": frozenset({"", "FunctionArn"}),
    "AWS::Lambda::Alias": frozenset({"", "AliasArn"}),
}
_PSEUDO_NAMES: Final = frozenset(
    {
        "AWS::AccountId",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)
_NAMES: Final = frozenset(
    {
        ("AWS::EC2::SecurityGroup", "GroupId"),
        ("AWS::EC2::Subnet", ""),
        ("AWS::EC2::Subnet", "SubnetId"),
        ("AWS::EC2::VPC", ""),
        ("AWS::EC2::VPC", "VpcId"),
        ("AWS::Lambda::Function", ""),
        ("AWS::Lambda::Version", "Version"),
    }
)
# Where the name is in what FunctionName takes: a name, a partial ARN (account:function:name), an ARN. Behind it there
# may be a qualifier.
_NAME_AT: Final = {1: 0, 2: 0, 3: 2, 4: 2, 7: 6, 8: 6}


class FunctionArns:
    """Writes out the ARNs of one stack's functions, so that their parts can be distinguished.

    Args:
        stack: The stack.
        resolve: Gives the value behind an intrinsic function of it.
        home: Gives the resource behind a reference, which may be of another stack, and what resolves its properties.
    """

    def __init__(
        self,
        stack: Stack,
        resolve: Callable[[object], object],
        home: Callable[[Reference], tuple[Resource | None, Callable[[object], object]]] | None = None,
    ) -> None:
        self._home = home or (lambda reference: (stack.resources.get(reference.logical_id), resolve))
        # Versions and aliases whose function is being looked for: a broken template may have them name themselves.
        self._on_the_way: set[str] = set()

    def written_out(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Replace each reference to an ARN with the parts of the ARN.

        Args:
            parts: The parts of a text.
        """
        for part in parts:
            arn = self._arn_of(part) if isinstance(part, Reference) else None
            yield from arn or (part,)

    def _arn_of(self, reference: Reference) -> Iterator[Part] | None:
        resource, resolve = self._home(reference)
        if resource is None or reference.attribute not in _ARNS.get(resource.type, ()):
            return None
        return self._arn(reference.logical_id, resource, resolve)

    def is_name(self, part: Reference | Unknown) -> bool:
        """Return whether a part is a name, a number or the like, which never holds a colon or a slash.

        Args:
            part: A part that is known only at deploy time.
        """
        if isinstance(part, Unknown):
            return part.what.partition(" of stack ")[0] in _PSEUDO_NAMES
        resource, _ = self._home(part)
        return resource is not None and (resource.type, part.attribute) in _NAMES

    def _arn(self, name: str, resource: Resource, resolve: Callable[[object], object]) -> Iterator[Part]:
        yield "arn:"
        yield from parts_of(resolve({"Ref": "AWS::Partition"}))
        yield ":lambda:"
        yield from parts_of(resolve({"Ref": "AWS::Region"}))
        yield ":"
        yield from parts_of(resolve({"Ref": "AWS::AccountId"}))
        yield ":function:"
        if resource.type == "AWS::Lambda::Function":
            yield Reference(name)
            return
        yield from self._name_of_function(name, resource, resolve)
        yield ":"
        if resource.type == "AWS::Lambda::Version":
            yield Reference(name, "Version")
        else:
            yield from parts_of(resolve(resource.properties.get("Name"))) or (Unknown("an alias without a name"),)

    def _name_of_function(self, name: str, owner: Resource, resolve: Callable[[object], object]) -> tuple[Part, ...]:
        """Return the name in the property ``FunctionName`` of a version or an alias."""
        unknown = (Unknown(f"FunctionName of {owner.logical_id}"),)
        if name in self._on_the_way:
            return unknown
        self._on_the_way.add(name)
        try:
            given = parts_of(resolve(owner.properties.get("FunctionName")))
            pieces = Pieces.of(self.written_out(given), ":", self.is_name)
        finally:
            self._on_the_way.remove(name)
        at = _NAME_AT.get(len(pieces.known)) if pieces.complete else None
        return unknown if at is None else parts_of(pieces.known[at])
