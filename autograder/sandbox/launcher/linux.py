"""The system calls that sealing needs and Python does not have."""

from __future__ import annotations

import ctypes
import os

CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x4_0000
MNT_DETACH = 0x2

ATTR_RDONLY = 0x1
ATTR_NOSUID = 0x2
ATTR_NODEV = 0x4
ATTR_NOSYMFOLLOW = 0x20_0000
ATTR_IDMAP = 0x10_0000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

# The numbers are the same on every architecture since Linux 5.1; pivot_root and capset are older.
SYS_OPEN_TREE = 428
SYS_MOVE_MOUNT = 429
SYS_MOUNT_SETATTR = 442
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
SYS_CAPSET = {"x86_64": 126, "aarch64": 91, "riscv64": 91, "ppc64le": 184, "s390x": 185}

AT_FDCWD = -100
AT_RECURSIVE = 0x8000
AT_EMPTY_PATH = 0x1000
OPEN_TREE_CLONE = 0x1
OPEN_TREE_CLOEXEC = os.O_CLOEXEC
MOVE_MOUNT_F_EMPTY_PATH = 0x4
CAPABILITY_VERSION_3 = 0x2008_0522

_libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """A step that the system does not allow: its name and errno."""

    def __init__(self, step: str, errno: int) -> None:
        super().__init__(f"{step}: {os.strerror(errno)}")
        self.step = step
        self.errno = errno


class _MountAttr(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def _checked(step: str, result: int) -> int:
    if result < 0:
        raise Refused(step, ctypes.get_errno())
    return result


def _syscall(step: str, number: int, *args: object) -> int:
    return _checked(step, _libc.syscall(ctypes.c_long(number), *args))


def unshare(flags: int, step: str) -> None:
    """Leave some of the namespaces that this process shares with its parent."""
    _checked(step, _libc.unshare(ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Put a file system, or with MS_BIND a part of one, on a path."""
    names = [ctypes.c_char_p(text.encode()) for text in (source, target, kind, options)]
    source_, target_, kind_, options_ = names
    result = _libc.mount(source_, target_, kind_, ctypes.c_ulong(flags), options_)
    _checked(f"mount {kind or source} on {target}", result)


def restrict_mount(target: str, attributes: int, *, recursive: bool) -> None:
    """Add attributes (read-only, ...) to a mount, or to all below it; none is ever taken away."""
    flags = AT_RECURSIVE if recursive else 0
    _mount_setattr(AT_FDCWD, target, flags, _MountAttr(attr_set=attributes))


def open_tree(source: str) -> int:
    """A descriptor of a copy of a mount, and of those below it, that has no place yet."""
    flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE
    name = ctypes.c_char_p(source.encode())
    return _syscall("open_tree", SYS_OPEN_TREE, ctypes.c_int(AT_FDCWD), name, ctypes.c_uint(flags))


def map_owner(tree: int, namespace: int) -> None:
    """Owners of files in a tree without a place are as the maps of a user namespace say."""
    attr = _MountAttr(attr_set=ATTR_IDMAP, userns_fd=namespace)
    _mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, attr)


def attach(tree: int, target: str) -> None:
    """Give a tree its place."""
    _syscall(
        "move_mount",
        SYS_MOVE_MOUNT,
        ctypes.c_int(tree),
        ctypes.c_char_p(b""),
        ctypes.c_int(AT_FDCWD),
        ctypes.c_char_p(target.encode()),
        ctypes.c_uint(MOVE_MOUNT_F_EMPTY_PATH),
    )


def _mount_setattr(folder: int, path: str, flags: int, attr: _MountAttr) -> None:
    _syscall(
        "mount_setattr",
        SYS_MOUNT_SETATTR,
        ctypes.c_int(folder),
        ctypes.c_char_p(path.encode()),
        ctypes.c_uint(flags),
        ctypes.byref(attr),
        ctypes.c_size_t(ctypes.sizeof(attr)),
    )


def detach(target: str) -> None:
    """Take a mount out of sight; what still holds it open can go on using it."""
    name = ctypes.c_char_p(target.encode())
    _checked(f"unmount {target}", _libc.umount2(name, ctypes.c_int(MNT_DETACH)))


def enter_root(folder: str) -> None:
    """Make a mounted folder the root, and let go of the old one."""
    os.chdir(folder)
    here = ctypes.c_char_p(b".")
    _syscall("pivot_root", SYS_PIVOT_ROOT[os.uname().machine], here, here)
    detach(".")
    os.chdir("/")


def prctl(step: str, option: int, *values: int) -> int:
    """Change a property of this process; arguments that are not given are 0."""
    padded = [*values, 0, 0, 0, 0][:4]
    return _checked(step, _libc.prctl(ctypes.c_int(option), *map(ctypes.c_ulong, padded)))


def set_seccomp_filter(program: bytes) -> None:
    """Install a BPF program (8 bytes an instruction) on this process and its children."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    filter_mode = 2
    loaded = Program(len(program) // 8, program)
    result = _libc.prctl(
        ctypes.c_int(PR_SET_SECCOMP), ctypes.c_ulong(filter_mode), ctypes.byref(loaded), 0, 0
    )
    _checked("seccomp", result)


def drop_capabilities() -> None:
    """Give up every capability, and the ways to get one back."""
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break  # EINVAL: the kernel knows no more of them
    prctl("ambient capabilities", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    # noroot, no_setuid_fixup, no ambient raise, each locked; and keep_caps locked at off.
    prctl("securebits", PR_SET_SECUREBITS, 0b1110_1111)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _syscall("capset", SYS_CAPSET[os.uname().machine], header, none)
