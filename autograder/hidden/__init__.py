"""Hidden tests: for each lesson, probes (what may enter a kernel) and a bank (what never does)."""
