"""Makes recurrent.safetensors: recurrent layers of PyTorch, their seeded state dicts, and what they compute.

    python Plugins/TernRecurrent/Tests/Goldens/make_goldens.py

Names are `case/state/...` for the state dict and `case/...` for the rest. Parameters and inputs are float32; outputs and
gradients are computed from the same values in float64 and stored as such, so that a case serves both types.
"""

import os

import torch
import torch.nn as nn
from safetensors.torch import save_file
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

tensors = {}


def keep(case, **values):
    for name, value in values.items():
        tensors[f"{case}/{name}"] = value.detach().contiguous().clone()


def keep_state(case, module):
    for name, value in module.state_dict().items():
        tensors[f"{case}/state/{name}"] = value.clone()


def states_of(module, samples, seeded=True):
    directions = 2 if module.bidirectional else 1
    count = module.num_layers * directions
    hidden = torch.randn(count, samples, getattr(module, "proj_size", 0) or module.hidden_size)
    return (hidden, torch.randn(count, samples, module.hidden_size)) if isinstance(module, nn.LSTM) else (hidden,)


def layer(case, make, steps=5, samples=3, features=4, lengths=None):
    """Outputs and all gradients of a layer, on whole or packed sequences, from a state that is given."""
    torch.manual_seed(sum(map(ord, case)))
    module = make(features)
    keep_state(case, module)
    first = module.batch_first
    x = torch.randn(*((samples, steps) if first else (steps, samples)), features)
    states = states_of(module, samples)
    keep(case, x=x, **{f"state{i}": s for i, s in enumerate(states)})

    module, x = module.double(), x.double().requires_grad_()
    states = [s.double().requires_grad_() for s in states]
    given = tuple(states) if len(states) > 1 else states[0]
    if lengths is None:
        output, last = module(x, given)
    else:
        packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=first, enforce_sorted=False)
        keep(case, lengths=torch.tensor(lengths), packed=packed.data, batch_sizes=packed.batch_sizes)
        output, last = module(packed, given)
        output, _ = pad_packed_sequence(output, batch_first=first)
    results = [output, *(last if isinstance(last, tuple) else (last,))]
    cotangents = [torch.randn(r.shape) for r in results]
    sum((r * c.double()).sum() for r, c in zip(results, cotangents)).backward()
    keep(case, output=output, grad_x=x.grad, **{f"last{i}": r for i, r in enumerate(results[1:])})
    keep(case, **{f"cot{i}": c for i, c in enumerate(cotangents)}, **{f"grad_state{i}": s.grad for i, s in enumerate(states)})
    for name, parameter in module.named_parameters():
        keep(case, **{f"grad/{name}": parameter.grad})


def cell(case, make):
    torch.manual_seed(sum(map(ord, case)))
    module = make(4)
    keep_state(case, module)
    x, states = torch.randn(3, 4), [torch.randn(3, 5) for _ in range(2 if isinstance(module, nn.LSTMCell) else 1)]
    keep(case, x=x, **{f"state{i}": s for i, s in enumerate(states)})
    given = tuple(s.double() for s in states)
    results = module.double()(x.double(), given if len(given) > 1 else given[0])
    results = results if isinstance(results, tuple) else (results,)
    keep(case, **{f"last{i}": r for i, r in enumerate(results)})


class Classifier(nn.Module):
    def __init__(self, recurrent):
        super().__init__()
        self.rnn, self.fc = recurrent, nn.Linear(8, 3)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])


def training(case, make):
    """The losses of 100 steps, in float32 and in float64."""
    torch.manual_seed(sum(map(ord, case)))
    x, y = torch.randn(16, 6, 5), torch.randint(0, 3, (16,))
    model = Classifier(make(5))
    keep_state(case, model)
    keep(case, x=x, y=y)
    start = {name: value.clone() for name, value in model.state_dict().items()}
    for dtype in (torch.float32, torch.float64):
        model = Classifier(make(5))
        model.load_state_dict(start)
        model = model.to(dtype)
        optimizer = torch.optim.Adam(model.parameters(), 1e-2)
        losses = []
        for _ in range(100):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x.to(dtype)), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        keep(case, **{f"losses.{str(dtype)[6:]}": torch.tensor(losses, dtype=torch.float64)})


both = dict(num_layers=2, bidirectional=True)
layer("rnn", lambda c: nn.RNN(c, 6, **both))
layer("rnn-relu", lambda c: nn.RNN(c, 6, num_layers=2, nonlinearity="relu"))
layer("lstm", lambda c: nn.LSTM(c, 6))
layer("lstm-projection", lambda c: nn.LSTM(c, 6, proj_size=3, **both))
layer("lstm-batch-first", lambda c: nn.LSTM(c, 6, batch_first=True, bidirectional=True))
layer("lstm-wide", lambda c: nn.LSTM(c, 19), steps=7, samples=9)
layer("gru", lambda c: nn.GRU(c, 6, **both))
layer("gru-batch-first", lambda c: nn.GRU(c, 6, batch_first=True))
layer("gru-no-bias", lambda c: nn.GRU(c, 6, bias=False, **both))
for kind, make in (("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)):
    layer(f"{kind}-packed", lambda c: make(c, 6, **both), samples=4, lengths=[2, 5, 3, 2])
layer("lstm-packed-projection", lambda c: nn.LSTM(c, 6, proj_size=3, batch_first=True, **both), samples=4, lengths=[1, 2, 5, 4])
layer("gru-packed-sorted", lambda c: nn.GRU(c, 6), lengths=[5, 4, 1])
cell("rnn-cell", lambda c: nn.RNNCell(c, 5))
cell("rnn-cell-relu", lambda c: nn.RNNCell(c, 5, nonlinearity="relu"))
cell("lstm-cell", lambda c: nn.LSTMCell(c, 5))
cell("gru-cell", lambda c: nn.GRUCell(c, 5))
cell("gru-cell-no-bias", lambda c: nn.GRUCell(c, 5, bias=False))
training("lstm-training", lambda c: nn.LSTM(c, 8, batch_first=True))
training("gru-training", lambda c: nn.GRU(c, 8, batch_first=True))

save_file(tensors, os.path.join(os.path.dirname(os.path.abspath(__file__)), "recurrent.safetensors"))
