"""What a verdict says where a name is missing because a cell stopped before it was defined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from autograder.grading.losses import Stopped
from autograder.harness.observation import Observation, Raised
from autograder.judging.judge import Findings

NOT_THERE = re.compile(r"(?:name ')?(\w+)'?(?:\.\w+)? is not (?:defined|written yet)")
NEVER_RAN = ("SyntaxError", "IndentationError", "TabError")
NO_MODULE = re.compile(r"No module named '(\w+)")

# What learners import and graders lack, and how it is called where that differs.
PACKAGES = """
    accelerate albumentations beartype bokeh cupy dask datasets einops fastai flax graphviz
    gym gymnasium h5py hypothesis imageio ipywidgets jax jaxtyping joblib kaggle keras
    lightgbm lightning networkx nltk numba optax optuna pandas plotly polars pydot
    pytorch_lightning requests scipy seaborn statsmodels sympy tensorboard tensorflow
    tensorflow_datasets torchaudio torchinfo torchmetrics torchsummary torchtext torchtyping
    torchvision torchviz tqdm transformers wandb xgboost
"""
CALLED = {
    "cv2": "OpenCV (cv2)",
    "google": "google.colab",
    "PIL": "Pillow (PIL)",
    "skimage": "scikit-image (skimage)",
    "sklearn": "scikit-learn (sklearn)",
}


def explain_stops(findings: Findings, stops: Mapping[int, Stopped]) -> tuple[Findings, str]:
    """The findings, in which a missing name says where its cell stopped; and a note for the
    verdict, empty where there is nothing to add."""
    observations = findings.observations
    raised = [o for o in observations.values() if isinstance(o, Raised)]
    causes = {name: cause for o in raised for name, cause in _cause(o, stops).items()}
    told = {key: _tell(o, causes) for key, o in observations.items()}
    undefined = {_missing(o) for o in raised if _is_own(o)}
    sentences = [_sentence(n, c) for n, c in causes.items() if n not in undefined]
    sentences += [_lacking(text) for text in (*causes.values(), *(o.message for o in raised))]
    note = " ".join(dict.fromkeys(filter(None, sentences)))
    return replace(findings, observations=told), note


def _cause(raised: Raised, stops: Mapping[int, Stopped]) -> dict[str, str]:
    """By the name that is missing, where the last cell stopped that would have bound it."""
    name = _missing(raised)
    for _, stopped in sorted(stops.items(), reverse=True):
        never_ran = stopped.stop.error.startswith(NEVER_RAN)
        if name in stopped.names and (never_ran or not raised.not_written):
            at = f" at `{stopped.stop.line}`" if stopped.stop.line else ""
            return {name: f"its cell stopped{at} ({stopped.stop.error})"}
    return {}


def _missing(raised: Raised) -> str:
    """The name that an exception says is not there; empty for any other exception."""
    if raised.name not in ("Undefined", "NameError") and not raised.not_written:
        return ""
    found = NOT_THERE.search(raised.message)
    return found[1] if found else ""


def _tell(observation: Observation, causes: Mapping[str, str]) -> Observation:
    if not isinstance(observation, Raised) or not _is_own(observation):
        return observation
    cause = causes.get(_missing(observation))
    if not cause:
        return observation
    return replace(observation, classes=("Undefined",), message=f"{observation.message}: {cause}")


def _is_own(raised: Raised) -> bool:
    """Whether it is the exercise's own name that is missing, or only a stub."""
    return raised.name == "Undefined" or raised.not_written


def _sentence(name: str, cause: str) -> str:
    return f"`{name}` is not defined: {cause}."


def _lacking(text: str) -> str:
    """The sentence for a package that is not there, if that is what an error says."""
    found = NO_MODULE.search(text)
    if not found or found[1] not in (*PACKAGES.split(), *CALLED):
        return ""
    lacking = f"{CALLED.get(found[1], found[1])} is not installed where this is graded"
    return f"{lacking}, so the answer has to work without it."
