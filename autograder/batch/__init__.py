"""A class: every submission graded in parallel, entered by nbgrader itself, reported."""
