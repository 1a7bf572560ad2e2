"""One statement of a policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.cloudformation import embedded_json
from durable_mi.cloudformation.values import MISSING, Unknown
from durable_mi.preflight.iam import actions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Statement", "statements"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A policy statement.

    Attributes:
        item: The resource that has it.
        path: Where in its properties.
        denies: Whether its effect is ``Deny``.
        actions: The patterns of its actions, or of the actions that it does not cover.
        resources: Its resolved resources, or those that it does not cover.
        principal: Its principal, not resolved; ``MISSING`` where it has none.
        except_actions: Whether it has ``NotAction``.
        except_resources: Whether it has ``NotResource``.
        is_conditional: Whether it has a condition.
        condition: Its condition, not resolved; ``MISSING`` where it has none.
        is_open: Whether a part of it is not known.
    """

    item: TemplateResource
    path: Path
    denies: bool
    actions: tuple[str, ...] = ()
    resources: tuple[object, ...] = ()
    principal: object = MISSING
    except_actions: bool = False
    except_resources: bool = False
    is_conditional: bool = False
    condition: object = MISSING
    is_open: bool = False

    def covers(self, action: str) -> bool:
        """Return whether an action is among its actions, on whatever resource; also where that is not known."""
        return self.is_open or actions.matches_any(self.actions, action) is not self.except_actions

    def names(self, action: str) -> bool:
        """Return whether an action is known to be among its actions."""
        return not self.is_open and self.covers(action)


def statements(item: TemplateResource, path: Path) -> Iterator[Statement]:
    """Yield the statements of a policy document.

    Args:
        item: The resource that holds the document.
        path: The document's path in its properties.
    """
    document = item.get(*path)
    if isinstance(document, Unknown):
        yield Statement(item, path, denies=False, is_open=True)
        return
    if isinstance(document, dict):
        given, at = item.get(*path, "Statement"), (*path, "Statement")
    else:
        # The document as a text has no paths of its own in the template.
        parsed = embedded_json.parse(document)
        given, at = item.within(parsed, "Statement", at=path) if isinstance(parsed, dict) else MISSING, path
        if document is not MISSING and parsed is None:
            yield Statement(item, path, denies=False, is_open=True)
    if isinstance(given, Unknown):
        yield Statement(item, at, denies=False, is_open=True)
    for index, entry in enumerate(given if isinstance(given, list) else [given]):
        where = (*at, index) if isinstance(given, list) and at != path else at
        statement = item.within(entry, at=where)
        if isinstance(statement, dict):
            yield _statement(item, statement, where)
        elif statement is not MISSING:
            yield Statement(item, where, denies=False, is_open=True)


def _statement(item: TemplateResource, statement: dict[str, object], where: Path) -> Statement:
    effect = item.within(statement, "Effect", at=where)
    key_of_actions = "NotAction" if "NotAction" in statement else "Action"
    key_of_resources = "NotResource" if "NotResource" in statement else "Resource"
    named = _entries(item, statement, key_of_actions, where)
    resources = _entries(item, statement, key_of_resources, where)
    return Statement(
        item,
        where,
        denies=effect == "Deny",
        actions=tuple(action for action in named or () if isinstance(action, str)),
        resources=tuple(resources or (Unknown(key_of_resources),) if resources is None else resources),
        principal=statement.get("Principal", MISSING) if "NotPrincipal" not in statement else Unknown("NotPrincipal"),
        except_actions=key_of_actions == "NotAction",
        except_resources=key_of_resources == "NotResource",
        condition=statement.get("Condition", MISSING),
        is_conditional=item.within(statement, "Condition", at=where) is not MISSING,
        is_open=effect not in ("Allow", "Deny") or named is None or any(not isinstance(entry, str) for entry in named),
    )


def _entries(item: TemplateResource, statement: dict[str, object], key: str, at: Path) -> list[object] | None:
    value = item.within(statement, key, at=at)
    if value is MISSING:
        return []
    if isinstance(value, Unknown):
        return None
    listed = value if isinstance(value, list) else [value]
    resolved = [item.within(entry, at=(*at, key, index)) for index, entry in enumerate(listed)]
    flat = [inner for entry in resolved for inner in (entry if isinstance(entry, list) else [entry])]
    return [entry for entry in flat if entry is not MISSING]
