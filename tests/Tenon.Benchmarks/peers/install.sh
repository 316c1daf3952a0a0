#!/bin/sh
# Installs what the benchmarks compare with: PyTorch, numpy and OpenBLAS from Debian, ONNX Runtime from npm. Needs root for Debian's part.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
if command -v apt-get >/dev/null; then
  apt-get update -qq
  apt-get install -y --no-install-recommends python3 python3-numpy python3-torch libopenblas0-pthread nodejs npm
else
  echo "No apt-get here: install Python with numpy and PyTorch, and Node.js with npm, in this system's way." >&2
fi
# Beside the benchmark, where node looks for it from the program's folder upwards; .gitignore covers it.
npm install --no-save --no-audit --no-fund --prefix "$here" onnxruntime-node@1.30
