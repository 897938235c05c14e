"""Where nbgrader hands out and collects: its exchange, as nbgrader itself is configured here."""

from __future__ import annotations

from pathlib import Path

from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

from autograder.course.course import Course

CONFIG = "nbgrader_config.py"
ROOT = "/usr/local/share/nbgrader/exchange"  # nbgrader's default


def released(course: Course) -> dict[str, Path]:
    """The lessons that learners can fetch, each with its folder in the exchange."""
    config = _config(course)
    root = str(config.get("Exchange", {}).get("root", ROOT))
    course_id = str(config.get("CourseDirectory", {}).get("course_id", ""))
    outbound = course.root / root / course_id / "outbound"
    try:
        present = {folder.name: folder for folder in outbound.iterdir() if folder.is_dir()}
    except OSError:
        return {}
    return {name: present[name] for name in course.lesson_ids() if name in present}


def _config(course: Course) -> Config:
    """What nbgrader would read for this course: Jupyter's folders, and then the course's file."""
    from jupyter_core.paths import jupyter_config_path

    merged = Config()
    for folder in (*reversed(jupyter_config_path()), str(course.root)):
        try:
            merged.merge(PyFileConfigLoader(CONFIG, path=folder).load_config())
        except ConfigFileNotFound:
            continue
        except Exception:  # noqa: BLE001 (whatever a config file raises, nbgrader says)
            continue
    return merged
