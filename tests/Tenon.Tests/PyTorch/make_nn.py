"""Makes nn.zip: what PyTorch computes for layers, losses, optimisers and schedules. Run with PyTorch 1.13: python3 make_nn.py

What that version lacks (LAMB, LARS, Muon, RMSNorm), or gets wrong (NAdam), is computed here by NumPy from the papers' formulas.
"""
import os

import nn_layers
import nn_losses
import nn_optim
from recording import Recording

if __name__ == "__main__":
    recording = Recording()
    nn_losses.record(recording)
    nn_optim.record(recording)
    nn_layers.record(recording)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nn.zip")
    recording.write(path)
    print(f"{len(recording.cases)} cases, {os.path.getsize(path)} bytes")
