"""Independent answers to the exercises of each lesson: RIGHT and WRONG, by exercise and label."""
