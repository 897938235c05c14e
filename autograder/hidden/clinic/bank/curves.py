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
    "only_the_last_losses": (
        "Only the two last losses are asked whether they are finite. One loss anywhere is enough "
        "for diverging.",
        ((FINITE, "not math.isfinite(last + val[-1]) or last > first"),),
    ),
    "ever_above_its_start": (
        "A run is called diverging as soon as one loss lies above the first. Many healthy runs "
        "rise for an epoch: it is the end that counts.",
        ((FINITE, FINITE.replace("last > first", "max(train) > first")),),
    ),
    "diverging_by_half": (
        "Training has to end far above its start to be called diverging. Above is enough.",
        (("last > first", "last > 1.5 * first"),),
    ),
    "validation_above_its_start": (
        "Validation's end above its start is called diverging. That is overfitting while training "
        "falls: diverging asks where training ends.",
        (("last > first", "(last > first or val[-1] > val[0])"),),
    ),
    "above_its_minimum": (
        "Training's end is held to its own lowest loss instead of its first. A little rise at the "
        "end isn't diverging.",
        (("last > first", "last > 1.2 * min(train)"),),
    ),
    "highest_validation": (
        "Validation's highest loss is held to its lowest, and the highest is mostly the first. Ask "
        "where validation ends.",
        ((CLIMBS, "max(val) >= 1.2 * lowest"),),
    ),
    "climb_from_the_middle": (
        "Validation's end is held to its loss half way. The minimum can lie anywhere before.",
        (("lowest = min(val)", "lowest = val[len(val) // 2]"),),
    ),
    "underfitting_before_overfitting": (
        "A high training loss is asked for before overfitting, so that a slow run whose validation "
        "climbs is called underfitting. Its two curves are far apart: ask for the climb first.",
        ((UNDER, ""), (f"    if {CLIMBS}", f"{UNDER}    if {CLIMBS}")),
    ),
    "validation_underfits": (
        "Underfitting is asked of validation. In the table it is training that ends above 3/4.",
        ((HIGH, "if val[-1] > 0.75 * first:"),),
    ),
    "first_of_validation": (
        "The losses are divided by validation's first loss. All limits are fractions of the first "
        "*training* loss.",
        (("first, last = train[0]", "first, last = val[0]"),),
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
tree.edit(
    "any_climb_whatever_training_does",
    "Any end above validation's minimum counts as overfitting. The table asks for 20 %: "
    "losses always wander a little.",
    (CLIMBS, "val[-1] > lowest"),
    about="anything",
    equivalent_to="any_climb",
)
tree.edit(
    "climb_of_a_half",
    "Validation has to climb by half of its minimum to count as overfitting. The table asks for "
    "20 %.",
    ("1.2 * lowest", "1.5 * lowest"),
    about="anything",
)
tree.edit(
    "gap_of_a_tenth",
    "The gap between the two last losses decides about overfitting. It is validation's own "
    "climb from its minimum that the table asks for.",
    (CLIMBS, "val[-1] - last > 0.1 * first"),
    about="anything",
    equivalent_to="gap_between_the_curves",
)
tree.edit(
    "finite_is_enough_and_any_climb_overfits",
    "A run that ends above where it began isn't called diverging as long as its losses are "
    "finite. The table has both.",
    (" or last > first", ""),
    (" and last < train[val.index(lowest)]", ""),
    about="anything",
    equivalent_to="finite_is_enough",
)
tree.edit(
    "overfitting_first",
    "A climb of validation is asked for before anything else, so that runs which explode are "
    "called overfitting. What isn't finite, or ends above its start, comes first.",
    (OVER, ""),
    (
        "    if not all",
        '    if val[-1] >= 1.2 * min(val):\n        return "overfitting"\n    if not all',
    ),
    about="anything",
)
