"""What helps, as a command that can be pasted into a shell in the course's folder."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.handins.items import Found
from autograder.handins.kinds import HEAD, Kind, kind_of
from autograder.handins.spelling import quoted

ASK = "# ask for the notebook; then"
UNPACK = {
    Kind.ZIP: "unzip {file} -d {folder}",
    Kind.GZIP: "tar -xf {file} -C {folder}",
    Kind.BZIP2: "tar -xf {file} -C {folder}",
    Kind.TAR: "tar -xf {file} -C {folder}",
    Kind.PACKED: "7z x {file} -o{folder}",
}


@dataclass(frozen=True)
class Commands:
    """The commands for one learner's hand-in of a lesson."""

    course: Course
    lesson: Lesson
    student: str

    def where(self, lesson: Lesson | None = None) -> Path:
        """Where nbgrader looks for the notebook of a lesson."""
        lesson = lesson or self.lesson
        folder = self.course.root / "submitted" / self.student / lesson.id
        return folder / f"{lesson.slug}.ipynb"

    def ask(self) -> str:
        """There is nothing that could be graded: where it belongs once it is there."""
        notebook = shlex.quote(f"{self.lesson.slug}.ipynb")
        return f"{ASK}\n{self._ready(self.where())}cp {notebook} {self._quoted(self.where())}"

    def take(self, found: Found) -> str:
        """Put one notebook where it belongs."""
        if found.packed:
            return self.unpack(found.path)
        return self._move("mv", found.path, self.where())

    def move_to(self, found: Found, lesson: Lesson) -> str:
        """Put a notebook where it belongs, in the folder of another lesson."""
        if found.packed or self.where(lesson).exists():
            return self.ask()
        return self._move("mv -n", found.path, self.where(lesson))

    def copy(self, path: Path) -> str:
        """Copy a notebook to where it belongs."""
        return self._move("cp", path, self.where())

    def convert(self, path: Path) -> str:
        """Make a notebook of a script."""
        target = self._quoted(self.where())
        made = f"jupytext --to ipynb -o {target} {self._quoted(path)}"
        return f"{self._ready(self.where())}{made}"

    def unpack(self, path: Path) -> str:
        """Unpack an archive beside itself."""
        with path.open("rb") as archive:
            command = UNPACK.get(kind_of(archive.read(HEAD)), UNPACK[Kind.PACKED])
        return command.format(file=self._quoted(path), folder=self._quoted(path.parent))

    def allow(self, path: Path) -> str:
        """Make a file or a folder readable."""
        return f"chmod -R u+rX {self._quoted(path)}"

    def rename(self, folder: Path) -> str:
        """Give a learner's folder a name that can be an id."""
        name = re.sub(r"[^\x20-\x7e]", "_", folder.name)
        return f"mv -n {self._quoted(folder)} {self._quoted(folder.with_name(name))}"

    def look(self, path: Path) -> str:
        """Show what a link is."""
        return f"ls -l {self._quoted(path)}"

    def _move(self, command: str, path: Path, target: Path) -> str:
        return f"{self._ready(target)}{command} {self._quoted(path)} {self._quoted(target)}"

    def _ready(self, target: Path) -> str:
        """What makes the folder of a file, if it is not there, and removes what a file must not be
        written through: a link leads to someone else's, a pipe to nobody."""
        folder = target.parent
        if folder.is_symlink():
            return f"rm {self._quoted(folder)} && mkdir -p {self._quoted(folder)} && "
        if not folder.is_dir():
            return f"mkdir -p {self._quoted(folder)} && "
        if target.is_symlink() or (target.exists() and not (target.is_file() or target.is_dir())):
            return f"rm {self._quoted(target)} && "
        return ""

    def _quoted(self, path: Path) -> str:
        at_root = Path.cwd() == self.course.root
        return quoted(str(path.relative_to(self.course.root) if at_root else path))
