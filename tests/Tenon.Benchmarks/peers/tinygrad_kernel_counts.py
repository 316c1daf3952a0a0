"""Counts the kernels that tinygrad makes of the expressions of KernelCountCases, as JSON: name -> count.

    DEV=NULL python3 tinygrad_kernel_counts.py PATH_TO_A_TINYGRAD_CHECKOUT

Gradients are those of a sum with a stored weight, so that none of them is a constant. Where tinygrad's own tests leave a
choice (such as fusing the optimizer), its default is measured.
"""
import json
import sys

sys.path.insert(0, sys.argv[1])
from tinygrad import Tensor, dtypes, nn
from tinygrad.helpers import Context
from tinygrad.uop.ops import Ops

counts = {}


def empty(*shape, dtype=None):
    return Tensor.empty(*shape, dtype=dtype or dtypes.float32).realize()


def count(name, *tensors):
    schedule, _ = Tensor.linear_with_vars(*tensors)
    counts[name] = sum(call.src[0].op is Ops.SINK for call in schedule.src)


def both(name, make, *inputs):
    """The result alone, and the result with the gradient of each input."""
    count(name, make(*inputs))
    y = make(*inputs)
    g = empty(*y.shape, dtype=y.dtype)
    count(f"{name}, backward", y, *(y * g).sum().gradient(*inputs))


x = empty(128, 256)
both("softmax", lambda x: x.softmax(), x)
both("log-softmax", lambda x: x.log_softmax(), x)
both("layer norm", lambda x, w, b: x.layernorm() * w + b, x, empty(256), empty(256))
both("group norm", lambda x, w, b: x.reshape(8, 4, -1).layernorm().reshape(x.shape) * w.reshape(1, -1, 1, 1) + b.reshape(1, -1, 1, 1), empty(8, 32, 16, 16), empty(32), empty(32))
both("RMS norm", lambda x, w: x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt() * w, x, empty(256))


def batch_norm(x, w, b):
    mean = x.mean((0, 2, 3), keepdim=True)
    centred = x - mean
    variance = centred.square().mean((0, 2, 3), keepdim=True)
    return centred * (w.reshape(1, -1, 1, 1) * (variance + 1e-5).rsqrt()) + b.reshape(1, -1, 1, 1)


both("batch norm", batch_norm, empty(8, 32, 16, 16), empty(32), empty(32))
labels = empty(128, dtype=dtypes.int32)
count("cross entropy", x.sparse_categorical_crossentropy(labels))
loss = x.sparse_categorical_crossentropy(labels)
count("cross entropy, backward", loss, *loss.gradient(x))

q, k, v = (empty(2, 4, 32, 16) for _ in range(3))
both("attention", lambda q, k, v: q.scaled_dot_product_attention(k, v), q, k, v)
both("attention, causal", lambda q, k, v: q.scaled_dot_product_attention(k, v, is_causal=True), q, k, v)
q, k, v = (empty(2, 4, 32, 16, dtype=dtypes.half) for _ in range(3))
both("attention, half", lambda q, k, v: q.scaled_dot_product_attention(k, v), q, k, v)

img = empty(4, 3, 32, 32)
both("convolution, bias, activation, pooling", lambda i, w, b: i.conv2d(w, b).relu().max_pool2d(2), img, empty(16, 3, 5, 5), empty(16))
both("convolution", lambda i, w: i.conv2d(w, padding=1), empty(4, 16, 16, 16), empty(32, 16, 3, 3))


def resnet_block(training):
    with Context(TRAINING=training):
        conv1, conv2 = nn.Conv2d(32, 32, 3, padding=1, bias=False), nn.Conv2d(32, 32, 3, padding=1, bias=False)
        bn1, bn2 = nn.BatchNorm2d(32), nn.BatchNorm2d(32)
        state = nn.state.get_parameters([conv1, conv2, bn1, bn2])
        Tensor.realize(*state)
        img = empty(4, 32, 16, 16)
        y = (bn2(conv2(bn1(conv1(img)).relu())) + img).relu()
        if not training:
            return count("ResNet block", y)
        g = empty(*y.shape)
        trained = [conv1.weight, bn1.weight, bn1.bias, conv2.weight, bn2.weight, bn2.bias]
        count("ResNet block, training", y, *(y * g).sum().gradient(img, *trained), *[t for t in state if not any(t is p for p in trained)])


