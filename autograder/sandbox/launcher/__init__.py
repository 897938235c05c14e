"""Runs first in the process that becomes a sealed kernel; imports the standard library only.

It is started as `python -I -S`, with the folder above this one on its path, and never as a part of
`autograder`: nothing of the grader is read into the process that the kernel grows from.
"""
