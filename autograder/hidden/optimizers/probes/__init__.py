"""Probes of lesson 05: all of this may enter a kernel."""
