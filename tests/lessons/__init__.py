"""Tests of the lessons: their answers, their numbers, their figures."""
