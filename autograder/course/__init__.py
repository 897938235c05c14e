"""The course as its files say it: lessons, their cells, releases, references, data."""
