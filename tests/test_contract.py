"""Keys, points and signatures of the exercises are those that graders elsewhere rely on."""

from __future__ import annotations

import inspect

import pytest

from autograder.course.course import Course
from autograder.course.reference import load_reference

COURSE = Course.find()

# Keys of each lesson in its order, with their points: 1 for a line or two, 2 for a function, 4 for
# a class or a long function, 6 for the largest.
EXERCISES = {
    "00_orientation": "descent_step 1, descend 2, largest_stable_lr 1",
    "01_losses": (
        "mse 2, mae 1, huber 2, smooth_l1 1, log_softmax 2, softmax 1, cross_entropy 2, "
        "cross_entropy_one_hot 2, bce_with_logits 2, sample_weighted 1"
    ),
    "02_backprop": (
        "numerical_gradient 2, relative_error 1, linear_forward__linear_backward 2, "
        "relu_forward__relu_backward 2, sigmoid_forward__sigmoid_backward 2, "
        "tanh_forward__tanh_backward 2, softmax_cross_entropy 2, mse_backward 1, "
        "mlp_loss_and_grads 4, train_mlp 2"
    ),
    "03_autograd": "unbroadcast 2, topological_order 2, Tensor 6, Tape 4",
    "04_signal": (
        "xavier_uniform 2, he_normal 1, distinct_units 2, forward_statistics 2, "
        "batchnorm_forward__batchnorm_backward 4, "
        "layernorm_forward__layernorm_backward 4"
    ),
    "05_optimizers": (
        "sgd_step 1, momentum_step 2, classical_momentum_step 2, adagrad_step 2, rmsprop_step 2, "
        "adam_step 4, adamw_step 2, radam_step 4, newton_step 1, Adam 6, optimizer_floats 1"
    ),
    "06_schedules": (
        "step_decay 1, exponential_decay 1, cosine 2, linear_warmup 2, warmup_cosine 2, "
        "one_cycle 4, ReduceOnPlateau 4, linear_scaling 1, lr_range_test 4"
    ),
    "07_generalization": (
        "split 2, stratified_split 2, k_fold 2, standardize 2, minibatches 2, "
        "dropout_forward__dropout_backward 2, EarlyStopping 4, confusion_matrix 2, accuracy 1"
    ),
    "08_numpy_trainer": (
        "init_mlp 2, forward__backward 4, train_epoch 4, evaluate 2, "
        "save_checkpoint__load_checkpoint 4, fit 6"
    ),
    "09_torch": (
        "gradient_of 2, ClippedSquare 2, conv2d 4, Linear 2, MLP 2, combined_loss 1, freeze 1, "
        "count_parameters 1, parameter_groups 4"
    ),
    "10_training_loop": (
        "train_step 2, train_epoch 2, evaluate 2, seed_everything 1, make_loader 2, fit 4"
    ),
    "11_stability": (
        "global_grad_norm 2, clip_grad_norm 2, clip_grad_value 1, accumulate_epoch 4, "
        "EarlyStopping 2, save_checkpoint__load_checkpoint 6"
    ),
    "12_mixed_precision": ("float_format 2, underflow_fraction 2, DynamicLossScaler 6, amp_step 4"),
    "13_gpu_loop": (
        "TrainConfig 2, build_optimizer 2, build_scheduler 2, EMA 4, fit 6, carbon_grams 1"
    ),
    "14_scaling_out": (
        "shard_indices 2, average_gradients 2, sum_across_ranks 2, train_distributed 6"
    ),
    "15_clinic": (
        "diagnose 4, loop_01 2, loop_02 2, loop_03 2, loop_04 2, loop_05 2, loop_06 2, loop_07 2, "
        "loop_08 2, loop_09 2, loop_10 2, loop_11 2, loop_12 2"
    ),
    "16_tensorflow": "tf_train_step 2",
    "17_pixels_and_boxes": (
        "pixel_cross_entropy 2, dice_loss 2, box_iou 2, detection_loss 2, mean_iou 2, "
        "average_precision 2, info_nce 2"
    ),
}

