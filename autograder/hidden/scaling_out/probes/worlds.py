"""What torch knows of process groups, for each thread its own."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

import torch.distributed as dist
from torch._C._distributed_c10d import HashStore
from torch.distributed import distributed_c10d

from .group import ThreadGroup, handle_type
from .team import Team

PARTS = "pg_map pg_names pg_group_ranks pg_backend_config tags_to_pg pg_to_tag pg_coalesce_state"


class Worlds:
    """In the place of torch's one world of process groups: each thread sees that of its rank."""

    def __init__(self, team: Team) -> None:
        object.__setattr__(self, "own", threading.local())
        object.__setattr__(self, "store", HashStore())
        object.__setattr__(self, "team", team)
        object.__setattr__(self, "handle", handle_type())

    def enter(self) -> None:
        """The world of this thread's rank, from here on."""
        names = self.own.__dict__
        names.update({part: {} for part in PARTS.split()})
        names.update(default_pg=None, group_count=0, comms=[])
        names["default_pg"] = self.group(tuple(range(self.team.size)))

    def group(self, members: tuple[int, ...]) -> Any:
        """A further group, made by all ranks at once, for those that are its members."""
        names = self.own.__dict__
        name = f"group {names['group_count']} of {members}" if names["group_count"] else "team"
        names["group_count"] += 1
        if self.team.rank not in members:
            return dist.GroupMember.NON_GROUP_MEMBER
        group = ThreadGroup(self.team, self.handle, members, name)
        names["pg_map"][group] = ("gloo", self.store)
        names["pg_names"][group] = name
        names["pg_group_ranks"][group] = {rank: at for at, rank in enumerate(members)}
        names["pg_backend_config"][group] = "cpu:gloo"
        names["pg_to_tag"][group] = name
        names["tags_to_pg"].setdefault(name, []).append(group)
        return group

    def new_group(self, ranks: Any = None, *args: Any, **options: Any) -> Any:
        """As torch's `new_group`: every rank calls it, members or not."""
        whole = range(self.team.size)
        members = tuple(whole) if ranks is None else tuple(sorted(int(rank) for rank in ranks))
        if not members or len(set(members)) < len(members) or not set(members) <= set(whole):
            raise ValueError(f"new_group: ranks have to be some of {list(whole)}, got {ranks}")
        dist.group.WORLD.together(f"new_group of {list(members)}")  # type: ignore[union-attr]
        return self.group(members)

    def __getattr__(self, name: str) -> Any:
        if name not in self.own.__dict__:
            raise ValueError("Default process group has not been initialized")
        return self.own.__dict__[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self.own.__dict__[name] = value


@contextlib.contextmanager
def own_worlds(team: Team) -> Iterator[Worlds]:
    """A world for each rank of a team, for as long as the block runs."""
    torchs: Any = distributed_c10d
    kept, worlds = (torchs._world, torchs._new_group_with_tag), Worlds(team)
    torchs._world, torchs._new_group_with_tag = worlds, worlds.new_group
    try:
        yield worlds
    finally:
        torchs._world, torchs._new_group_with_tag = kept
        forget_groups(sys.modules.get("torch.distributed.nn.functional"))


def forget_groups(module: Any) -> None:
    """A module whose functions take the group of their first import as a default: no more."""
    for function in vars(module).values() if module else ():
        defaults = getattr(function, "__defaults__", None) or ()
        kept = tuple(None if isinstance(one, ThreadGroup) else one for one in defaults)
        if kept != defaults:
            function.__defaults__ = kept
