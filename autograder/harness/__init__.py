"""Where an implementation lives and probes run: this process, or a kernel."""
