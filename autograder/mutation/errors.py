"""What a person can mend before mutants can be tried."""


class MutationError(Exception):
    """One clear line."""


class SurvivorsError(MutationError):
    """A `survivors.toml` that cannot be read."""


class UnstableReference(MutationError):
    """The reference is not what it was a moment ago, so nothing can be told from it."""
