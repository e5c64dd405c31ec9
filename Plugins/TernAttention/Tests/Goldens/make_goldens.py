"""Makes attention.safetensors: what PyTorch's attention layers give.

    pip install torch safetensors numpy
    python Plugins/TernAttention/Tests/Goldens/make_goldens.py

A case is a group of tensors: `case/state/...` the state dictionary and `case/in/...` the inputs, in float32; `case/out/...`
the outputs and `case/grad/...` the gradients of the inputs for the cotangent `case/cotangent`, computed in float64.
Made with PyTorch 2.13.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

tensors = {}


def case(name, module, inputs, call, double=True):
    module = module.train(False)
    generator = torch.Generator().manual_seed(len(tensors))
    for parameter in module.parameters():
        # Biases and norms too, or nothing would tell them from their first values.
        parameter.data = torch.randn(parameter.shape, generator=generator) / (parameter.shape[-1] ** 0.5)
    tensors.update({f"{name}/state/{key}": value.clone() for key, value in module.state_dict().items()})
    tensors.update({f"{name}/in/{key}": value.clone() for key, value in inputs.items()})
    module = module.double()
    inputs = {key: value.double().requires_grad_() if value.is_floating_point() else value
              for key, value in inputs.items()}
    outputs = call(module, **inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    cotangent = torch.randn(outputs[0].shape, generator=generator)
    tensors[f"{name}/cotangent"] = cotangent
    (outputs[0] * cotangent).sum().backward()
    for index, output in enumerate(outputs):
        tensors[f"{name}/out/{index}"] = output.detach().clone()
    for key, value in inputs.items():
        if value.requires_grad:
            tensors[f"{name}/grad/{key}"] = value.grad.clone()


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


def seen(*shape):
    """Random, but each query sees one key at least."""
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(3)) > 0.4
    mask[..., 0] = True
    return mask


padding = torch.tensor([[False, False, False, True, True], [False] * 5, [False, True, False, True, False]])


def attention():
    A = nn.MultiheadAttention
    case("self", A(8, 2), {"x": normal(5, 3, 8)}, lambda m, x: m(x, x, x))
    case("self batch first", A(8, 4, batch_first=True, bias=False), {"x": normal(3, 5, 8)}, lambda m, x: m(x, x, x))
    case("without batch", A(6, 3), {"x": normal(5, 6), "y": normal(4, 6)}, lambda m, x, y: m(x, y, y))
    case("cross", A(8, 2, kdim=5, vdim=3, batch_first=True),
         {"x": normal(3, 4, 8), "key": normal(3, 5, 5), "value": normal(3, 5, 3)},
         lambda m, x, key, value: m(x, key, value))
    case("masks", A(8, 2, batch_first=True), {"x": normal(3, 4, 8), "key": normal(3, 5, 8), "mask": seen(4, 5),
                                              "padding": padding},
         lambda m, x, key, mask, padding: m(x, key, key, attn_mask=~mask, key_padding_mask=padding))
    case("number mask", A(8, 2), {"x": normal(5, 3, 8), "mask": normal(5, 5, seed=9), "padding": padding},
         lambda m, x, mask, padding: m(x, x, x, attn_mask=mask, key_padding_mask=torch.zeros(
             padding.shape, dtype=torch.float64).masked_fill(padding, -torch.inf)))
    case("extra keys", A(8, 2, add_bias_kv=True, add_zero_attn=True, batch_first=True),
         {"x": normal(3, 5, 8), "padding": padding}, lambda m, x, padding: m(x, x, x, key_padding_mask=padding))
    case("extra keys causal", A(8, 2, add_bias_kv=True, batch_first=True), {"x": normal(3, 5, 8)},
         lambda m, x: m(x, x, x, attn_mask=torch.ones(5, 5, dtype=torch.bool).triu(1)))


def causal(size):
    return torch.ones(size, size, dtype=torch.bool).triu(1)


def layers():
    E, D = nn.TransformerEncoderLayer, nn.TransformerDecoderLayer
    case("encoder layer", E(8, 2, 12), {"x": normal(5, 3, 8)}, lambda m, x: m(x))
    case("encoder layer norm first", E(8, 2, 12, activation="gelu", batch_first=True, norm_first=True),
         {"x": normal(3, 5, 8), "padding": padding}, lambda m, x, padding: m(x, src_key_padding_mask=padding))
    case("encoder layer no bias", E(8, 2, 12, bias=False, layer_norm_eps=0.1), {"x": normal(5, 3, 8)},
         lambda m, x: m(x, src_mask=causal(5)))
    case("decoder layer", D(8, 2, 12), {"x": normal(4, 3, 8), "memory": normal(5, 3, 8)},
         lambda m, x, memory: m(x, memory, tgt_mask=causal(4)))
    case("decoder layer norm first", D(8, 2, 12, activation="gelu", batch_first=True, norm_first=True),
         {"x": normal(3, 4, 8), "memory": normal(3, 5, 8), "padding": padding},
         lambda m, x, memory, padding: m(x, memory, tgt_mask=causal(4), memory_key_padding_mask=padding))
    case("encoder", nn.TransformerEncoder(E(8, 2, 12), 2, nn.LayerNorm(8), enable_nested_tensor=False),
         {"x": normal(5, 3, 8)}, lambda m, x: m(x))
    case("decoder", nn.TransformerDecoder(D(8, 2, 12), 2), {"x": normal(4, 3, 8), "memory": normal(5, 3, 8)},
         lambda m, x, memory: m(x, memory))
    case("transformer", nn.Transformer(8, 2, 2, 1, 12, batch_first=True),
         {"x": normal(3, 5, 8), "target": normal(3, 4, 8), "padding": padding},
         lambda m, x, target, padding: m(x, target, tgt_mask=causal(4), src_key_padding_mask=padding,
                                         memory_key_padding_mask=padding))


class GPTBlock(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.h, self.norm1, self.norm2 = h, nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.h, d // self.h).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(a.transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, vocabulary, d, heads, layers, context):
        super().__init__()
        self.tok, self.pos = nn.Embedding(vocabulary, d), nn.Embedding(context, d)
        self.blocks = nn.ModuleList([GPTBlock(d, heads) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, vocabulary, bias=False)

    def forward(self, ids):
        x = self.tok(ids) + self.pos(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def training():
    """The losses of 100 steps of a small transformer that learns to turn sequences round."""
    torch.manual_seed(1)
    model = nn.Transformer(16, 2, 1, 1, 32, dropout=0.0, batch_first=True)
    tensors.update({f"training/state/{key}": value.clone() for key, value in model.state_dict().items()})
    data = torch.randn(8, 6, 16)
    tensors["training/data"] = data
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    losses = []
    for _ in range(100):
        optimizer.zero_grad()
        loss = F.mse_loss(model(data, data, tgt_mask=causal(6)), data.flip(1))
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    tensors["training/losses"] = torch.stack(losses)


attention()
layers()
case("gpt", GPT(11, 8, 2, 2, 7), {"ids": torch.randint(0, 11, (2, 6), generator=torch.Generator().manual_seed(5))},
     lambda m, ids: m(ids))
training()
save_file({key: value.contiguous() for key, value in tensors.items()},
          str(pathlib.Path(__file__).parent / "attention.safetensors"))