# A dataclass's signature has its annotations, too.
TRAIN_CONFIG = (
    "TrainConfig(epochs: int = 5, batch_size: int = 128, optimizer: str = 'adamw', "
    "lr: float = 0.001, momentum: float = 0.9, weight_decay: float = 0.01, "
    "schedule: str = 'warmup_cosine', warmup_steps: int = 100, min_lr: float = 0.0, "
    "max_grad_norm: float | None = 1.0, accumulation_steps: int = 1, precision: str = 'auto', "
    "label_smoothing: float = 0.0, ema_decay: float | None = None, patience: int | None = None, "
    "channels_last: bool = True, compile: bool = False, num_workers: int = 0, seed: int = 0, "
    "checkpoint_path: str | pathlib.Path | None = None, log_dir: str | pathlib.Path | None = None, "
    "progress: bool = True, capture: bool = False) -> None"
)

SIGNATURES = {
    "00_orientation": (
        "descent_step(x, grad, lr)",
        "descend(grad_fn, x0, lr, steps)",
        "largest_stable_lr(curvatures)",
    ),
    "01_losses": (
        "mse(pred, target, reduction='mean')",
        "mae(pred, target, reduction='mean')",
        "huber(pred, target, delta=1.0, reduction='mean')",
        "smooth_l1(pred, target, beta=1.0, reduction='mean')",
        "log_softmax(logits)",
        "softmax(logits)",
        "cross_entropy(logits, targets, reduction='mean')",
        "cross_entropy_one_hot(logits, target_probs, reduction='mean')",
        "bce_with_logits(logits, targets, reduction='mean')",
        "sample_weighted(losses, weights)",
    ),
    "02_backprop": (
        "numerical_gradient(f, x, eps=1e-06)",
        "relative_error(a, b)",
        "linear_forward(x, W, b)",
        "linear_backward(dout, cache)",
        "relu_forward(x)",
        "relu_backward(dout, cache)",
        "sigmoid_forward(x)",
        "sigmoid_backward(dout, cache)",
        "tanh_forward(x)",
        "tanh_backward(dout, cache)",
        "softmax_cross_entropy(logits, targets)",
        "mse_backward(pred, target)",
        "mlp_loss_and_grads(params, x, y)",
        "train_mlp(params, x, y, lr, steps)",
    ),
    "03_autograd": (
        "unbroadcast(grad, shape)",
        "topological_order(root)",
        "Tensor(data, parents=(), op='')",
        "Tensor.sum(self, axis=None, keepdims=False)",
        "Tensor.mean(self, axis=None, keepdims=False)",
        "Tensor.relu(self)",
        "Tensor.exp(self)",
        "Tensor.log(self)",
        "Tensor.tanh(self)",
        "Tensor.reshape(self, *shape)",
        "Tensor.backward(self, grad=None)",
        "Tape(persistent=False)",
        "Tape.gradient(self, loss, sources)",
    ),
    "04_signal": (
        "xavier_uniform(fan_in, fan_out, rng)",
        "he_normal(fan_in, fan_out, rng)",
        "distinct_units(W, tol=1e-12)",
        "forward_statistics(x, weights, activation)",
        "batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-05, "
        "training=True)",
        "batchnorm_backward(dout, cache)",
        "layernorm_forward(x, gamma, beta, eps=1e-05)",
        "layernorm_backward(dout, cache)",
    ),
    "05_optimizers": (
        "sgd_step(param, grad, lr, weight_decay=0.0)",
        "momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False)",
        "classical_momentum_step(param, grad, velocity, lr, momentum=0.9)",
        "adagrad_step(param, grad, square_sum, lr, eps=1e-10)",
        "rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-08)",
        "adam_step(param, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)",
        "adamw_step(param, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08, "
        "weight_decay=0.01)",
        "radam_step(param, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)",
        "newton_step(x, grad, hessian)",
        "Adam(groups, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0, decoupled=True)",
        "Adam.step(self, grads)",
        "Adam.state_dict(self)",
        "Adam.load_state_dict(self, state)",
        "optimizer_floats(n_params, optimizer)",
    ),
    "06_schedules": (
        "step_decay(step, base_lr, step_size, gamma=0.1)",
        "exponential_decay(step, base_lr, gamma)",
        "cosine(step, base_lr, total_steps, min_lr=0.0)",
        "linear_warmup(step, base_lr, warmup_steps)",
        "warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0)",
        "one_cycle(step, max_lr, total_steps, pct_start=0.3, div_factor=25.0, "
        "final_div_factor=10000.0)",
        "ReduceOnPlateau(lr, factor=0.1, patience=10, threshold=0.0001, cooldown=0, min_lr=0.0)",
        "ReduceOnPlateau.step(self, metric)",
        "linear_scaling(base_lr, base_batch, batch)",
        "lr_range_test(loss_at_lr, min_lr, max_lr, steps)",
    ),
    "07_generalization": (
        "split(n, fractions, rng)",
        "stratified_split(labels, fractions, rng)",
        "k_fold(n, k, rng)",
        "standardize(train, *others)",
        "minibatches(x, y, batch_size, rng, drop_last=False)",
        "dropout_forward(x, p, rng, training=True)",
        "dropout_backward(dout, mask)",
        "EarlyStopping(patience=5, min_delta=0.0)",
        "EarlyStopping.update(self, val_loss, params=None)",
        "confusion_matrix(targets, predictions, n_classes)",
        "accuracy(logits, targets)",
    ),
    "08_numpy_trainer": (
        "init_mlp(sizes, rng)",
        "forward(params, x, p, rng, training)",
        "backward(dlogits, caches)",
        "train_epoch(params, optimizer, x, y, batch_size, lr, p, rng)",
        "evaluate(params, x, y)",
        "save_checkpoint(path, params, optimizer, epoch, rng)",
        "load_checkpoint(path, params, optimizer, rng)",
        "fit(x, y, config, rng)",
    ),
    "09_torch": (
        "gradient_of(f, x)",
        "ClippedSquare.forward(ctx, x)",
        "ClippedSquare.backward(ctx, upstream)",
        "conv2d(x, weight, bias=None, stride=1, padding=0)",
        "Linear(in_features, out_features)",
        "Linear.forward(self, x)",
        "MLP(sizes, dropout=0.0)",
        "MLP.forward(self, x)",
        "combined_loss(predictions, targets, mae_weight=0.1)",
        "freeze(module)",
        "count_parameters(model, trainable_only=True)",
        "parameter_groups(model, lr, head_lr, weight_decay, head='head')",
    ),
    "10_training_loop": (
        "train_step(model, batch, criterion, optimizer)",
        "train_epoch(model, loader, criterion, optimizer, device)",
        "evaluate(model, loader, criterion, device)",
        "seed_everything(seed)",
        "make_loader(dataset, batch_size, seed, shuffle=True)",
        "fit(model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device)",
    ),
    "11_stability": (
        "global_grad_norm(parameters)",
        "clip_grad_norm(parameters, max_norm, eps=1e-06)",
        "clip_grad_value(parameters, clip_value)",
        "accumulate_epoch(model, loader, criterion, optimizer, accumulation_steps, device)",
        "EarlyStopping(patience=5, min_delta=0.0)",
        "EarlyStopping.update(self, val_loss, model=None)",
        "save_checkpoint(path, *, model, optimizer, scheduler=None, scaler=None, epoch, best)",
        "load_checkpoint(path, *, model, optimizer=None, scheduler=None, scaler=None)",
    ),
    "12_mixed_precision": (
        "float_format(dtype)",
        "underflow_fraction(grads, dtype)",
        "DynamicLossScaler(init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, "
        "growth_interval=2000)",
        "DynamicLossScaler.scale(self, loss)",
        "DynamicLossScaler.unscale_(self, optimizer)",
        "DynamicLossScaler.step(self, optimizer)",
        "DynamicLossScaler.update(self)",
        "DynamicLossScaler.state_dict(self)",
        "DynamicLossScaler.load_state_dict(self, state)",
        "amp_step(model, batch, criterion, optimizer, scaler, max_norm, device, dtype)",
    ),
    "13_gpu_loop": (
        TRAIN_CONFIG,
        "build_optimizer(model, config)",
        "build_scheduler(optimizer, config, steps_per_epoch)",
        "EMA(model, decay)",
        "EMA.update(self, model)",
        "EMA.swap(self, model)",
        "fit(model, train_loader, val_loader, config, *, resume=None, callbacks=())",
        "carbon_grams(power_watts, hours, devices, pue=1.2, grams_per_kwh=400.0)",
    ),
    "14_scaling_out": (
        "shard_indices(n, rank, world_size, epoch, seed, drop_last=False)",
        "average_gradients(model)",
        "sum_across_ranks(values)",
        "train_distributed(model, dataset, *, epochs, batch_size, lr, seed, accumulation_steps=1, "
        "checkpoint_path=None)",
    ),
    "15_clinic": (
        "loop_01(model, loader, criterion, optimizer, epochs)",
        "loop_02(model, loader, criterion, optimizer, epochs)",
        "loop_03(model, loader, criterion, optimizer, epochs)",
        "loop_04(model, loader)",
        "loop_05(x, y, model, epochs, seed)",
        "loop_06(x, y, batch_size, seed)",
        "loop_07(probabilities, targets)",
        "loop_08(model, loader, criterion, optimizer, epochs)",
        "loop_09(model, loader, criterion, optimizer, epochs)",
        "loop_10(model, loader, criterion, optimizer, scaler, max_norm)",
        "loop_11(model, loader, criterion, optimizer, scheduler, epochs)",
        "loop_12(path, model, optimizer)",
        "diagnose(history)",
    ),
    "16_tensorflow": ("tf_train_step(model, optimizer, loss_fn, x, y)",),
    "17_pixels_and_boxes": (
        "pixel_cross_entropy(logits, targets)",
        "dice_loss(probs, target, eps=1e-06)",
        "box_iou(a, b)",
        "detection_loss(cls_logits, cls_targets, boxes, box_targets, obj_logits, obj_targets, "
        "weights=(1.0, 1.0, 1.0))",
        "mean_iou(pred, target, n_classes)",
        "average_precision(scores, is_match, n_truth)",
        "info_nce(a, b, temperature=0.07)",
    ),
}


