"""Misconceptions of lesson 02: never enters a kernel."""
