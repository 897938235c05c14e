"""The engine of Descent: probes, observations, verdicts, sealed kernels, and nbgrader plug-ins."""
