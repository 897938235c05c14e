"""The bank of lesson 16: never in a kernel."""
