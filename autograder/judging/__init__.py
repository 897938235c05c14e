"""Observations become verdicts: compared with the reference's, and with those of known mistakes."""