def test_every_lesson_is_here() -> None:
    assert list(EXERCISES) == COURSE.lesson_ids()


@pytest.mark.parametrize("lesson_id", EXERCISES)
def test_exercises_have_their_keys_and_points(lesson_id: str) -> None:
    exercises = COURSE.lesson(lesson_id).exercises
    wanted = dict(item.split(" ") for item in EXERCISES[lesson_id].split(", "))
    found = {key: f"{item.points:g}" for key, item in exercises.items() if not item.is_prediction}
    assert found == wanted


@pytest.mark.parametrize("lesson_id", EXERCISES)
def test_two_or_three_predictions_and_three_questions(lesson_id: str) -> None:
    lesson = COURSE.lesson(lesson_id)
    predictions = [item.points for item in lesson.exercises.values() if item.is_prediction]
    assert 2 <= len(predictions) <= 3
    assert set(predictions) == {1.0}
    assert [question.points for question in lesson.manual] == [3.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("lesson_id", "wanted"),
    [(lesson_id, wanted) for lesson_id, several in SIGNATURES.items() for wanted in several],
    ids=lambda value: value.split("(")[0],
)
def test_signature(lesson_id: str, wanted: str) -> None:
    name = wanted.split("(")[0]
    thing = load_reference(COURSE.lesson(lesson_id))
    for part in name.split("."):
        thing = getattr(thing, part)
    assert f"{name}{inspect.signature(thing)}" == wanted


def test_every_defined_name_has_a_signature() -> None:
    for lesson_id in EXERCISES:
        exercises = COURSE.lesson(lesson_id).exercises.values()
        names = {name for item in exercises if not item.is_prediction for name in item.names}
        assert names == {w.split("(")[0].split(".")[0] for w in SIGNATURES[lesson_id]}
