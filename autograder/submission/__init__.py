"""What was handed in, read as data, and put in its places in the released notebook."""
