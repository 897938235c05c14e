"""The steps of the release, importable under this name.

`nbgrader_config.py` names them so, and so does whatever a course has made of that file.
"""

from autograder.course.release import CheckCells, ClearSolutions, LearnersCells

__all__ = ["CheckCells", "ClearSolutions", "LearnersCells"]
