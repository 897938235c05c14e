"""Probes of lesson 15: all of this may enter a kernel."""
