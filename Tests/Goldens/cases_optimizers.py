"""Cases of optimizers and learning-rate schedules.

What PyTorch has not is Keras's (with learning rates that float32 holds exactly, for it rounds them) or a formula of its
paper, written here.

Each optimizer makes 1,000 steps on two parameters, `weight` and `bias`, whose values after 10 and after 1,000 are
stored, with the optimizer's state at the end under PyTorch's names. The gradient at step t is
`(value - target) * scale + noise[t % 7]`: it depends on the path, so that an error would grow, and never vanishes. The
bias has no gradient in every third step. The results of float64 and of float32 are both stored.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch

from golden import generator, to_numpy, to_torch


def add(file):
    optimizers(file)
    others(file)
    lbfgs(file)
    schedules(file)


def optimizer(file, name, make):
    """`make` makes an optimizer of a list with the two parameters."""
    file.begin(name)
    rng = generator(name)
    shapes = {"weight": (5, 7), "bias": (3,)}
    data = {}
    for key, shape in shapes.items():
        data[f"{key}.start"] = rng.standard_normal(shape)
        data[f"{key}.target"] = rng.standard_normal(shape)
        data[f"{key}.scale"] = rng.uniform(0.1, 1, shape)
        data[f"{key}.noise"] = rng.standard_normal((7,) + shape) * 0.3
    data = {key: value.astype(np.float32) for key, value in data.items()}
    for key, value in data.items():
        file.put(f"{name}/{key}", value)
    for dtype, suffix in ((torch.float64, "float64"), (torch.float32, "float32")):
        torch.set_default_dtype(dtype)
        tensors = {key: to_torch(value, dtype) for key, value in data.items()}
        parameters = {key: tensors[f"{key}.start"].clone().requires_grad_() for key in shapes}
        rule = make(list(parameters.values()))
        for step in range(1000):
            for key, p in parameters.items():
                p.grad = None
                if key != "bias" or step % 3 != 2:
                    p.grad = (p.detach() - tensors[f"{key}.target"]) * tensors[f"{key}.scale"]
                    p.grad += tensors[f"{key}.noise"][step % 7]
            rule.step()
            if step + 1 in (10, 1000):
                for key, p in parameters.items():
                    file.put(f"{name}/{key}.{step + 1}.{suffix}", to_numpy(p).copy())
        for key, p in parameters.items():
            for slot, value in rule.state[p].items():
                # ASGD's next rate and share follow from the step.
                if value is not None and slot not in ("eta", "mu"):
                    value = torch.as_tensor(value)
                    file.put(f"{name}/state.{suffix}.{key}.{slot}", to_numpy(value))


class Keras:
    """Keras's optimizers with PyTorch's interface: one for each parameter, so that each counts its own steps."""

    def __init__(self, parameters, make, slots):
        self.parameters, self.slots = parameters, slots
        self.rules = [make() for _ in parameters]
        self.variables = [keras.Variable(p.detach().numpy(), dtype=str(p.dtype)[6:]) for p in parameters]
        for rule, variable in zip(self.rules, self.variables):
            rule.build([variable])

    def step(self):
        for p, rule, variable in zip(self.parameters, self.rules, self.variables):
            if p.grad is not None:
                rule.apply([p.grad], [variable])
                p.data = variable.value.detach().clone()

    @property
    def state(self):
        values = {}
        for p, rule in zip(self.parameters, self.rules):
            values[p] = {"step": float(rule.iterations)}
            for name, slot in self.slots.items():
                values[p][name] = getattr(rule, slot)[0].value.detach()
        return values


class LAMB(torch.optim.Optimizer):
    """Algorithm 2 of You et al., 2020, with the identity for phi."""

    def __init__(self, parameters, lr, betas, eps, weight_decay):
        super().__init__(parameters, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), lr = group["betas"], group["lr"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                s = self.state[p]
                if not s:
                    s.update(step=0, exp_avg=torch.zeros_like(p), exp_avg_sq=torch.zeros_like(p))
                s["step"] += 1
                s["exp_avg"] = b1 * s["exp_avg"] + (1 - b1) * p.grad
                s["exp_avg_sq"] = b2 * s["exp_avg_sq"] + (1 - b2) * p.grad**2
                m = s["exp_avg"] / (1 - b1 ** s["step"])
                v = s["exp_avg_sq"] / (1 - b2 ** s["step"])
                u = m / (v.sqrt() + group["eps"]) + group["weight_decay"] * p
                p -= lr * p.norm() / u.norm() * u


class Lookahead:
    """Algorithm 1 of Zhang et al., 2019; each parameter counts its own steps."""

    def __init__(self, base, k, alpha):
        self.base, self.k, self.alpha = base, k, alpha
        self.parameters = [p for group in base.param_groups for p in group["params"]]
        self.slow = {p: p.detach().clone() for p in self.parameters}
        self.steps = {p: 0 for p in self.parameters}

    @torch.no_grad()
    def step(self):
        self.base.step()
        for p in self.parameters:
            self.steps[p] += p.grad is not None
            if p.grad is not None and self.steps[p] % self.k == 0:
                self.slow[p] += self.alpha * (p - self.slow[p])
                p.copy_(self.slow[p])

    @property
    def state(self):
        return {p: dict(self.base.state[p], slow=self.slow[p]) for p in self.parameters}


class ScheduleFreeAdamW(torch.optim.Optimizer):
    """Algorithm 1 of Defazio et al., 2024, with equal weights, in the form of its authors, which keeps two of the three
    sequences. (Keras's own, computed by PyTorch, takes the new `z` for the old one in a place: both are one tensor.)"""

    def __init__(self, parameters, lr, betas, eps, weight_decay, warmup):
        super().__init__(parameters, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, warmup=warmup))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                s = self.state[p]
                if not s:
                    s.update(step=0, z=p.clone(), exp_avg_sq=torch.zeros_like(p))
                s["step"] += 1
                s["exp_avg_sq"] = b2 * s["exp_avg_sq"] + (1 - b2) * p.grad**2
                g = p.grad / ((s["exp_avg_sq"] / (1 - b2 ** s["step"])).sqrt() + group["eps"])
                d = g + group["weight_decay"] * p
                rate = group["lr"] * min(1, s["step"] / group["warmup"])
                p.lerp_(s["z"], 1 / s["step"])
                p.add_(d, alpha=rate * (b1 * (1 - 1 / s["step"]) - 1))
                s["z"] = s["z"] - rate * d


