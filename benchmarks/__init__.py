"""How long grading takes: `make bench`."""
