"""The grader in a notebook: the magics of a learner, and the hidden line of a graded cell."""
