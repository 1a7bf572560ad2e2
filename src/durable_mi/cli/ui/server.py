"""The server of ``durable-mi ui``: the page, its API and the calls that it makes, behind the token."""

from __future__ import annotations

import asyncio
import secrets
import shlex
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import click
from starlette.applications import Starlette

from durable_mi.cli.interrupts import heeded
from durable_mi.cli.ui.explained_executions import ExplainedExecutions
from durable_mi.cli.ui.released_versions import ReleasedVersions
from durable_mi.cli.ui.token_guard import TokenGuard
from durable_mi.dashboard.account.calls import AccountCalls
from durable_mi.dashboard.account.executions import AccountExecutions
from durable_mi.dashboard.account.rate_limiter import RateLimiter
from durable_mi.dashboard.api import DashboardApi
from durable_mi.dashboard.event_broadcaster import EventBroadcaster
from durable_mi.dashboard.source import Place
from durable_mi.local.http_server import HttpServer, PortError
from durable_mi.local.middleware.loopback import loopback_only
from durable_mi.operate.calls.caller import Caller
from durable_mi.operate.client import Client
from durable_mi.operate.connection import Connection

if TYPE_CHECKING:
    from types import FrameType

    from starlette.types import ASGIApp, Receive, Scope, Send

    from durable_mi.cli.options.where import Where

__all__ = ["AccountPage", "serve"]

_LOOK_AGAIN_S: Final = 5.0
_CHANGED: Final = "account"
"""What is published: nobody reports which executions of an account have changed."""


class AccountPage:
    """The page over a stack of an account.

    Args:
        where: The stack, and where it is.
        allow_changes: Whether the page may change something.
        port: TCP port; 0 takes a free one.

    Raises:
        OperatorError: The profile or region cannot be used, or the stack cannot be read.
        PortError: The port cannot be listened on.
    """

    def __init__(self, where: Where, *, allow_changes: bool, port: int) -> None:
        connection = Connection.open(endpoint=where.endpoint, profile=where.profile, region=where.region)
        limiter = RateLimiter()
        limiter.attach(connection)
        # The limiter has the pace, and a page that is looked at shows that a call is throttled rather than waiting.
        caller = Caller(connection, pauses_s=())
        place = Place(f"{where.stack} in {connection.region}", allow_changes, _cli_options(where, connection))
        self._executions = AccountExecutions(Client.over(connection), caller, str(where.stack), place)
        self._executions.read_functions()
        self._events = EventBroadcaster(asyncio.get_running_loop())
        self._api = DashboardApi(
            self._executions,
            self._events,
            versions=ReleasedVersions(where, limiter.attach),
            diagnoses=ExplainedExecutions(where, limiter.attach, self._executions.check),
        )
        self._server = HttpServer(self._serve, port)
        self._token = secrets.token_urlsafe(32)
        routes = [*AccountCalls(caller, self._executions).routes(), *self._api.routes()]
        guarded = TokenGuard(Starlette(routes=routes), token=self._token, port=self._server.port)
        self._app: ASGIApp = loopback_only(guarded, has_page=True)

    @property
    def link(self) -> str:
        """The address that opens the page."""
        return f"http://{self._server.address}/?token={self._token}"

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until the event is set."""
        await self._server.start()
        try:
            while not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _LOOK_AGAIN_S)
                self._events.publish(_CHANGED)
        finally:
            self._events.close()
            self._api.close()
            await self._server.stop()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def serve(where: Where, *, allow_changes: bool, port: int) -> None:
    """Serve the page until Ctrl-C.

    Raises:
        OperatorError: The stack cannot be read.
        click.ClickException: The port cannot be listened on.
    """
    try:
        asyncio.run(_run(where, allow_changes=allow_changes, port=port))
    except PortError as error:
        message = f"port {port} on 127.0.0.1 cannot be used ({error.strerror}): select another one with --port"
        raise click.ClickException(message) from error


async def _run(where: Where, *, allow_changes: bool, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal(_: int, __: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: the command ends anyway
            loop.call_soon_threadsafe(stop.set)

    for number in heeded(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    page = AccountPage(where, allow_changes=allow_changes, port=port)
    click.echo(f"Page {page.link}")
    click.echo("It may change executions." if allow_changes else "It is read only; --allow-changes lifts that.")
    click.echo("Whoever has the link may use it. Press Ctrl-C to stop.")
    await page.run(stop)


def _cli_options(where: Where, connection: Connection) -> str:
    """Return the options that lead other commands there."""
    options = [("--endpoint-url", where.endpoint and where.endpoint.url), ("--profile", where.profile)]
    region = None if connection.is_loopback else connection.region
    return " ".join(f"{name} {shlex.quote(value)}" for name, value in [*options, ("--region", region)] if value)
