"""What authors run: notebooks built, sources linted, hidden tests audited."""
