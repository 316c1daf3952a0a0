"""Times how long tinygrad takes to build, schedule and lower one step of a model on its NULL device, with nothing cached.

    DEV=NULL CACHELEVEL=0 python3 tinygrad_engine.py PATH_TO_A_TINYGRAD_CHECKOUT resnet50|gpt2-train|llama3-8b-train|llama3-405b-train

Prints seconds as JSON. The counterpart of `Tenon.Benchmarks -- engine`; the steps are those of hosts/tenon/Workloads/Workload.cs.
Commit a9069c177a was measured.
"""
import json
import sys
import time

sys.path.insert(0, sys.argv[1])
from tinygrad import Tensor, dtypes, nn
from tinygrad.engine.realize import compile_linear
from tinygrad.helpers import Context
from tinygrad.uop.ops import Ops

SEQUENCE = 1024


class Gpt2Block:
    def __init__(self, dim, heads):
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def __call__(self, x):
        n, length, dim = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(n, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        attended = qkv[0].scaled_dot_product_attention(qkv[1], qkv[2], is_causal=True)
        x = x + self.out(attended.transpose(1, 2).reshape(n, length, dim))
        return (x + self.down(self.up(self.norm2(x)).gelu())).contiguous()


class Gpt2:
    def __init__(self, dim=768, heads=12, layers=12, vocabulary=50257):
        self.tokens, self.positions = nn.Embedding(vocabulary, dim), nn.Embedding(SEQUENCE, dim)
        self.blocks = [Gpt2Block(dim, heads) for _ in range(layers)]
        self.norm = nn.LayerNorm(dim)

    def __call__(self, tokens):
        h = self.tokens(tokens) + self.positions.weight[:tokens.shape[1]]
        for block in self.blocks:
            h = block(h)
        return self.norm(h) @ self.tokens.weight.T


def llama(size):
    from examples.llama3 import MODEL_PARAMS
    from extra.models.llama import Transformer
    model = Transformer(**MODEL_PARAMS[size]["args"], linear=nn.Linear, embedding=nn.Embedding, max_context=SEQUENCE, jit=False, disable_kv_cache=True)
    return model, lambda tokens: model(tokens, 0, temperature=float("nan")), MODEL_PARAMS[size]["args"]["vocab_size"]


def workload(name):
    """What makes the tensors of one step."""
    if name == "resnet50":
        from extra.models.resnet import ResNet50
        model = ResNet50()
        give_storage(model)
        return lambda: [model(Tensor.empty(64, 3, 224, 224))]
    model, forward, vocabulary = llama({"llama3-8b-train": "8B", "llama3-405b-train": "405B"}[name]) if name != "gpt2-train" else (g := Gpt2(), g, 50257)
    give_storage(model)
    optimizer = nn.optim.AdamW(nn.state.get_parameters(model))
    Tensor.realize(*[t.assign(Tensor.empty(*t.shape, dtype=t.dtype)) for t in optimizer.buffers + getattr(optimizer, "m", []) + getattr(optimizer, "v", [])])
    tokens, targets = Tensor.empty(1, SEQUENCE, dtype=dtypes.int), Tensor.empty(SEQUENCE, dtype=dtypes.int)

    def step():
        loss = forward(tokens).reshape(SEQUENCE, vocabulary).sparse_categorical_crossentropy(targets)
        loss.backward()
        return [*optimizer.schedule_step(), loss]
    return step


def give_storage(model):
    for p in nn.state.get_parameters(model):
        p.replace(Tensor.empty(*p.shape, dtype=p.dtype, device=p.device))


with Context(TRAINING=0 if sys.argv[2] == "resnet50" else 1):
    step = workload(sys.argv[2])
    start = time.perf_counter()
    results = step()
    built = time.perf_counter()
    schedule = results[0].schedule_linear(*results[1:])
    scheduled = time.perf_counter()
    compile_linear(schedule)
    lowered = time.perf_counter()
kernels = sum(1 for call in schedule.src if call.src[0].op is Ops.SINK)
print(json.dumps({"build": built - start, "schedule": scheduled - built, "lower": lowered - scheduled, "kernels": kernels}))
