"""Mistakes in `diagnose`, and why the runs show what they show."""

from autograder.api import Bank

bank = Bank()
tree = bank.exercise("diagnose")

bank.exercise("prediction_second_on_adam").shows(
    "Adam moves each weight by about its rate, however small the gradient. The stray step by hand "
    "is rate times gradient, far less, and drowns."
)
bank.exercise("prediction_shuffled_labels").shows(
    "Only inputs leak here: with labels that mean nothing there is nothing to gain from them. "
    "Shuffled labels find leaks of labels; for this one, spoil a test row."
)
bank.exercise("prediction_empty_memory").shows(
    "Momentum's buffer refills within some ten batches. Adam divides by an average that is empty, "
    "and moves every weight by the full rate at once."
)

FINITE = "not all(map(math.isfinite, [*train, *val])) or last > first"
CLIMBS = "val[-1] >= 1.2 * lowest and last < train[val.index(lowest)]"
HIGH = "if last > 0.75 * first:"
LATE = "late = train[len(train) // 2 :]"
STILL = "last <= first * 2 / 3 and max(late) - min(late) < 0.03 * first and last > 0.4 * first"
OVER = f'    if {CLIMBS}:\n        return "overfitting"\n'
UNDER = f'    {HIGH}\n        return "underfitting"\n'

TEXTS = {
    "nan_not_asked_for": (
        "Nothing asks whether losses are finite. Every comparison with nan is False, so that such "
        "a run answers no to everything and ends in the last word.",
        ((FINITE, "last > first"),),
    ),
    "only_the_last_training_loss": (
        "Only the last training loss is asked whether it is finite. One loss anywhere, of "
        "validation too, is enough for diverging.",
        ((FINITE, "not math.isfinite(last) or last > first"),),
    ),
    "validation_not_asked": (
        "Only training losses are asked whether they are finite. A validation loss that isn't "
        "counts as well.",
        ((FINITE, "not all(map(math.isfinite, train)) or last > first"),),
    ),
    "nan_only": (
        "Losses are asked whether they are nan, and inf slips through: what isn't finite is both.",
        ((FINITE, "any(map(math.isnan, [*train, *val])) or last > first"),),
    ),
    "finite_is_enough": (
        "A run that ends above where it began isn't called diverging as long as its losses are "
        "finite. The table has both.",
        ((" or last > first", ""),),
    ),
    "climb_from_the_first_validation": (
        "Validation's end is held to its first loss instead of its minimum, so that a climb that "
        "stays below the start goes unseen. The earlier minimum is what counts.",
        (("lowest = min(val)", "lowest = val[0]"),),
    ),
    "any_climb": (
        "Any end above validation's minimum counts as overfitting. The table asks for 20 %: "
        "losses always wander a little.",
        (("val[-1] >= 1.2 * lowest", "val[-1] > lowest"),),
    ),
    "gap_between_the_curves": (
        "The gap between the two last losses decides about overfitting. It is validation's own "
        "climb from its minimum that the table asks for.",
        ((CLIMBS, "val[-1] >= 1.2 * last"),),
    ),
    "climb_of_a_fifth_of_the_start": (
        "Validation has to climb by 20 % of the first training loss. This one limit is relative "
        "to validation's own minimum.",
        (("1.2 * lowest", "lowest + 0.2 * first"),),
    ),
    "plateau_before_overfitting": (
        "Standing still is asked before overfitting, and a training loss that lies low hardly "
        "moves. A climbing validation loss has to be asked for earlier.",
        (
            (OVER, ""),
            ("last > 0.4 * first", "True"),
            ('    return "healthy"', OVER + '    return "healthy"'),
        ),
    ),
    "underfitting_first": (
        "A high training loss is asked for before anything else, so that runs which explode are "
        "called underfitting. What isn't finite, or ends above its start, comes first.",
        ((UNDER, ""), ("    if not all", UNDER + "    if not all")),
    ),
    "absolute_limits": (
        "The limits are held to the losses themselves. All of them are fractions of the first "
        "training loss: the same run on another scale gets the same word.",
        (
            (HIGH, "if last > 0.75:"),
            (STILL, STILL.replace(" * first", "").replace("first * 2 / 3", "2 / 3")),
        ),
    ),
    "any_standstill_is_a_plateau": (
        "Every run that stands still in its last half is called a plateau, healthy ones too. It "
        "has to end above 0.4.",
        ((" and last > 0.4 * first", ""),),
    ),
    "standstill_before_underfitting": (
        "Standing still is enough for a plateau, also where nothing ever fell. It takes a fall by "
        "a third first: who never moved is underfitting.",
        (
            (UNDER, ""),
            ("last <= first * 2 / 3 and ", ""),
            ('    return "healthy"', UNDER + '    return "healthy"'),
        ),
    ),
    "plateau_needs_half": (
        "A plateau is seen only where training ends below half of its start. The table asks for a "
        "fall by a third: up to two thirds.",
        (("first * 2 / 3", "first / 2"),),
    ),
    "underfitting_above_nine_tenths": (
        "Underfitting begins at nine tenths here. In the table it is 3/4 of the first training "
        "loss.",
        (("0.75", "0.9"),),
    ),
    "capital_letters": (
        "The words begin with a capital letter. The table has them in small letters.",
        (
            ('return "diverging"', 'return "Diverging"'),
            ('return "overfitting"', 'return "Overfitting"'),
            ('return "underfitting"', 'return "Underfitting"'),
            ('return "plateau"', 'return "Plateau"'),
            ('return "healthy"', 'return "Healthy"'),
        ),
    ),
}
for name, (text, edits) in TEXTS.items():
    tree.edit(name, text, *edits, about="anything")
tree.edit(
    "history_rescaled_in_place",
    "The history is divided by its first loss in place: whoever gave it finds other numbers in "
    "it. Work on numbers of your own.",
    (
        "first, last = train[0], train[-1]",
        "scale = train[0]\n"
        "    train[:], val[:] = ([v / scale for v in part] for part in (train, val))\n"
        "    first, last = train[0], train[-1]",
    ),
    about="anything",
)

NO_PLATEAU = (
    "No run is ever called a plateau. One is, where training fell by a third or more and then "
    "stands still above 0.4: over the last half, its fall left out."
)
tree.edit(
    "plateau_forgotten",
    NO_PLATEAU,
    (f'    if {STILL}:\n        return "plateau"\n', ""),
    about="anything",
)
tree.edit(
    "the_whole_curve",
    NO_PLATEAU,
    (LATE, "late = train"),
    about="anything",
    equivalent_to="plateau_forgotten",
)
