"""Probes of lesson 11: all of this may enter a kernel."""
