"""Gives a command a ``/tmp`` of its own, in a mount namespace of its own, and becomes that command.

On Lambda the processes of an execution environment share one ``/tmp``, which no other environment sees. Linux lets any
user do the same with bind mounts in a new user and mount namespace, unless the machine's administrator forbids it. Run
as a script, it uses the standard library only, so that starting it costs little.

Namespaces: https://man7.org/linux/man-pages/man2/unshare.2.html, https://man7.org/linux/man-pages/man2/mount.2.html
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

TMP = "/tmp"  # noqa: S108 - what this file is about

_CLONE_NEWNS = 0x0002_0000
_CLONE_NEWUSER = 0x1000_0000
_MS_BIND = 4096
_MS_REC = 16384
_MS_PRIVATE = 1 << 18


def private_tmp(*command: str, directory: str, keeps: list[str]) -> list[str]:
    """Return the command line that runs a command with a directory in the place of ``/tmp``.

    Args:
        command: Program and arguments.
        directory: An empty directory.
        keeps: Paths that the command must still see where they lie below ``/tmp``; their first parts below it stay.
    """
    below = os.path.realpath(TMP) + os.sep
    real = (os.path.realpath(path) for path in keeps)
    kept = sorted({path.removeprefix(below).partition(os.sep)[0] for path in real if path.startswith(below)})
    return [sys.executable, "-I", __file__, directory, *kept, "--", *command]


def is_possible(directory: str) -> bool:
    """Return whether this machine lets its users have it.

    Args:
        directory: An empty directory to try it with.
    """
    if sys.platform != "linux":
        return False
    tried = private_tmp("/bin/sh", "-c", ":", directory=directory, keeps=[])
    return subprocess.run(tried, cwd="/", capture_output=True, check=False).returncode == 0  # noqa: S603 - our own


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _enter(directory: str, kept: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)

    def mount(source: str, target: str, flags: int) -> None:
        _check(libc.mount(source.encode(), target.encode(), None, ctypes.c_ulong(flags), None), f"mount {target}")

    user, group = os.getuid(), os.getgid()
    # Root may mount as it is; everyone else may in a user namespace, where they stay who they are.
    if libc.unshare(_CLONE_NEWNS) != 0:
        _check(libc.unshare(_CLONE_NEWNS | _CLONE_NEWUSER), "unshare")
        for file, content in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{file}", "w") as out:  # noqa: PTH123 - pathlib would be imported for this alone
                out.write(content)
    mount("none", "/", _MS_REC | _MS_PRIVATE)
    working = os.getcwd()  # noqa: PTH109 - as above
    for name in kept:
        source, target = os.path.join(TMP, name), os.path.join(directory, name)  # noqa: PTH118 - as above
        if os.path.isdir(source):  # noqa: PTH112 - as above
            os.mkdir(target)  # noqa: PTH102 - as above
        elif os.path.exists(source):  # noqa: PTH110 - as above
            open(target, "w").close()  # noqa: PTH123 - as above
        else:
            continue
        mount(source, target, _MS_BIND | _MS_REC)
    mount(directory, TMP, _MS_BIND | _MS_REC)
    os.chdir(working)


if __name__ == "__main__":
    end = sys.argv.index("--")
    _enter(sys.argv[1], sys.argv[2:end])
    os.execvp(sys.argv[end + 1], sys.argv[end + 1 :])  # noqa: S606 - no shell is wanted
