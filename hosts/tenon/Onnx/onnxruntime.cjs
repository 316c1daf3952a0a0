// Times a model on ONNX Runtime: reads what to do as JSON from standard input, prints milliseconds as JSON.
// The one argument is the folder from which onnxruntime-node is looked for.
const fs = require('fs');
const { createRequire } = require('module');
const { performance } = require('perf_hooks');

const types = {
  float32: Float32Array, float64: Float64Array, float16: Uint16Array, int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array,
  uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array, bool: Uint8Array,
};

async function main() {
  const ort = createRequire(process.argv[2] + '/')('onnxruntime-node');
  const job = JSON.parse(fs.readFileSync(0, 'utf8'));
  const session = await ort.InferenceSession.create(job.model);
  const feeds = {};
  for (const input of job.inputs) {
    const bytes = fs.readFileSync(input.file);
    const data = new types[input.type](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    feeds[input.name] = new ort.Tensor(input.type, data, input.dims);
  }

  const time = async () => {
    const start = performance.now();
    await session.run(feeds);
    return performance.now() - start;
  };
  const first = await time();
  for (let i = 1; i < job.warmup; i++) {
    await time();
  }

  const times = [];
  for (let i = 0; i < job.runs; i++) {
    times.push(await time());
  }

  times.sort((a, b) => a - b);
  const version = ort.env.versions.node || ort.env.versions.common;
  console.log(JSON.stringify({ version, firstMilliseconds: first, medianMilliseconds: times[times.length >> 1], minMilliseconds: times[0] }));
}

main().catch(e => { console.error(e.message.split('\n')[0]); process.exit(1); });
