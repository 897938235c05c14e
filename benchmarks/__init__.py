"""How long people wait, and how fast the trainer is: `make bench`."""
