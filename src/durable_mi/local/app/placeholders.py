"""Values for what is known only after deployment: names, ARNs and other attributes of a template's resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.attributes.table import SHAPES
from durable_mi.cloudformation.region import partition_of, url_suffix_of
from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.values import MISSING, Reference, Unknown, literal, shown
from durable_mi.local.app.placeholder_fields import LOCAL_VERSION, Place, PlaceholderFields

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resource import Resource

__all__ = ["ACCOUNT", "LATEST", "LOCAL_VERSION", "Placeholders"]

ACCOUNT: Final = "000000000000"
"""Account of a stack that names none: all zeros, so that it cannot be mistaken for a real one."""

LATEST: Final = "$LATEST"
"""The version that is not published."""

_SERVED: Final = frozenset(
    {
        "AWS::Lambda::Function",
        "AWS::Lambda::Version",
        "AWS::Lambda::Alias",
        "AWS::Lambda::CapacityProvider",
        "AWS::Logs::LogGroup",
    }
)
"""What the local runtime answers to by the name or ARN that it made up."""

_KIND: Final = re.compile(r"^(parameter|export|mapping|condition|output) ")
_DYNAMIC: Final = re.compile(r"\{\{resolve:[^:]*:(?:arn:[^{}]*?:secret:)?([^{}]*)\}\}")
_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9_./]+")


class Placeholders:
    """Values of one stack as a deploy would make them, with placeholders for what is known only after deployment.

    It is the policy of its resolver: that answers, and what it does not know becomes a placeholder here. A resource
    without a physical name is called ``STACK-LOGICALID``, at most 64 characters; an ARN, a URL or an id has the form
    that AWS gives it. What has no known form becomes ``local-LOGICALID`` or ``local-LOGICALID-ATTRIBUTE``.

    Args:
        stack: The stack.
        region: Region where the stack names none.
    """

    def __init__(self, stack: Stack, region: str) -> None:
        self.stack = stack
        self.region = stack.region or region
        self.made_up: set[str] = set()
        """What was referred to so far and is known only after deployment, such as a table without a name."""
        self._default_region = region
        self._resolver = Resolver(stack, self)
        self._resolvers: dict[int, Resolver] = {id(stack): self._resolver}
        # Names that are being made, since a broken template may have them lead to themselves.
        self._on_the_way: set[tuple[int, Reference]] = set()

    @property
    def facts(self) -> Resolver:
        """The stack's resolver without placeholders, for what must be known to run a function."""
        return self._resolver.facts

    def name(self, resource: Resource) -> str:
        """Return the resource's physical name: the template's, or a made-up one."""
        return self._fields(self.stack, resource).fill("{id}")

    def arn(self, resource: Resource) -> str:
        """Return the resource's ARN."""
        return self._fields(self.stack, resource).fill("{arn}")

    def resolve(self, value: object) -> object:
        """Return a value with every intrinsic function in it resolved; :data:`MISSING` where there is none."""
        return self._resolver.tree(value)

    def text(self, value: object) -> str:
        """Return a value as the text that CloudFormation makes of it, empty where there is none."""
        return literal(self.resolve(value))

    def noted(self, value: object) -> tuple[object, set[str]]:
        """Return a resolved value with what of it is known only after deployment."""
        before, self.made_up = self.made_up, set()
        try:
            return self.resolve(value), self.made_up
        finally:
            self.made_up = before | self.made_up

    def fact(self, stack: Stack, answer: Reference | Unknown) -> object:
        """Return a pseudo parameter, which this machine decides as an account and region do; else the answer."""
        found = self._pseudo_parameters(stack).get(answer.what) if isinstance(answer, Unknown) else None
        return answer if found is None else found()

    def value(self, stack: Stack, answer: Reference | Unknown) -> object:
        """Return what to put in an answer's place, and note it where it is a placeholder."""
        if isinstance(answer, Reference):
            return self._resource_value(stack, answer)
        fact = self.fact(stack, answer)
        if not isinstance(fact, Reference | Unknown):
            if answer.what in self._unsure(stack):
                self.made_up.add(answer.what)
            return fact
        name = _DYNAMIC.sub(r"\1", _KIND.sub("", answer.what))
        self.made_up.add(_KIND.sub("", answer.what))
        placeholder = f"local-{_UNUSUAL.sub('-', name).strip('-/.')}"
        return [placeholder] if answer.many else placeholder

    def _pseudo_parameters(self, stack: Stack) -> dict[str, Callable[[], object]]:
        place = self._place(stack)
        return {
            "AWS::AccountId": lambda: place.account,
            "AWS::Region": lambda: place.region,
            "AWS::Partition": lambda: partition_of(place.region),
            "AWS::URLSuffix": lambda: url_suffix_of(place.region),
            "AWS::StackName": lambda: stack.name,
            "AWS::StackId": lambda: self.stack_id(stack),
            "AWS::NotificationARNs": list,
        }

    def _unsure(self, stack: Stack) -> set[str]:
        """Return the pseudo parameters of a stack that are others after deployment."""
        names = {"AWS::StackId"}
        if stack.account is None:
            names.add("AWS::AccountId")
        return names if stack.parent is None else {*names, "AWS::StackName"}

    def stack_id(self, stack: Stack) -> str:
        """Return the stack's id, an ARN; for a nested stack that which its parent's resource returns."""
        if stack.parent is not None:
            return self._resource_value(stack.parent, Reference(stack.made_by))
        shape = SHAPES["AWS::CloudFormation::Stack"]
        fields = PlaceholderFields("", shape, self._place(stack), lambda _: MISSING)
        around = fields.fill("arn:{partition}:cloudformation:{region}:{account}:stack/ /{uuid}")
        return stack.name.join(around.split(" "))

    def _place(self, stack: Stack) -> Place:
        region = stack.region or self._default_region
        return Place(stack.name, region, stack.account or ACCOUNT, is_known=stack.account is not None)

    def _resource_value(self, stack: Stack, reference: Reference) -> str:
        key = (id(stack), reference)
        if key in self._on_the_way:
            return self._formless(reference)
        self._on_the_way.add(key)
        try:
            return self._of_form(stack, stack.resources[reference.logical_id], reference)
        finally:
            self._on_the_way.remove(key)

    def _of_form(self, stack: Stack, resource: Resource, reference: Reference) -> str:
        shape = SHAPES.get(resource.type)
        form = None
        if shape is not None:
            form = shape.attributes.get(reference.attribute) if reference.attribute else shape.ref
        if form is None:
            given = self._of(stack).at(resource.properties, *reference.attribute.split("."))
            # What the user gives a resource, most types return under the property's name.
            known = literal(given) if reference.attribute else ""
            return known or self._formless(reference)
        fields = self._fields(stack, resource)
        value = fields.fill(form)
        if not value:
            return self._formless(reference)
        if fields.is_made_up and resource.type not in _SERVED:
            self.made_up.add(resource.logical_id)
        return value

    def _formless(self, reference: Reference) -> str:
        self.made_up.add(shown(reference))
        return "-".join(("local", *shown(reference).split(".")))

    def _fields(self, stack: Stack, resource: Resource) -> PlaceholderFields:
        resolver = self._of(stack)
        return PlaceholderFields(
            resource.logical_id,
            SHAPES[resource.type],
            self._place(stack),
            lambda name: resolver.tree(resource.properties.get(name)),
        )

    def _of(self, stack: Stack) -> Resolver:
        if id(stack) not in self._resolvers:
            self._resolvers[id(stack)] = Resolver(stack, self)
        return self._resolvers[id(stack)]
