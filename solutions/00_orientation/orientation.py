# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% tags=["setup"]
import numpy as np

# %% nbgrader={"grade": false, "grade_id": "descent_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descent_step(x, grad, lr):
    """One step."""
    ### BEGIN SOLUTION
    return x - lr * grad
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_descent_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert descent_step(1.0, 2.0, 0.25) == 0.5, "one step"
### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("descent_step")
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "descend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descend(grad_fn, x0, lr, steps):
    """The path."""
    ### BEGIN SOLUTION
    x = np.asarray(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        x = descent_step(x, grad_fn(x), lr)
        path.append(x)
    return np.array(path)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_descend", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert descend(lambda x: x, 1.0, 0.5, 1).shape == (2,), "the start is part of the path"
### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("descend")
### END HIDDEN TESTS
