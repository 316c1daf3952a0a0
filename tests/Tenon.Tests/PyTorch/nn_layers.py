import torch
from torch import nn

from recording import sample
from runner import run


def distinct(*shape):
    """Different values: where two are the greatest, PyTorch gives the gradient to the first, and here they share it."""
    order = torch.randperm(torch.Size(shape).numel(), generator=torch.Generator().manual_seed(1))
    return (order.float() / len(order) * 4 - 2).reshape(shape)


class RmsNorm(nn.Module):
    """Zhang and Sennrich, arXiv:1910.07467."""

    def __init__(self, size, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.weight


class MaxUnpool(nn.Module):
    def __init__(self, axes, *options):
        super().__init__()
        self.pool = getattr(nn, f"MaxPool{axes}d")(*options, return_indices=True)
        self.unpool = getattr(nn, f"MaxUnpool{axes}d")(*options)

    def forward(self, x):
        values, indices = self.pool(x)
        return self.unpool(values, indices, output_size=x.shape)


def record(r):
    def layer(name, module, *inputs, **options):
        run(r, "layer", name, module, list(inputs), **options)

    x = sample(3, 4)
    layer("linear", nn.Linear(4, 5), sample(2, 3, 4))
    layer("linear no bias", nn.Linear(4, 5, bias=False), x)
    layer("bilinear", nn.Bilinear(4, 3, 5), sample(2, 2, 4), sample(2, 2, 3, seed=1))
    layer("bilinear no bias", nn.Bilinear(4, 3, 2, bias=False), x, sample(3, 3, seed=1))
    layer("identity", nn.Identity(), x)
    layer("flatten", nn.Flatten(), sample(2, 3, 2, 2))
    layer("unflatten", nn.Unflatten(1, (2, 3)), sample(2, 6, 2))
    layer("sequential", nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Sequential(nn.Linear(3, 2), nn.ReLU())), x, steps=3)

    # Convolutions and what slides.
    spaces = {1: (9,), 2: (6, 7), 3: (3, 4, 4)}
    for n, size in spaces.items():
        image = distinct(2, 4, *size)
        conv, transposed = getattr(nn, f"Conv{n}d"), getattr(nn, f"ConvTranspose{n}d")
        layer(f"conv {n}d", conv(4, 3, 3), image)
        layer(f"conv {n}d options", conv(4, 6, 2, stride=2, padding=1, dilation=2, groups=2, bias=False), image)
        layer(f"conv {n}d alone", conv(4, 2, 2), image[0].clone())
        layer(f"conv transposed {n}d", transposed(4, 3, 2), image[:, :, :3].clone())
        layer(f"conv transposed {n}d options", transposed(4, 2, 3, stride=2, padding=1, output_padding=1, groups=2, bias=False, dilation=2), image[:1, :, :2].clone())
        layer(f"max pool {n}d", getattr(nn, f"MaxPool{n}d")(2), image)
        layer(f"max pool {n}d options", getattr(nn, f"MaxPool{n}d")(3, stride=2, padding=1, ceil_mode=True), image)
        layer(f"max unpool {n}d", MaxUnpool(n, 2, 2), image)
        layer(f"avg pool {n}d", getattr(nn, f"AvgPool{n}d")(2), image)
        layer(f"avg pool {n}d options", getattr(nn, f"AvgPool{n}d")(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), image)
        layer(f"adaptive avg pool {n}d", getattr(nn, f"AdaptiveAvgPool{n}d")(3), image)
        layer(f"adaptive max pool {n}d", getattr(nn, f"AdaptiveMaxPool{n}d")(3), image)
        if n < 3:
            layer(f"lp pool {n}d", getattr(nn, f"LPPool{n}d")(2, 2, stride=2), image)
            layer(f"reflection pad {n}d", getattr(nn, f"ReflectionPad{n}d")(2), image)
        layer(f"replication pad {n}d", getattr(nn, f"ReplicationPad{n}d")(1), image)
        layer(f"constant pad {n}d", getattr(nn, f"ConstantPad{n}d")((1, 2) * n, 0.5), image)
        layer(f"instance norm {n}d", getattr(nn, f"InstanceNorm{n}d")(4), image)
        layer(f"instance norm {n}d options", getattr(nn, f"InstanceNorm{n}d")(4, affine=True, track_running_stats=True), image, steps=3)
        layer(f"batch norm {n}d", getattr(nn, f"BatchNorm{n}d")(4), image, steps=3)
        layer(f"batch norm {n}d in use", getattr(nn, f"BatchNorm{n}d")(4), image, train=False)
    layer("conv circular", nn.Conv2d(2, 2, (3, 2), padding=(1, 2), padding_mode="circular"), sample(1, 2, 4, 3))
    layer("conv reflect", nn.Conv1d(2, 2, 3, padding="same", dilation=2, padding_mode="reflect"), sample(1, 2, 5))
    layer("zero pad 2d", nn.ZeroPad2d((1, 2, 0, 1)), sample(1, 2, 3, 3))
    layer("batch norm flat", nn.BatchNorm1d(4), sample(5, 4), steps=3)
    layer("batch norm cumulative", nn.BatchNorm1d(4, momentum=None), sample(5, 4), steps=3)
    layer("batch norm bare", nn.BatchNorm1d(4, affine=False, track_running_stats=False), sample(5, 4))
    layer("group norm", nn.GroupNorm(2, 4), sample(2, 4, 3))
    layer("group norm bare", nn.GroupNorm(2, 4, affine=False), sample(2, 4, 3, 2))
    layer("layer norm", nn.LayerNorm((3, 4)), sample(2, 3, 4))
    layer("layer norm bare", nn.LayerNorm(4, elementwise_affine=False), sample(2, 3, 4))
    layer("rms norm", RmsNorm(4), sample(2, 3, 4))
    layer("local response norm", nn.LocalResponseNorm(3, 0.5, 0.7, 2.0), sample(2, 5, 3))
    layer("upsample nearest", nn.Upsample(scale_factor=2), sample(1, 2, 3, 2))
    layer("upsample bilinear", nn.Upsample(scale_factor=2, mode="bilinear"), sample(1, 2, 3, 2))
    layer("upsample bicubic", nn.Upsample((5, 3), mode="bicubic", align_corners=True), sample(1, 2, 4, 3))
    layer("upsample linear", nn.Upsample(size=7, mode="linear"), sample(1, 2, 4))
    layer("pixel shuffle", nn.PixelShuffle(2), sample(1, 8, 2, 3))
    layer("pixel unshuffle", nn.PixelUnshuffle(2), sample(1, 2, 4, 6))
    layer("channel shuffle", nn.ChannelShuffle(2), sample(1, 6, 2, 1), grads=0)
    layer("unfold", nn.Unfold((2, 3), dilation=1, padding=1, stride=2), sample(1, 2, 4, 5))
    layer("fold", nn.Fold((4, 5), (2, 2), padding=1), sample(1, 8, 30))

    # Tables.
    rows = torch.tensor([[1, 0, 4], [2, 2, 1]])
    layer("embedding", nn.Embedding(5, 3), rows)
    layer("embedding padding", nn.Embedding(5, 3, padding_idx=2), rows)
    layer("embedding max norm", nn.Embedding(5, 3, max_norm=0.75), rows)
    for mode in ("mean", "sum", "max"):
        layer(f"bag {mode}", nn.EmbeddingBag(5, 3, mode=mode), rows)
        layer(f"bag {mode} offsets", nn.EmbeddingBag(5, 3, mode=mode, padding_idx=4), rows.flatten(), torch.tensor([0, 1, 4]))
    layer("bag weights", nn.EmbeddingBag(5, 3, mode="sum"), rows, sample(2, 3), call=lambda m, x: m(x[0], per_sample_weights=x[1]))

    # Recurrent.
    sequence = sample(5, 2, 3)
    for name, kind in (("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
        layer(name, kind(3, 4), sequence)
        layer(f"{name} deep", kind(3, 2, num_layers=2, bidirectional=True, batch_first=True), sample(2, 4, 3))
        layer(f"{name} no bias", kind(3, 2, bias=False), sample(3, 3))
        layer(f"{name} long", kind(2, 2), sample(40, 1, 2))
    layer("rnn relu", nn.RNN(3, 4, nonlinearity="relu"), sequence)
    layer("rnn state", nn.RNN(3, 4, num_layers=2), sequence, sample(2, 2, 4, seed=1))
    layer("gru state", nn.GRU(3, 4, bidirectional=True), sequence, sample(2, 2, 4, seed=1))
    layer("lstm state", nn.LSTM(3, 4), sequence, sample(1, 2, 4, seed=1), sample(1, 2, 4, seed=2), call=lambda m, x: m(x[0], (x[1], x[2])))
    layer("lstm projection", nn.LSTM(3, 4, num_layers=2, proj_size=2, bidirectional=True), sequence)
    layer("rnn cell", nn.RNNCell(3, 4), sample(2, 3), sample(2, 4, seed=1))
    layer("rnn cell relu", nn.RNNCell(3, 4, bias=False, nonlinearity="relu"), sample(2, 3))
    layer("gru cell", nn.GRUCell(3, 4), sample(2, 3), sample(2, 4, seed=1))
    layer("lstm cell", nn.LSTMCell(3, 4), sample(2, 3), sample(2, 4, seed=1), sample(2, 4, seed=2), call=lambda m, x: m(x[0], (x[1], x[2])))
    layer("lstm cell zero", nn.LSTMCell(3, 4), sample(3))

    # Attention. Dropout is off: its numbers are another generator's.
    q, k, v = sample(3, 2, 4), sample(5, 2, 4, seed=1), sample(5, 2, 4, seed=2)
    padding = torch.tensor([[False, False, True, False, False], [False, False, False, True, True]])
    mask = torch.tensor([[False, True, False, False, False], [False, False, False, False, True], [True, True, False, False, False]])

    def attend(**options):
        return lambda m, x: m(*x[:3], **options)

    layer("attention", nn.MultiheadAttention(4, 2), q, k, v)
    layer("attention self", nn.MultiheadAttention(4, 2, batch_first=True), sample(2, 3, 4), call=lambda m, x: m(x[0], x[0], x[0]))
    layer("attention alone", nn.MultiheadAttention(4, 2, bias=False), sample(3, 4), sample(5, 4, seed=1), sample(5, 4, seed=2))
    layer("attention masks", nn.MultiheadAttention(4, 2), q, k, v, padding, mask, call=lambda m, x: m(*x[:3], key_padding_mask=x[3], attn_mask=x[4], average_attn_weights=False))
    layer("attention added mask", nn.MultiheadAttention(4, 2), q, k, v, sample(4, 3, 5, seed=3), call=lambda m, x: m(*x[:3], attn_mask=x[3]))
    layer("attention sizes", nn.MultiheadAttention(4, 2, kdim=3, vdim=5), q, sample(5, 2, 3, seed=1), sample(5, 2, 5, seed=2))
    layer("attention added keys", nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True), q, k, v, padding, call=lambda m, x: m(*x[:3], key_padding_mask=x[3]))

    options = {"dim_feedforward": 6, "dropout": 0.0}
    source, target = sample(4, 2, 4), sample(3, 2, 4, seed=1)
    causal = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)
    missing = torch.tensor([[False, False, False, True], [False, False, True, True]])
    encoder_layer, decoder_layer = nn.TransformerEncoderLayer(4, 2, **options), nn.TransformerDecoderLayer(4, 2, **options)
    layer("encoder layer", encoder_layer, source)
    layer("encoder layer options", nn.TransformerEncoderLayer(4, 2, activation="gelu", norm_first=True, batch_first=True, **options), sample(2, 4, 4), missing,
          call=lambda m, x: m(x[0], src_key_padding_mask=x[1]), evaluate=False)
    layer("decoder layer", decoder_layer, target, source, causal, missing, call=lambda m, x: m(x[0], x[1], tgt_mask=x[2], memory_key_padding_mask=x[3]))
    layer("decoder layer options", nn.TransformerDecoderLayer(4, 2, norm_first=True, batch_first=True, **options), sample(2, 3, 4), sample(2, 4, 4, seed=1))
    layer("encoder", nn.TransformerEncoder(encoder_layer, 2, nn.LayerNorm(4)), source)
    layer("decoder", nn.TransformerDecoder(decoder_layer, 2), target, source)
    layer("transformer", nn.Transformer(4, 2, 1, 1, **options), source, target, causal, call=lambda m, x: m(x[0], x[1], tgt_mask=x[2]))

    # Activations.
    around = torch.cat([sample(2, 6), torch.tensor([[0.0, -0.0, 25.0, -25.0, 3.0, -3.0], [0.5, -0.5, 6.0, 1.0, -1.0, 1e-4]])])
    activations = {
        "relu": nn.ReLU(), "relu6": nn.ReLU6(), "leaky relu": nn.LeakyReLU(0.1), "elu": nn.ELU(0.7), "celu": nn.CELU(0.7), "selu": nn.SELU(), "gelu": nn.GELU(),
        "gelu tanh": nn.GELU(approximate="tanh"), "silu": nn.SiLU(), "mish": nn.Mish(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "log sigmoid": nn.LogSigmoid(),
        "hard sigmoid": nn.Hardsigmoid(), "hard swish": nn.Hardswish(), "hard tanh": nn.Hardtanh(-0.75, 1.5), "softplus": nn.Softplus(2), "softsign": nn.Softsign(),
        "tanh shrink": nn.Tanhshrink(), "soft shrink": nn.Softshrink(0.25), "hard shrink": nn.Hardshrink(0.75), "threshold": nn.Threshold(0.1, -3), "glu": nn.GLU(),
        "softmax": nn.Softmax(-1), "softmin": nn.Softmin(-1), "log softmax": nn.LogSoftmax(0), "rrelu in use": nn.RReLU(0.1, 0.3),
    }
    for name, module in activations.items():
        layer(name, module, around, train=name != "rrelu in use")
    layer("softmax 2d", nn.Softmax2d(), sample(2, 3, 2, 2))
    layer("prelu", nn.PReLU(), around)
    layer("prelu channels", nn.PReLU(3), sample(2, 3, 2))
