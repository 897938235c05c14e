"""A second fence: system calls that no notebook needs, and that have held holes before.

The namespaces and the lack of capabilities already refuse most of them. `memfd_create` and the old
shared memory are here because their memory is on no process's account, where the watcher looks.
"""

from __future__ import annotations

import errno
import os
import struct

from . import linux

# name: (x86_64, aarch64). "Not there" lets libraries fall back; "not allowed" is for the rest.
NOT_THERE = {
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "userfaultfd": (323, 282),
}
NOT_ALLOWED = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "umount2": (166, 39),
    "unshare": (272, 97),
}

AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
X32 = 0x4000_0000

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, ERRNO, KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data


def program(machine: str) -> bytes | None:
    """The filter for an architecture; None where the numbers are not known."""
    if machine not in AUDIT_ARCH:
        return None
    column = 0 if machine == "x86_64" else 1
    lines = [
        _line(LOAD, 0, 0, ARCHITECTURE),
        _line(EQUAL, 1, 0, AUDIT_ARCH[machine]),
        _line(RETURN, 0, 0, KILL),
        _line(LOAD, 0, 0, NUMBER),
        _line(AT_LEAST, 0, 1, X32),
        _line(RETURN, 0, 0, ERRNO | errno.ENOSYS),
    ]
    for calls, error in ((NOT_THERE, errno.ENOSYS), (NOT_ALLOWED, errno.EPERM)):
        for numbers in calls.values():
            lines += [_line(EQUAL, 0, 1, numbers[column]), _line(RETURN, 0, 0, ERRNO | error)]
    return b"".join([*lines, _line(RETURN, 0, 0, ALLOW)])


def install() -> None:
    """Put the filter on this process, where there is one; needs `no_new_privs`."""
    filter_ = program(os.uname().machine)
    if filter_ is not None:
        linux.set_seccomp_filter(filter_)


def _line(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
