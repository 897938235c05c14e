"""How nbgrader grades this course: its own steps, and ours where the design asks for them.

nbgrader reads this file in the folder in which it is started; so do its JupyterLab extensions. The
same file works in any other folder that has `solutions/` (and `data/`, if the lessons use any).
"""

from pathlib import Path

from autograder.nbgrader_plugins.mends import mend_nbgrader

c = get_config()

# Timestamps, ids and paths that nbgrader stumbles over.
mend_nbgrader()

# Where things are. The exchange and the gradebook stay in the course folder.
c.CourseDirectory.course_id = "descent"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.Exchange.root = str(Path(__file__).resolve().parent / "exchange")

# Learners fetch into, and submit from, where `make lab` has them write.
c.Exchange.assignment_dir = str(Path(__file__).resolve().parent / "work")

# nbgrader copies whatever lies beside a notebook: lesson sources to learners, and what learners
# hand in (a numpy.py, say) to where their code runs. Its defaults, then what must not travel.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "*.py",
    "*.pyd",
    "*.so",
    "*.pkl",
    "*.pickle",
    "*.pt",
    "*.pth",
    ".*_cache",
    "*.verdict.json",
    "* (before *).ipynb",  # of an earlier edition (autograder/work/workplace.py)
]

# Source -> learner's notebook. `autograder build` makes the same bytes
# (autograder/course/release.py). SaveCells comes before the hidden tests go:
# the gradebook keeps them.
c.GenerateAssignment.preprocessors = [
    "autograder.nbgrader_plugins.keep.KeepAnswers",
    "nbgrader.preprocessors.LockCells",
    "autograder.release.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "autograder.release.CheckCells",
    "autograder.release.LearnersCells",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# What was handed in -> a notebook that grading can rely on.
c.Autograde.exporter_class = "autograder.nbgrader_plugins.reader.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "autograder.nbgrader_plugins.sanitize.RebuildSubmission",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# ... and then scores. nbgrader's own Execute is not here: it runs the learner's code, the tests
# and the score in one process, with the rights of whoever grades.
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_plugins.execute.ExecuteAndJudge",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# The Validate button runs visible tests as its user, for this many seconds a cell.
c.Execute.timeout = 30

# Scores and messages -> a page for the learner.
c.GenerateFeedback.exporter_class = "autograder.nbgrader_plugins.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = []
