"""The call that shows a difference: short, as a learner types it, and run before it is said."""
