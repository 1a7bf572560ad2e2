"""What a process finds of this machine's files in a mount namespace of its own, however it tries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from durable_mi.local.workers.machine import aws_configuration, isolation
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.machine.isolation import TMP, is_possible, isolated

ATTACK = """
import ctypes, errno, json, os, sys
code, outside, secrets, parents = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
file = f"{code}/app.py"
os.symlink(code, "/tmp/link")

def mount(*arguments):
    if libc.mount(*arguments) != 0:
        raise OSError(ctypes.get_errno(), "mount")

def umount(path):
    if libc.umount2(path.encode(), 2) != 0:
        raise OSError(ctypes.get_errno(), "umount")

def in_new_namespace(work):
    # As whoever may make one: all of its capabilities, over mounts that are not its own.
    child = os.fork()
    if child == 0:
        libc.unshare(0x10000000 | 0x20000)
        try:
            work()
            open(file, "a").close()
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise OSError(errno.EPERM, "namespace")

def flags(*names):
    return sum(getattr(os, name) for name in names)

tries = {
    "write": lambda: open(file, "w"),
    "append": lambda: open(file, "a"),
    "truncate": lambda: os.truncate(file, 0),
    "truncate while reading": lambda: os.open(file, flags("O_RDONLY", "O_TRUNC")),
    "make": lambda: os.open(f"{code}/new", flags("O_WRONLY", "O_CREAT")),
    "directory": lambda: os.mkdir(f"{code}/new"),
    "delete": lambda: os.unlink(file),
    "rename": lambda: os.rename(file, f"{code}/other"),
    "replace": lambda: os.replace("/tmp/link", file),
    "mode": lambda: os.chmod(code, 0o777),
    "owner": lambda: os.chown(file, os.getuid(), os.getgid()),
    "times": lambda: os.utime(file),
    "attribute": lambda: os.setxattr(file, "user.x", b"x"),
    "symbolic link": lambda: open("/tmp/link/app.py", "w"),
    "hard link": lambda: os.link(file, "/tmp/hard"),
    "relative": lambda: open("app.py", "w"),
    "dots": lambda: open(f"{code}/../{os.path.basename(code)}/app.py", "w"),
    "own root": lambda: open(f"/proc/self/root{file}", "w"),
    "own directory": lambda: open("/proc/self/cwd/app.py", "w"),
    "an open file": lambda: open(f"/proc/self/fd/{os.open(file, os.O_RDONLY)}", "w"),
    "remount": lambda: mount(b"none", code.encode(), None, ctypes.c_ulong(32 | 4096), None),
    "remount all": lambda: mount(b"none", b"/", None, ctypes.c_ulong(32 | 4096), None),
    "bind": lambda: mount(code.encode(), b"/tmp", None, ctypes.c_ulong(4096), None),
    "unmount": lambda: umount(code),
    "unmount /tmp": lambda: umount("/tmp"),
    "unmount in a namespace": lambda: in_new_namespace(lambda: umount(code)),
    "remount in a namespace": lambda: in_new_namespace(
        lambda: mount(b"none", code.encode(), None, ctypes.c_ulong(32 | 4096), None)
    ),
    "bind its parent in a namespace": lambda: in_new_namespace(
        lambda: mount(os.path.dirname(code).encode(), b"/mnt", None, ctypes.c_ulong(4096), None)
    ),
}
for name, parent in {"starter": parents[0], "its parent": parents[1]}.items():
    tries[f"root of the {name}"] = lambda parent=parent: open(f"/proc/{parent}/root{file}", "a")
    tries[f"directory of the {name}"] = lambda parent=parent: open(f"/proc/{parent}/cwd{file}", "a")
    tries[f"credentials of the {name}"] = lambda parent=parent: open(f"/proc/{parent}/root{secrets[0]}/credentials")
    tries[f"namespace of the {name}"] = lambda parent=parent: open(f"/proc/{parent}/ns/mnt")
with open("/proc/self/mountinfo") as lines:
    places = [line.split()[4] for line in lines]
for place in places:
    if place.endswith(os.path.basename(code)):
        tries[f"the mount at {place}"] = lambda place=place: open(f"{place}/app.py", "a")
