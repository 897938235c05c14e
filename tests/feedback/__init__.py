"""Tests of the page that a learner gets back."""