def exact_muon(*arguments, **settings):
    """PyTorch's Muon with its iteration in the parameter's type instead of bfloat16."""
    module = torch.optim._muon

    def iterate(grad, coefficients, steps, eps):
        a, b, c = coefficients
        x = grad.T if grad.size(0) > grad.size(1) else grad
        x = x / x.norm().clamp(min=eps)
        for _ in range(steps):
            s = x @ x.T
            x = a * x + (b * s + c * s @ s) @ x
        return x.T if grad.size(0) > grad.size(1) else x

    module._zeropower_via_newtonschulz = iterate
    return module.Muon(*arguments, **settings)


def others(file):
    o, k = torch.optim, keras.optimizers
    pair = lambda p, first, second: [dict(params=p[:1], **first), dict(params=p[1:], **second)]  # noqa: E731
    optimizer(file, "RMSprop", lambda p: o.RMSprop(p))
    optimizer(file, "RMSprop-centered", lambda p: o.RMSprop(p, lr=0.005, alpha=0.9, eps=1e-3, centered=True))
    optimizer(file, "RMSprop-all", lambda p: o.RMSprop(
        p, lr=0.002, alpha=0.95, eps=1e-2, weight_decay=0.1, momentum=0.8, centered=True))  # fmt: skip
    optimizer(file, "RMSprop-maximize", lambda p: o.RMSprop(p, lr=1e-3, momentum=0.5, maximize=True))
    optimizer(file, "RMSprop-groups", lambda p: o.RMSprop(
        pair(p, dict(lr=0.01), dict(lr=0.002, momentum=0.9))))  # fmt: skip
    optimizer(file, "Adagrad", lambda p: o.Adagrad(p))
    optimizer(file, "Adagrad-all", lambda p: o.Adagrad(
        p, lr=0.1, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-4))  # fmt: skip
    optimizer(file, "Adagrad-maximize", lambda p: o.Adagrad(p, maximize=True))
    optimizer(file, "Adagrad-groups", lambda p: o.Adagrad(pair(p, dict(lr=0.1), dict(lr=0.02, lr_decay=0.1))))
    optimizer(file, "Adadelta", lambda p: o.Adadelta(p))
    optimizer(file, "Adadelta-all", lambda p: o.Adadelta(p, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.1))
    optimizer(file, "Adadelta-maximize", lambda p: o.Adadelta(p, lr=0.1, maximize=True))
    optimizer(file, "Adadelta-groups", lambda p: o.Adadelta(pair(p, dict(lr=1.0), dict(rho=0.5))))
    optimizer(file, "Adamax", lambda p: o.Adamax(p))
    optimizer(file, "Adamax-all", lambda p: o.Adamax(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1))
    optimizer(file, "Adamax-maximize", lambda p: o.Adamax(p, maximize=True))
    optimizer(file, "Adamax-groups", lambda p: o.Adamax(pair(p, dict(lr=0.01), dict(betas=(0.5, 0.9)))))
    optimizer(file, "NAdam", lambda p: o.NAdam(p))
    optimizer(file, "NAdam-all", lambda p: o.NAdam(
        p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1, momentum_decay=0.1))  # fmt: skip
    optimizer(file, "NAdam-decoupled", lambda p: o.NAdam(p, weight_decay=0.1, decoupled_weight_decay=True))
    optimizer(file, "NAdam-maximize", lambda p: o.NAdam(p, maximize=True))
    optimizer(file, "NAdam-groups", lambda p: o.NAdam(pair(p, dict(lr=0.01), dict(momentum_decay=0.5))))
    optimizer(file, "RAdam", lambda p: o.RAdam(p))
    optimizer(file, "RAdam-all", lambda p: o.RAdam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1))
    optimizer(file, "RAdam-decoupled", lambda p: o.RAdam(p, weight_decay=0.1, decoupled_weight_decay=True))
    optimizer(file, "RAdam-maximize", lambda p: o.RAdam(p, maximize=True))
    optimizer(file, "RAdam-groups", lambda p: o.RAdam(pair(p, dict(lr=0.01), dict(betas=(0.5, 0.6)))))
    optimizer(file, "ASGD", lambda p: o.ASGD(p))
    optimizer(file, "ASGD-all", lambda p: o.ASGD(p, lr=0.05, lambd=0.01, alpha=0.6, t0=100, weight_decay=0.1))
    optimizer(file, "ASGD-maximize", lambda p: o.ASGD(p, lr=1e-4, maximize=True))
    optimizer(file, "ASGD-groups", lambda p: o.ASGD(pair(p, dict(lr=0.02), dict(t0=5))))
    optimizer(file, "Rprop", lambda p: o.Rprop(p))
    optimizer(file, "Rprop-all", lambda p: o.Rprop(p, lr=0.05, etas=(0.3, 1.1), step_sizes=(1e-3, 0.2)))
    optimizer(file, "Rprop-maximize", lambda p: o.Rprop(p, lr=1e-4, step_sizes=(1e-6, 1e-2), maximize=True))
    optimizer(file, "Rprop-groups", lambda p: o.Rprop(pair(p, dict(lr=0.02), dict(step_sizes=(1e-4, 0.1)))))
    optimizer(file, "Adafactor", lambda p: o.Adafactor(p))
    optimizer(file, "Adafactor-all", lambda p: o.Adafactor(
        p, lr=0.05, beta2_decay=-0.6, eps=(1e-2, 1e-2), d=1.5, weight_decay=0.1))  # fmt: skip
    optimizer(file, "Adafactor-maximize", lambda p: o.Adafactor(p, lr=1e-3, maximize=True))
    optimizer(file, "Adafactor-groups", lambda p: o.Adafactor(pair(p, dict(lr=0.02), dict(beta2_decay=-0.5))))
    optimizer(file, "Muon", lambda p: exact_muon(p[:1], lr=0.02))
    optimizer(file, "Muon-all", lambda p: exact_muon(
        p[:1], lr=0.02, weight_decay=0.3, momentum=0.8, nesterov=False, ns_coefficients=(2, -1.5, 0.5), ns_steps=4,
        adjust_lr_fn="match_rms_adamw"))  # fmt: skip
    optimizer(file, "Lion", lambda p: Keras(
        p, lambda: k.Lion(2**-10, beta_1=0.9, beta_2=0.99), dict(exp_avg="_momentums")))  # fmt: skip
    optimizer(file, "Lion-decay", lambda p: Keras(
        p, lambda: k.Lion(2**-9, beta_1=0.8, beta_2=0.9, weight_decay=0.5), dict(exp_avg="_momentums")))  # fmt: skip
    moments = dict(exp_avg="_momentums", exp_avg_sq="_velocities")
    optimizer(file, "LAMB", lambda p: Keras(
        p, lambda: k.Lamb(2**-8, beta_1=0.9, beta_2=0.99, epsilon=1e-6), moments))  # fmt: skip
    optimizer(file, "LAMB-decay", lambda p: LAMB(p, 0.005, (0.8, 0.95), 1e-3, 0.1))
    optimizer(file, "LAMB-groups", lambda p: LAMB(
        pair(p, dict(lr=0.01), dict(weight_decay=0)), 0.005, (0.8, 0.95), 1e-3, 0.1))  # fmt: skip
    sums = dict(accumulator="_accumulators", linear="_linears")
    optimizer(file, "Ftrl", lambda p: Keras(p, lambda: k.Ftrl(2**-4), sums))
    # With these, unlike smaller rates, Keras's own float32 agrees with its float64: its difference of powers cancels.
    optimizer(file, "Ftrl-all", lambda p: Keras(
        p, lambda: k.Ftrl(
            2**-2, learning_rate_power=-0.25, initial_accumulator_value=0.5, l1_regularization_strength=0.01,
            l2_regularization_strength=0.02, l2_shrinkage_regularization_strength=0.03, beta=0.04), sums))  # fmt: skip
    optimizer(file, "ScheduleFreeAdamW", lambda p: ScheduleFreeAdamW(p, 2.5e-3, (0.9, 0.999), 1e-8, 0, 1))
    optimizer(file, "ScheduleFreeAdamW-all", lambda p: ScheduleFreeAdamW(p, 0.01, (0.8, 0.95), 1e-3, 0.1, 50))
    optimizer(file, "Lookahead-SGD", lambda p: Lookahead(o.SGD(p, lr=0.02, momentum=0.9), 5, 0.5))
    optimizer(file, "Lookahead-RAdam", lambda p: Lookahead(o.RAdam(p, lr=0.01), 3, 0.8))


