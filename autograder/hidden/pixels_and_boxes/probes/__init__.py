"""Probes of lesson 17: all of this may enter a kernel."""
