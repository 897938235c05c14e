"""Runs in the processes that sealed commands and kernels grow from, and never as a part of
`autograder`: this folder is found by its path, and nothing of the grader is read into them.

`main` seals a process and needs the standard library only: for a command it is started as
`python -I -S`. `warm` imports a kernel's libraries first, and forks what `main` seals; `forked`
makes a kernel of that.
"""
