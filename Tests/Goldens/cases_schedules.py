"""Cases of learning-rate schedules: PyTorch's and Keras's, over 1,000 steps.

PyTorch's schedulers set the rates of an SGD with two groups, 0.1 and 0.02, or the momentum of an Adam; each rate is
computed from the one before as PyTorch does it, so that an error would grow. Some of the 1,000 steps are stored, with
their numbers: the first ones, those around what the cases change at, and others in between. Keras's schedules are
functions of the step, computed in float64 for the rate 0.1. What is driven by a metric has the metric's values too, one
for each step.
"""

import os
import warnings

import numpy as np
import torch
from torch.optim import lr_scheduler as s
from torch.optim.swa_utils import SWALR

from golden import generator

MARKS = (100, 300, 500, 600, 1000)
STEPS = {*range(45), *range(45, 1000, 31)} | {step for mark in MARKS for step in range(mark - 2, mark + 2)}
STEPS = sorted(step for step in STEPS if step < 1000)


def add(file):
    # The file keeps the numbers of the steps once.
    file.begin("steps")
    file.put("steps/steps", np.array(STEPS))
    torch_schedules(file)
    keras_schedules(file)
    plateaus(file)


def groups(kind):
    parameters = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    groups = [{"params": [p], "lr": rate} for p, rate in zip(parameters, (0.1, 0.02))]
    return kind(groups, lr=0.1, momentum=0.7) if kind is torch.optim.SGD else kind(groups, lr=0.1)


def torch_case(file, name, make, kind=torch.optim.SGD, momentum=False):
    file.begin(name)
    rule = groups(kind)
    scheduler = make(rule)
    rates, momenta = [], []
    for step in range(1000):
        if step in STEPS:
            rates.append([group["lr"] for group in rule.param_groups])
            momenta.append([group.get("momentum") or group["betas"][0] for group in rule.param_groups])
        rule.step()
        with warnings.catch_warnings(action="ignore"):
            # The one after the last step is a division by 0 where the rate rises to the end.
            if step < 999:
                scheduler.step()
    file.put(f"{name}/rates", np.array(rates))
    if momentum:
        file.put(f"{name}/momenta", np.array(momenta))


def torch_schedules(file):
    def case(name, make, **settings):
        torch_case(file, name, make, **settings)

    case("step", lambda r: s.StepLR(r, 30, 0.7))
    case("multi-step", lambda r: s.MultiStepLR(r, [10, 300, 300, 600], 0.5))
    case("constant", lambda r: s.ConstantLR(r, 0.25, 20))
    case("linear", lambda r: s.LinearLR(r, 0.25, 0.75, 300))
    case("exponential", lambda r: s.ExponentialLR(r, 0.99))
    case("polynomial", lambda r: s.PolynomialLR(r, 600, 2.5))
    case("cosine-1000", lambda r: s.CosineAnnealingLR(r, 1000, 1e-3))
    case("restarts", lambda r: s.CosineAnnealingWarmRestarts(r, 30, eta_min=1e-3))
    case("restarts-stretched", lambda r: s.CosineAnnealingWarmRestarts(r, 10, 3, 1e-3))
    case("lambda", lambda r: s.LambdaLR(r, lambda step: 1 / (1 + step)))
    case("multiplicative", lambda r: s.MultiplicativeLR(r, lambda step: 0.9 if step % 7 == 0 else 1.001))
    case("swa", lambda r: SWALR(r, 0.05, 30, "cos"))
    case("swa-linear", lambda r: SWALR(r, 0.05, 30, "linear"))
    case("swa-at-once", lambda r: SWALR(r, 0.05, 0))
    case("chained", lambda r: s.ChainedScheduler([
        s.ConstantLR(r, 0.25, 20), s.ExponentialLR(r, 0.99), s.MultiStepLR(r, [100, 500])]))  # fmt: skip
    case("sequential", lambda r: s.SequentialLR(
        r, [s.LinearLR(r, 0.25, 1, 20), s.StepLR(r, 30, 0.7), s.ExponentialLR(r, 0.99)], [20, 300]))  # fmt: skip
    case("warm-up", lambda r: s.SequentialLR(
        r, [s.LinearLR(r, 0.1, 1, 30), s.CosineAnnealingLR(r, 970)], [30]))  # fmt: skip
    case("warm-up-constant", lambda r: s.SequentialLR(
        r, [s.ConstantLR(r, 0.1, 1000), s.CosineAnnealingLR(r, 970)], [30]))  # fmt: skip

    for kind in (torch.optim.SGD, torch.optim.Adam):
        def cycling(name, make):
            torch_case(file, f"{name}-{kind.__name__}", make, kind, momentum=True)

        cycling("one-cycle", lambda r: s.OneCycleLR(r, [0.5, 0.1], 1000))
        cycling("one-cycle-linear", lambda r: s.OneCycleLR(
            r, [0.5, 0.1], epochs=10, steps_per_epoch=100, pct_start=0.25, anneal_strategy="linear", base_momentum=0.5,
            max_momentum=0.75, div_factor=10, final_div_factor=100))  # fmt: skip
        cycling("one-cycle-three", lambda r: s.OneCycleLR(r, [0.5, 0.1], 1000, three_phase=True))
        cycling("one-cycle-three-linear", lambda r: s.OneCycleLR(
            r, [0.5, 0.1], 1000, pct_start=0.4, anneal_strategy="linear", three_phase=True))  # fmt: skip
        cycling("one-cycle-falling", lambda r: s.OneCycleLR(r, [0.5, 0.1], 1000, pct_start=0.0))
        cycling("one-cycle-rising", lambda r: s.OneCycleLR(r, [0.5, 0.1], 1000, pct_start=1.0))
        cycling("one-cycle-still", lambda r: s.OneCycleLR(r, [0.5, 0.1], 1000, cycle_momentum=False))
        cycling("cyclic", lambda r: s.CyclicLR(r, [0.1, 0.02], [0.5, 0.1], 20))
        cycling("cyclic-uneven", lambda r: s.CyclicLR(
            r, [0.1, 0.02], [0.5, 0.1], 10, 30, "triangular2", base_momentum=0.5, max_momentum=0.75))  # fmt: skip
        cycling("cyclic-exponential", lambda r: s.CyclicLR(
            r, [0.1, 0.02], [0.5, 0.1], 20, mode="exp_range", gamma=0.99))  # fmt: skip
        cycling("cyclic-by-cycle", lambda r: s.CyclicLR(r, [0.1, 0.02], [0.5, 0.1], 20, scale_fn=lambda n: 1 / n))
        cycling("cyclic-by-step", lambda r: s.CyclicLR(
            r, [0.1, 0.02], [0.5, 0.1], 20, scale_fn=lambda n: 1 / (n + 1), scale_mode="iterations"))  # fmt: skip
        cycling("cyclic-still", lambda r: s.CyclicLR(r, [0.1, 0.02], [0.5, 0.1], 20, cycle_momentum=False))