came = {}
for name, attempt in tries.items():
    try:
        attempt()
        came[name] = "done"
    except OSError as error:
        came[name] = errno.errorcode[error.errno]
with open(outside, "a") as lines:
    lines.write("may")
print(json.dumps({
    "came": came,
    "code": open(file).read(),
    "secrets": [sorted(os.listdir(path)) if os.path.isdir(path) else open(path).read() for path in secrets],
}))
"""

REFUSED = {"EROFS", "EPERM", "EACCES", "EXDEV", "EBUSY", "EINVAL", "ENOENT"}


@pytest.fixture
def able() -> None:
    """Skip where this machine lets nobody have a mount namespace."""
    if not is_possible():
        pytest.skip("this machine allows no mount namespaces")


@pytest.mark.usefixtures("able")
@pytest.mark.parametrize("user", ["self", "nobody"])
def test_nothing_changes_the_code_or_reads_the_credentials(tmp_path: Path, user: str) -> None:
    """Not by a link, another path, another process's root, other mounts, or as root; other files can be written."""
    python = sys.executable if user == "self" else shutil.which("python3", path="/usr/bin")
    if python is None or (user == "nobody" and os.getuid() != 0):
        pytest.skip("only root can become someone else, who needs a Python that everyone may run")
    os.chmod(tmp_path, 0o755)  # noqa: PTH101, S103 - what lies below is for somebody else too
    for parent in tmp_path.parents:
        if parent.name.startswith(("pytest-", "popen-")):
            parent.chmod(0o755)
    private, code, aws = tmp_path / "private", tmp_path / "app" / "asset", tmp_path / "home" / ".aws"
    for each in (private, private / "tmp", code, aws):
        each.mkdir(parents=True)
    (code / "app.py").write_text("original")
    (aws / "credentials").write_text("[prod]\naws_secret_access_key=real")
    elsewhere = tmp_path / "elsewhere.ini"
    elsewhere.write_text("[profile prod]")
    outside = tmp_path / "outside"
    outside.write_text("")
    home = tmp_path / "link-to-home"
    home.symlink_to(tmp_path / "home")
    account = 65534 if user == "nobody" else os.getuid()
    for each in (private, private / "tmp", code, code / "app.py", aws, aws / "credentials", elsewhere, outside):
        os.chown(each, account, -1)
    script = tmp_path / "attack.py"
    script.write_text(ATTACK)
    given = [str(code), str(outside), [str(aws), str(elsewhere)], [os.getpid(), os.getppid()]]
    command = isolated(
        python, "-I", str(script), json.dumps(given),
        directory=str(private / "tmp"), keeps=[str(code), sys.prefix], read_only=[str(code)],
        hidden=[str(home / ".aws"), str(elsewhere), str(tmp_path / "not there")], empty=str(private),
    )  # fmt: skip
    own = shutil.copy(isolation.__file__, tmp_path)
    ran = subprocess.run(
        [python, "-I", own, *command[3:]], cwd=code, capture_output=True, text=True, check=False,
        user=account if user == "nobody" else None, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert 0 == ran.returncode, ran.stderr
    result = json.loads(ran.stdout)
    assert {} == {name: came for name, came in result["came"].items() if came not in REFUSED}
    assert "EROFS" == result["came"]["write"] == result["came"]["truncate while reading"] == result["came"]["delete"]
    assert "original" == result["code"] == (code / "app.py").read_text()
    assert ["app.py"] == sorted(path.name for path in code.iterdir())
    assert [[], ""] == result["secrets"]
    assert "may" == outside.read_text()
    assert not list(Path(TMP).glob("hard"))


def test_the_users_configuration_is_known_by_every_path(tmp_path: Path) -> None:
    """That of the shell's home and of the account's, and files that variables name."""
    environment = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": "~/x", "AWS_SHARED_CREDENTIALS_FILE": "/etc/keys"}
    places = aws_configuration.places(environment)
    assert {tmp_path / ".aws", Path("~/x").expanduser(), Path("/etc/keys")} <= set(places)
    assert all(path.is_absolute() for path in places)


def test_nothing_is_written_to_try_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A signal at any moment of the start leaves nothing behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = tmp_path.stat().st_mtime_ns
    Host.of()
    assert before == tmp_path.stat().st_mtime_ns
