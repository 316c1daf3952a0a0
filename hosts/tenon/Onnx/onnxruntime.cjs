// A model on ONNX Runtime. Each line of standard input is a request in JSON, and each is answered by a line:
//   {"prepare": {"model": path, "threads": n, "inputs": [{"name", "type", "dims", "file"}]}} makes a session
//   {"run": n, "processorTime": bool}                                                        runs it n times, and says how long each took, or the mean of processor time
// The one argument is the folder from which onnxruntime-node is looked for. All times are milliseconds.
const fs = require('fs');
const readline = require('readline');
const { createRequire } = require('module');
const { performance } = require('perf_hooks');

const types = {
  float32: Float32Array, float64: Float64Array, float16: Uint16Array, int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array,
  uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array, bool: Uint8Array,
};
let session, feeds;

async function prepare(ort, job) {
  const start = performance.now();
  session = await ort.InferenceSession.create(job.model, job.threads > 0 ? { intraOpNumThreads: job.threads, interOpNumThreads: 1 } : {});
  const milliseconds = performance.now() - start;
  feeds = {};
  for (const input of job.inputs) {
    const bytes = fs.readFileSync(input.file);
    const data = new types[input.type](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    feeds[input.name] = new ort.Tensor(input.type, data, input.dims);
  }

  return { milliseconds };
}

async function run(count, processorTime) {
  const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e3; };
  const before = used();
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await session.run(feeds);
    times.push(performance.now() - start);
  }

  return { times: processorTime ? [(used() - before) / count] : times, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

async function main() {
  const say = answer => process.stdout.write(JSON.stringify(answer) + '\n');
  let ort;
  try {
    ort = createRequire(process.argv[2] + '/')('onnxruntime-node');
  } catch (e) {
    return say({ error: e.message.split('\n')[0] });
  }

  say({ version: ort.env.versions.node || ort.env.versions.common });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      say(await (request.prepare ? prepare(ort, request.prepare) : run(request.run, request.processorTime)));
    } catch (e) {
      say({ error: e.message.split('\n')[0] });
    }
  }
}

main();
