"""The models of Tenon.Benchmarks' section `training`, in PyTorch. Each function gives what does one step."""
import torch
import torch.nn.functional as F
from torch import nn


def step_of(model, optimizer, inputs, targets):
    def step():
        with torch.enable_grad():
            optimizer.zero_grad()
            logits = model(inputs)
            loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
            loss.backward()
            optimizer.step()
        return None if loss.item() == loss.item() else loss.item()
    return step


def digits(inputs, targets):
    model = nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 4 * 4, 10))
    return step_of(model, torch.optim.Adam(model.parameters(), 1e-3), inputs, targets)


class Block(nn.Module):
    def __init__(self, dimensions, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dimensions), nn.LayerNorm(dimensions)
        self.input, self.output = nn.Linear(dimensions, 3 * dimensions), nn.Linear(dimensions, dimensions)
        self.up, self.down = nn.Linear(dimensions, 4 * dimensions), nn.Linear(4 * dimensions, dimensions)

    def forward(self, x, mask):
        n, length, size = x.shape
        q, k, v = self.input(self.norm1(x)).reshape(n, length, 3, self.heads, size // self.heads).permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-2, -1)) * (size // self.heads) ** -0.5
        attended = F.softmax(scores.masked_fill(mask, float("-inf")), -1) @ v
        x = x + self.output(attended.transpose(1, 2).reshape(n, length, size))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, vocabulary, context, dimensions, layers, heads):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, dimensions), nn.Embedding(context, dimensions)
        self.blocks = nn.ModuleList(Block(dimensions, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(dimensions)
        self.register_buffer("mask", torch.ones(context, context, dtype=torch.bool).triu(1))

    def forward(self, tokens):
        length = tokens.shape[1]
        h = self.tokens(tokens) + self.positions.weight[:length]
        for block in self.blocks:
            h = block(h, self.mask[:length, :length])
        return F.linear(self.norm(h), self.tokens.weight)


def gpt(inputs, targets, vocabulary, context, dimensions, layers, heads):
    model = Gpt(vocabulary, context, dimensions, layers, heads)
    return step_of(model, torch.optim.AdamW(model.parameters(), 1e-3), inputs, targets)
