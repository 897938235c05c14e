"""Mistakes in the loops that train for some epochs (08, 09)."""

from .training import (
    BACKWARD,
    CLEAR,
    CLIP,
    CLIPPED_TOO,
    EPOCH,
    NOT_CLEARED,
    STEP,
    bank,
    declare,
    rate_times,
)

RATE = "    for _ in range(epochs):  # at the rate with which the optimizer came\n"
declare(
    "loop_08",
    {
        ("a_hundred_times", (RATE, rate_times("100") + RATE)): (
            "The learning rate is multiplied by 100 before training begins. The rate is the "
            "caller's choice, and the optimizer brings it along: use it as it is."
        ),
        ("ten_times", (RATE, rate_times("10") + RATE)): (
            "The learning rate is still ten times what the caller chose. Whatever is done to it "
            "here is too much: the optimizer brings its rate along."
        ),
        ("a_hundredth", (RATE, rate_times("0.01") + RATE)): (
            "The learning rate is now a hundredth of what the caller chose. It was right when it "
            "came: nothing needs to be done to it."
        ),
        (
            "a_rate_of_its_own",
            (RATE, '    for group in optimizer.param_groups:\n        group["lr"] = 0.01\n' + RATE),
        ): (
            "The loop sets a rate of its own. The caller has chosen one, and it came with the "
            "optimizer: leave it alone."
        ),
        (
            "clipped_instead",
            (RATE, rate_times("100") + RATE),
            (STEP, "            nn.utils.clip_grad_norm_(model.parameters(), 0.5)\n" + STEP),
        ): (
            "Gradients are clipped, and the rate is still a hundred times too high. Clipping "
            "keeps the steps from exploding; it doesn't make the rate the one that was asked for."
        ),
        (
            "restored_afterwards",
            (RATE, rate_times("100") + RATE),
            ("    return losses", rate_times("0.01") + "    return losses"),
        ): (
            "The rate is put back after training, and is a hundred times too high while it lasts. "
            "It has to be the caller's during the steps."
        ),
        (
            "loss_divided",
            (RATE, rate_times("100") + RATE),
            (BACKWARD, "            (loss / 100).backward()\n"),
        ): (
            "The loss is divided by what the rate is multiplied with. For plain SGD that cancels; "
            "Adam doesn't care how large a loss is, and weight decay isn't divided."
        ),
        ("never_cleared", (CLEAR, "")): NOT_CLEARED,
        ("clipped_as_well", (STEP, CLIP + STEP)): CLIPPED_TOO,
        (
            "an_optimizer_of_its_own",
            (RATE, "    optimizer = torch.optim.Adam(model.parameters())\n" + RATE),
        ): (
            "The loop trains with an optimizer of its own, and the caller's is never asked. Its "
            "rule and its rate are the caller's choice."
        ),
    },
)
eighth = bank.exercise("loop_08")
for name, own in (("a_tenth_as_rate", "0.1"), ("a_thousandth_as_rate", "0.001")):
    eighth.edit(
        name,
        "The loop sets a rate of its own. The caller has chosen one, and it came with the "
        "optimizer: leave it alone.",
        (RATE, f'    for group in optimizer.param_groups:\n        group["lr"] = {own}\n' + RATE),
        equivalent_to="a_rate_of_its_own",
    )
eighth.edit(
    "clipped_at_one_instead",
    "Gradients are clipped, and the rate is still a hundred times too high. Clipping "
    "keeps the steps from exploding; it doesn't make the rate the one that was asked for.",
    (RATE, rate_times("100") + RATE),
    (STEP, CLIP + STEP),
    equivalent_to="clipped_instead",
)

NO_GRAPH = (
    "All layers but the last run without a graph, so that they get no gradient and never move. "
    "The forward pass has to be recorded from the first layer on."
)
GRAPH = "loss = criterion(model(x), y)  # with a graph through every layer"
BODY = """features = x
            with torch.no_grad():
                for layer in list(model.children())[:-1]:
                    features = layer(features)
            """
HEAD = "loss = criterion(list(model.children())[-1](features), y)"
declare(
    "loop_09",
    {
        (
            "first_layer_left_out",
            (
                GRAPH,
                """with torch.no_grad():
                features = model[0](x)
            loss = criterion(model[1:](features), y)""",
            ),
        ): (
            "The first layer still runs without a graph and never moves. Every parameter is "
            "trained: record the forward pass from the input on."
        ),
        ("head_frozen_instead", (EPOCH, "    model[-1].requires_grad_(False)\n" + EPOCH)): (
            "Now the last layer is frozen and the others learn. Every parameter is trained, the "
            "last layer's too."
        ),
        (
            "trained_from_the_second_epoch",
            (EPOCH, "    for epoch in range(epochs):\n"),
            (
                GRAPH,
                "with torch.set_grad_enabled(epoch > 0):\n"
                "                features = model[:-1](x)\n"
                "            loss = criterion(model[-1](features), y)",
            ),
        ): (
            "In the first epoch only the last layer is trained. The docstring asks for every "
            "parameter at every batch."
        ),
        ("never_cleared", (CLEAR, "")): NOT_CLEARED,
        ("rate_raised", (GRAPH, BODY + HEAD), (EPOCH, rate_times("10") + EPOCH)): (
            "The learning rate is raised, and all layers but the last still get no gradient. The "
            "rate is the caller's; look for parameters that never move."
        ),
    },
)

ninth = bank.exercise("loop_09")
ninth.edit("body_without_a_graph", NO_GRAPH, (GRAPH, BODY + HEAD))
ninth.edit(
    "detached",
    NO_GRAPH,
    (
        GRAPH,
        BODY.replace("torch.no_grad()", "torch.enable_grad()")
        + HEAD.replace("(features)", "(features.detach())"),
    ),
    equivalent_to="body_without_a_graph",
)
