"""What a learner's code defines, reads and calls: from its syntax tree, without running it."""
