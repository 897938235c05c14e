"""What a verdict says where a name is missing because a cell stopped before it was defined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from autograder.judge import Findings
from autograder.losses import Stopped
from autograder.observation import Observation, Raised

NOT_DEFINED = re.compile(r"(?:name ')?(\w+)'? is not defined")
NO_MODULE = re.compile(r"No module named '(\w+)")

# What learners import and graders lack, by the name that is imported, and how it is called.
ELSEWHERE = {
    **{name: name for name in ("albumentations", "cupy", "datasets", "dask", "einops", "fastai")},
    **{name: name for name in ("flax", "gym", "gymnasium", "h5py", "jax", "keras", "lightgbm")},
    **{name: name for name in ("lightning", "numba", "optax", "pandas", "plotly", "polars")},
    **{name: name for name in ("pytorch_lightning", "requests", "scipy", "seaborn", "statsmodels")},
    **{name: name for name in ("sympy", "tensorboard", "tensorflow", "tensorflow_datasets")},
    **{name: name for name in ("torchaudio", "torchinfo", "torchmetrics", "torchsummary")},
    **{name: name for name in ("torchtext", "torchvision", "tqdm", "transformers", "wandb")},
    **{name: name for name in ("accelerate", "bokeh", "ipywidgets", "joblib", "pydot", "xgboost")},
    "cv2": "OpenCV (cv2)",
    "google": "google.colab",
    "graphviz": "graphviz",
    "imageio": "imageio",
    "kaggle": "kaggle",
    "networkx": "networkx",
    "nltk": "nltk",
    "PIL": "Pillow (PIL)",
    "skimage": "scikit-image (skimage)",
    "sklearn": "scikit-learn (sklearn)",
    "torchviz": "torchviz",
}


def explain_stops(findings: Findings, stops: Mapping[int, Stopped]) -> tuple[Findings, str]:
    """The findings, in which a missing name says where its cell stopped; and a note for the
    verdict, empty where there is nothing to add."""
    observations = findings.observations
    raised = [o for o in observations.values() if isinstance(o, Raised)]
    causes = {name: cause for o in raised for name, cause in _cause(o, stops).items()}
    told = {key: _tell(o, causes) for key, o in observations.items()}
    undefined = {_missing(o) for o in raised if o.name == "Undefined"}
    sentences = [_sentence(n, c) for n, c in causes.items() if n not in undefined]
    sentences += [_lacking(text) for text in (*causes.values(), *(o.message for o in raised))]
    note = " ".join(dict.fromkeys(filter(None, sentences)))
    return replace(findings, observations=told), note


def _cause(raised: Raised, stops: Mapping[int, Stopped]) -> dict[str, str]:
    """By the name that is missing, where the last cell stopped that would have bound it."""
    name = _missing(raised)
    for _, stopped in sorted(stops.items(), reverse=True):
        if name in stopped.names:
            at = f" at `{stopped.stop.line}`" if stopped.stop.line else ""
            return {name: f"its cell stopped{at} ({stopped.stop.error})"}
    return {}


def _missing(raised: Raised) -> str:
    """The name that an exception says is not defined; empty for any other exception."""
    if raised.name not in ("Undefined", "NameError"):
        return ""
    found = NOT_DEFINED.search(raised.message)
    return found[1] if found else ""


def _tell(observation: Observation, causes: Mapping[str, str]) -> Observation:
    if not isinstance(observation, Raised) or observation.name != "Undefined":
        return observation
    cause = causes.get(_missing(observation))
    return replace(observation, message=f"{observation.message}: {cause}") if cause else observation


def _sentence(name: str, cause: str) -> str:
    return f"{name} is not defined: {cause}."


def _lacking(text: str) -> str:
    """The sentence for a package that is not there, if that is what an error says."""
    found = NO_MODULE.search(text)
    called = ELSEWHERE.get(found[1]) if found else None
    if called is None:
        return ""
    return f"{called} is not installed where this is graded; the answer has to do without it."
