"""Probes of lesson 01: all of this may enter a kernel."""