resnet_block(0)
resnet_block(1)


def llama_block(x, freqs, n1, wq, wk, wv, wo, n2, w1, w2, w3):
    def rms(x, w):
        return x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt() * w

    def rope(x):
        a, b = x.reshape(*x.shape[:-1], -1, 2).split(1, -1)
        a, b, c, s = a.squeeze(-1), b.squeeze(-1), freqs.cos().unsqueeze(1), freqs.sin().unsqueeze(1)
        return Tensor.stack(a * c - b * s, a * s + b * c, dim=-1).flatten(-2)

    B, T, D = x.shape
    h = rms(x, n1)
    q, k, v = (h.matmul(wq.T).reshape(B, T, 8, 16), h.matmul(wk.T).reshape(B, T, 2, 16), h.matmul(wv.T).reshape(B, T, 2, 16))
    q, k, v = (t.transpose(1, 2) for t in (rope(q), rope(k), v))
    k, v = (t.unsqueeze(2).expand(B, 2, 4, T, 16).reshape(B, 8, T, 16) for t in (k, v))
    h = x + q.scaled_dot_product_attention(k, v, is_causal=True).transpose(1, 2).reshape(B, T, D).matmul(wo.T)
    n = rms(h, n2)
    return h + (n.matmul(w1.T).silu() * n.matmul(w3.T)).matmul(w2.T)


both("Llama block", llama_block, empty(2, 32, 128), empty(32, 8), empty(128), empty(128, 128), empty(32, 128), empty(32, 128), empty(128, 128), empty(128), empty(256, 128), empty(128, 256), empty(256, 128))


def optimizer(name, make, n):
    with Context(TRAINING=1):
        parameters = [Tensor.empty(16 + i, 8).realize().is_param_() for i in range(n)]
        opt = make(parameters)
        Tensor.realize(*nn.state.get_parameters(opt))
        for p in parameters:
            p.grad = empty(*p.shape)
        count(f"{name}, {n} parameters", *opt.schedule_step())


for n in (1, 4, 16):
    optimizer("Adam", lambda p: nn.optim.Adam(p), n)
    optimizer("AdamW", lambda p: nn.optim.AdamW(p), n)


def train(name, make, layers, shape):
    with Context(TRAINING=1):
        Tensor.realize(*nn.state.get_parameters(layers))
        opt = make(nn.state.get_parameters(layers))
        Tensor.realize(*nn.state.get_parameters(opt))
        y = empty(*shape)
        for layer in layers:
            y = layer(y).relu()
        y.sum().backward()
        count(name, *opt.schedule_step())


train("SGD, convolution", lambda p: nn.optim.SGD(p), [nn.Conv2d(3, 32, 3)], (2, 3, 4, 4))
train("SGD with momentum, two convolutions", lambda p: nn.optim.SGD(p, nesterov=True, momentum=0.9, weight_decay=0.1), [nn.Conv2d(3, 16, 3, bias=False), nn.Conv2d(16, 32, 2, bias=False)], (2, 3, 4, 4))
train("Adam, linear", lambda p: nn.optim.Adam(p), [nn.Linear(32, 128)], (4, 64, 32))
train("Adam, two convolutions", lambda p: nn.optim.Adam(p), [nn.Conv2d(3, 16, 3, bias=False), nn.Conv2d(16, 32, 2, bias=False)], (2, 3, 4, 4))

count("arange", Tensor.arange(1000).clone())
count("one-hot", labels.one_hot(64).clone())
count("gather", x.gather(1, empty(128, 8, dtype=dtypes.int32)))
table, tokens = empty(1000, 64), empty(4, 32, dtype=dtypes.int32)
embedding = nn.Embedding(1000, 64)
embedding.weight = table
count("embedding", embedding(tokens))
count("cumsum", x.cumsum(1))
count("cumsum, long", empty(8, 4096).cumsum(1))
count("triangular mask", x.triu())
count("variance", empty(4, 16, 16, 16).var((0, 2, 3)))
count("siblings of one sum", *(lambda s: (s.exp(), s + 1, s * 2))(x.sum(1)))
count("siblings over one input", x.sum(1), x.max(1), x.square().sum(1))
count("siblings, elementwise", x.exp(), x + 1, x.sin())
print(json.dumps(counts, indent=2))
