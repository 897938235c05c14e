"""The folder in which learners write, filled once and never overwritten, and where they stand."""
