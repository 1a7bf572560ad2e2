"""Which worker polls the Runtime API from a port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from durable_mi.local.workers.machine.socket_owner import socket_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT = """
import socket, sys
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
sys.stdin.read()
"""


@pytest.fixture
def client() -> Iterator[tuple[int, int]]:
    """Yield the process id of a client, and the port that it is connected from."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-c", CLIENT, str(server.getsockname()[1])]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            connection, (_, port) = server.accept()
            with connection:
                yield process.pid, port
            process.communicate()


@pytest.mark.parametrize("platform", [sys.platform, "other"])
def test_the_process_with_the_connection_is_found(
    client: tuple[int, int], monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """Among others, one of which has ended; also where the system has no /proc that is read."""
    pid, port = client
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr(sys, "platform", platform)
    assert pid == socket_owner(port, [gone.pid, os.getpid(), pid])


@pytest.mark.parametrize("platform", [sys.platform, "other"])
def test_no_process_is_found_where_none_has_it(
    client: tuple[int, int], monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """Not even the server's, which has the connection's other end."""
    _, port = client
    monkeypatch.setattr(sys, "platform", platform)
    assert socket_owner(port, [os.getpid()]) is None
    assert socket_owner(1, [os.getpid()]) is None