def optimizers(file):
    o = torch.optim
    optimizer(file, "SGD", lambda p: o.SGD(p, lr=0.02))
    optimizer(file, "SGD-momentum", lambda p: o.SGD(p, lr=0.02, momentum=0.9))
    optimizer(file, "SGD-dampening", lambda p: o.SGD(p, lr=0.02, momentum=0.9, dampening=0.3))
    optimizer(file, "SGD-nesterov", lambda p: o.SGD(p, lr=0.02, momentum=0.9, nesterov=True))
    optimizer(file, "SGD-decay", lambda p: o.SGD(p, lr=0.02, momentum=0.5, weight_decay=0.1))
    optimizer(file, "SGD-maximize", lambda p: o.SGD(p, lr=1e-4, momentum=0.9, maximize=True))
    optimizer(file, "SGD-groups", lambda p: o.SGD(
        [{"params": p[:1]}, {"params": p[1:], "lr": 0.1, "weight_decay": 0.01}], lr=0.02, momentum=0.9))  # fmt: skip
    optimizer(file, "Adam", lambda p: o.Adam(p))
    optimizer(file, "Adam-settings", lambda p: o.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-4))
    optimizer(file, "Adam-decay", lambda p: o.Adam(p, lr=0.01, weight_decay=0.1))
    optimizer(file, "Adam-amsgrad", lambda p: o.Adam(p, lr=0.01, amsgrad=True))
    optimizer(file, "Adam-maximize", lambda p: o.Adam(p, maximize=True))
    optimizer(file, "AdamW", lambda p: o.AdamW(p))
    optimizer(file, "AdamW-decay", lambda p: o.AdamW(p, lr=0.01, weight_decay=0.3))
    optimizer(file, "AdamW-amsgrad", lambda p: o.AdamW(p, lr=0.01, amsgrad=True))


