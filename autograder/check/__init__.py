"""`%check`: the exercises of a lesson judged in the learner's own kernel."""
