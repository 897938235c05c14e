"""Independent answers to lesson 17, written in other ways than the reference: see the modules
that this one gathers."""

from __future__ import annotations

from ..lessons.helpers import merged
from . import pixels_embeddings as embeddings
from . import pixels_parts as regions
from .losses import gathered
from .pixels_people import NAMED as TYPED
from .pixels_people import PEOPLE
from .pixels_typed import HURRIED
from .pixels_typed import RIGHT as MORE
from .pixels_wild import NAMED as SEEN
from .pixels_wild import WILD

_RIGHT = {
    "pixel_cross_entropy": gathered(
        "pixel_cross_entropy", regions, "pixels_by_loops", "pixels_by_take", "pixels_by_masks"
    ),
    "dice_loss": gathered("dice_loss", regions, "dice_by_loops", "dice_by_difference"),
    "box_iou": gathered("box_iou", regions, "iou_by_loops", "iou_by_columns", "iou_by_pairs"),
    "detection_loss": gathered("detection_loss", regions, "detection_plain", "detection_by_dot"),
    "mean_iou": gathered(
        "mean_iou", regions, "mean_iou_by_counts", "mean_iou_by_confusion", "mean_iou_by_sets"
    ),
    "average_precision": gathered("average_precision", regions, "ap_by_loops", "ap_over_hits"),
    "info_nce": {answer.__name__: {"info_nce": answer} for answer in embeddings.RIGHT},
}

RIGHT = {
    key: {**labelled, **{answer.__name__: {key: answer} for answer in MORE.get(key, ())}}
    for key, labelled in _RIGHT.items()
}

_WRONG = {
    "pixel_cross_entropy": gathered(
        "pixel_cross_entropy",
        regions,
        "pixels_first_image",
        "pixels_mean_of_classes",
        "pixels_map",
    ),
    "dice_loss": gathered(
        "dice_loss",
        regions,
        "dice_generous",
        "dice_logarithm",
        "dice_eps_default_smaller",
        "dice_zero_when_empty",
    ),
    "box_iou": gathered(
        "box_iou", regions, "iou_generalised", "iou_mean", "iou_of_whole_pixels", "iou_in_place"
    ),
    "detection_loss": gathered(
        "detection_loss",
        regions,
        "detection_tuple",
        "detection_rooted",
        "detection_mean_total",
        "detection_weights_squared",
    ),
    "mean_iou": gathered(
        "mean_iou", regions, "mean_iou_weighted", "mean_iou_median", "mean_iou_up_to_largest"
    ),
    "average_precision": gathered(
        "average_precision",
        regions,
        "ap_capped",
        "ap_hundred_points",
        "ap_raises",
        "ap_by_ranks_of_scores",
    ),
    "info_nce": {answer.__name__: {"info_nce": answer} for answer in embeddings.WRONG},
}

WRONG = {
    key: {
        **labelled,
        **{
            answer.__name__: {key: answer}
            for answer in (*WILD.get(key, ()), *PEOPLE.get(key, ()), *HURRIED.get(key, ()))
        },
    }
    for key, labelled in _WRONG.items()
}
NAMED = merged(
    SEEN,
    TYPED,
    {"info_nce": embeddings.NAMED},
    {
        key: {answer.__name__: name for answer, name in named.items()}
        for key, named in HURRIED.items()
    },
)