def lbfgs(file):
    """Steps down Rosenbrock's valley, [a, b] and [c] being parameters of their own; the values after each, the losses before
    it, and how often the loss was computed by then."""
    for name, settings in [
        ("LBFGS", dict(lr=0.002, max_iter=8)),
        ("LBFGS-history", dict(lr=0.5, max_iter=6, history_size=2)),
        ("LBFGS-wolfe", dict(lr=1, max_iter=4, history_size=5, line_search_fn="strong_wolfe")),
        ("LBFGS-few", dict(lr=0.3, max_iter=10, max_eval=7, line_search_fn="strong_wolfe")),
    ]:
        file.begin(name)
        first = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
        second = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
        rule = torch.optim.LBFGS([first, second], **settings)

        def loss():
            rule.zero_grad()
            a, b = first
            value = (1 - a) ** 2 + 100 * (b - a**2) ** 2 + ((second - a * b) ** 4).sum()
            value.backward()
            return value

        values, losses, counts = [], [], []
        for _ in range(6):
            losses.append(rule.step(loss).item())
            values.append(torch.cat([first, second]).detach())
            counts.append(rule.state[first]["func_evals"])
        file.put(f"{name}/values", to_numpy(torch.stack(values)))
        file.put(f"{name}/losses", np.array(losses))
        file.put(f"{name}/counts", np.array(counts))


def schedules(file):
    for name, steps, make in [
        ("cosine", 100, lambda r: torch.optim.lr_scheduler.CosineAnnealingLR(r, 100)),
        ("cosine-to", 40, lambda r: torch.optim.lr_scheduler.CosineAnnealingLR(r, 40, eta_min=1e-4)),
    ]:
        file.begin(name)
        rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2e-3)
        scheduler = make(rule)
        rates = []
        for _ in range(steps + 1):
            rates.append(rule.param_groups[0]["lr"])
            rule.step()
            scheduler.step()
        file.put(f"{name}/rates", np.array(rates))