def keras_schedules(file):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    k = keras.optimizers.schedules
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    for name, schedule in {
        "keras-exponential": k.ExponentialDecay(0.1, 30, 0.7),
        "keras-exponential-staircase": k.ExponentialDecay(0.1, 30, 0.7, staircase=True),
        "keras-inverse": k.InverseTimeDecay(0.1, 30, 0.7),
        "keras-inverse-staircase": k.InverseTimeDecay(0.1, 30, 0.7, staircase=True),
        "keras-polynomial": k.PolynomialDecay(0.1, 300, 1e-3, power=0.5),
        "keras-polynomial-cycle": k.PolynomialDecay(0.1, 30, 1e-3, power=2, cycle=True),
        "keras-piecewise": k.PiecewiseConstantDecay([10, 300, 600], [0.1, 0.5, 0.05, 0.01]),
        "keras-cosine": k.CosineDecay(0.1, 600, alpha=0.1),
        "keras-cosine-warm-up": k.CosineDecay(0.02, 600, alpha=0.1, warmup_target=0.1, warmup_steps=30),
        "keras-restarts": k.CosineDecayRestarts(0.1, 10, m_mul=0.9, alpha=0.1),
        "keras-restarts-even": k.CosineDecayRestarts(0.1, 30, t_mul=1.0, m_mul=0.9, alpha=0.1),
        "keras-restarts-fraction": k.CosineDecayRestarts(0.1, 10, t_mul=1.3, m_mul=0.9),
    }.items():
        file.begin(name)
        rates = [schedule(torch.tensor(step, dtype=torch.float64)).cpu().item() for step in STEPS]
        file.put(f"{name}/rates", np.array(rates)[:, None])
    keras.config.set_floatx(before)


def plateaus(file):
    for name, settings in {
        "plateau": dict(),
        "plateau-absolute": dict(threshold=0.05, threshold_mode="abs", patience=3, factor=0.5),
        "plateau-maximum": dict(mode="max", threshold=0.05, patience=4, cooldown=7, min_lr=0.001),
        "plateau-maximum-absolute": dict(
            mode="max", threshold=0.05, threshold_mode="abs", patience=0, cooldown=3, factor=0.9),
        "plateau-bounds": dict(patience=2, factor=0.7, min_lr=[0.01, 0.002], eps=1e-3, threshold=0.01),
    }.items():
        file.begin(name)
        rng = generator(name)
        metrics = np.exp(-np.arange(200) / 40) * (1 + 0.3 * rng.standard_normal(200)) - 0.1
        if settings.get("mode") == "max":
            metrics = -metrics
        metrics[[0, 5]] = np.inf, np.nan
        rule = groups(torch.optim.SGD)
        scheduler = s.ReduceLROnPlateau(rule, **settings)
        rates = []
        for metric in metrics:
            scheduler.step(metric)
            rates.append([group["lr"] for group in rule.param_groups])
        file.put(f"{name}/metrics", metrics)
        file.put(f"{name}/rates", np.array(rates))
