"""Probes of lesson 06: all of this may enter a kernel."""
