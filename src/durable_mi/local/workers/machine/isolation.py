"""Shows a command Lambda's files in a mount namespace of its own, and becomes that command.

On Lambda the processes of an execution environment share one ``/tmp``, which no other environment sees, cannot write to
the function's code, and find no AWS configuration. Linux lets any user do the same with bind mounts in a new user and
mount namespace, unless the machine's administrator forbids it. Run as a script, it uses the standard library only, so
that starting it costs little.

Namespaces: https://man7.org/linux/man-pages/man2/unshare.2.html, https://man7.org/linux/man-pages/man2/mount.2.html
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys

TMP = "/tmp"  # noqa: S108 - what this file is about

_CLONE_NEWNS = 0x0002_0000
_CLONE_NEWUSER = 0x1000_0000
_MS_RDONLY = 1
_MS_REMOUNT = 32
_MS_BIND = 4096
_MS_REC = 16384
_MS_PRIVATE = 1 << 18
_KEPT_FLAGS = {2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}
"""Flags of statvfs(3) to those of mount(2): a user namespace may add to what a mount has, and not take away."""

_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_ROOT_KEEPS = frozenset({0, 1, 3, 4})
"""CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_FSETID: root still reads and writes everyone's files. Without the
others it cannot undo the mounts, or reach around them through another process's ``/proc/PID/root``."""
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION = 0x2008_0522


def isolated(
    *command: str, directory: str, keeps: list[str], read_only: list[str], hidden: list[str], empty: str
) -> list[str]:
    """Return the command line that runs a command isolated from this machine's files.

    Args:
        command: Program and arguments.
        directory: An empty directory, which lies in the place of ``/tmp``.
        keeps: Paths that the command must still see where they lie below ``/tmp``; their first parts below it stay.
        read_only: Directories that the command cannot change.
        hidden: Directories and files that the command finds empty. What does not exist is left out.
        empty: A directory for what they show, outside of ``directory``.
    """
    below = os.path.realpath(TMP) + os.sep
    real = (os.path.realpath(path) for path in keeps)
    kept = sorted({path.removeprefix(below).partition(os.sep)[0] for path in real if path.startswith(below)})
    paths = (
        *(f"keep:{name}" for name in kept),
        *(f"read:{os.path.realpath(path)}" for path in read_only),
        *(f"hide:{os.path.realpath(path)}" for path in hidden),
    )
    return [sys.executable, "-I", __file__, directory, empty, *paths, "--", *command]


def is_possible() -> bool:
    """Return whether this machine lets its users have it; nothing is written to try it."""
    if sys.platform != "linux":
        return False
    here = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120 - strings, as all here
    # What is tried is what is relied on: a mount that is read-only needs more than one that is not.
    tried = isolated("/bin/sh", "-c", ":", directory=here, keeps=[], read_only=[here], hidden=[], empty=here)
    return subprocess.run(tried, cwd="/", capture_output=True, check=False).returncode == 0  # noqa: S603 - our own


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


class _Mounts:
    """Bind mounts that this process makes for itself."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def enter(self) -> None:
        """Leave the machine's mount namespace for one of its own."""
        user, group = os.getuid(), os.getgid()
        # Root may mount as it is; everyone else may in a user namespace, where they stay who they are.
        if self._libc.unshare(_CLONE_NEWNS) != 0:
            _check(self._libc.unshare(_CLONE_NEWNS | _CLONE_NEWUSER), "unshare")
            for file, content in (
                ("setgroups", "deny"),
                ("uid_map", f"{user} {user} 1"),
                ("gid_map", f"{group} {group} 1"),
            ):
                with open(f"/proc/self/{file}", "w") as out:  # noqa: PTH123 - pathlib would be imported for this alone
                    out.write(content)
        self._mount("none", "/", _MS_REC | _MS_PRIVATE)

    def bind(self, source: str, target: str) -> None:
        """Show a file or directory with all that is mounted below it at another path."""
        self._mount(source, target, _MS_BIND | _MS_REC)

    def read_only(self, source: str, target: str) -> None:
        """Show a file or directory at another path, where nobody can change it."""
        self.bind(source, target)
        has = os.statvfs(target).f_flag
        kept = sum(flag for each, flag in _KEPT_FLAGS.items() if has & each)
        self._mount("none", target, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | kept)

    def seal(self) -> None:
        """Give up what it takes to undo the mounts, for this process and all that it becomes or starts."""
        for capability in set(range(_LAST_CAPABILITY + 1)) - _ROOT_KEEPS:
            # No kernel has all of them.
            if self._prctl(_PR_CAPBSET_DROP, capability) != 0 and ctypes.get_errno() != errno.EINVAL:
                _check(-1, f"drop capability {capability}")
        # Root's next program gets what is inheritable, too: the third, and the sixth, of three sets in two halves.
        header, sets = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
        _check(self._libc.capget(header, sets), "capget")
        sets[2] = sets[5] = 0
        _check(self._libc.capset(header, sets), "capset")
        _check(self._prctl(_PR_SET_NO_NEW_PRIVS, 1), "prctl")

    def _prctl(self, option: int, value: int) -> int:
        none = ctypes.c_ulong(0)
        return int(self._libc.prctl(option, ctypes.c_ulong(value), none, none, none))

    def _mount(self, source: str, target: str, flags: int) -> None:
        result = self._libc.mount(os.fsencode(source), os.fsencode(target), None, ctypes.c_ulong(flags), None)
        _check(result, f"mount {target}")


def _paths(arguments: list[str], kind: str) -> list[str]:
    return [each.removeprefix(f"{kind}:") for each in arguments if each.startswith(f"{kind}:")]


def _placeholder(path: str, *, is_directory: bool) -> None:
    """Make something to mount on."""
    if is_directory:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 - as above
    else:
        open(path, "w").close()  # noqa: PTH123 - as above


def _isolate(directory: str, empty: str, arguments: list[str]) -> None:
    mounts = _Mounts()
    mounts.enter()
    working = os.getcwd()  # noqa: PTH109 - as above
    # Before what is below /tmp is bound to its second place, which shows these mounts too.
    for path in _paths(arguments, "read"):
        mounts.read_only(path, path)
    for path in _paths(arguments, "hide"):
        is_directory = os.path.isdir(path)  # noqa: PTH112 - as above
        if is_directory or os.path.isfile(path):  # noqa: PTH113 - as above
            shown = os.path.join(empty, "directory" if is_directory else "file")  # noqa: PTH118 - as above
            _placeholder(shown, is_directory=is_directory)
            mounts.read_only(shown, path)
    for name in _paths(arguments, "keep"):
        source, target = os.path.join(TMP, name), os.path.join(directory, name)  # noqa: PTH118 - as above
        if os.path.exists(source):  # noqa: PTH110 - as above
            _placeholder(target, is_directory=os.path.isdir(source))  # noqa: PTH112 - as above
            mounts.bind(source, target)
    mounts.bind(directory, TMP)
    mounts.seal()
    os.chdir(working)


if __name__ == "__main__":
    end = sys.argv.index("--")
    _isolate(sys.argv[1], sys.argv[2], sys.argv[3:end])
    os.execvp(sys.argv[end + 1], sys.argv[end + 1 :])  # noqa: S606 - no shell is wanted
