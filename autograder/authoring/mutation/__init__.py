"""Mutation testing of the hidden tests: the reference is changed one syntax node at a time, and
every change that no probe sees is listed, unless `survivors.toml` says why it may stay.

No library fits: mutmut and cosmic-ray mutate files for a test runner; ours are cells for probes.
"""

from autograder.authoring.mutation.report import report_lines
from autograder.authoring.mutation.run import MutationReport, mutate_lesson

__all__ = ["MutationReport", "mutate_lesson", "report_lines"]
