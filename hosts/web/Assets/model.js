// Runs the model of this folder on WebGPU. Written by Tenon; depends on nothing.
//
//   import { load } from './model.js';
//   const model = await load(null, { onProgress: p => console.log(p.fraction) });
//   const { y } = await model.run({ x: new Float32Array(784) });   // { data, shape }

const folder = new URL('.', import.meta.url);

/** What went wrong; `code` is one of 'no-webgpu', 'no-adapter', 'limits', 'fetch', 'weights', 'kernel', 'memory', 'device', 'input', 'disposed'. */
export class ModelError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'ModelError';
    this.code = code;
  }
}

/**
 * Fetches the model and makes it ready.
 * @param {GPUDevice} [device] The device; otherwise one is asked for.
 * @param {object} [options]
 * @param {(progress: {stage: string, fraction: number, bytes: number, totalBytes: number}) => void} [options.onProgress] Told as the weights arrive.
 * @param {AbortSignal} [options.signal] Ends the loading.
 * @param {URL|string} [options.base] Where the model's files are; otherwise beside this module.
 * @returns {Promise<Model>}
 */
export async function load(device, { onProgress, signal, base = folder } = {}) {
  const at = name => new URL(name, new URL(base, folder));
  const [manifest, source] = await Promise.all([
    fetchFile(at('manifest.json'), signal).then(r => r.json()),
    fetchFile(at('kernels.wgsl'), signal).then(r => r.text()),
  ]);
  if (manifest.format !== 'tenon-web' || manifest.version !== 1) {
    throw new ModelError('fetch', `manifest.json is of format ${manifest.format} ${manifest.version}; this module runs tenon-web 1. Take all files of one export.`);
  }

  const isOwn = !device;
  device ??= await requestDevice(manifest);
  requireLimits(manifest, device.limits, 'device');
  const model = new Model(manifest, device, isOwn);
  try {
    const told = (stage, bytes) => onProgress?.({ stage, bytes, totalBytes: manifest.weightBytes, fraction: manifest.weightBytes ? 0.9 * bytes / manifest.weightBytes : 0.9 });
    told('weights', 0);
    await checked(device, 'memory', () => model._allocate());
    await Promise.all([
      model._compile(sections(source)),
      manifest.weightBytes ? fetchFile(at('weights.safetensors'), signal).then(r => model._fill(r, bytes => told('weights', bytes))) : null,
    ]);
    told('kernels', manifest.weightBytes);
    await checked(device, 'kernel', () => model._bind());
    await device.queue.onSubmittedWorkDone();
    onProgress?.({ stage: 'ready', bytes: manifest.weightBytes, totalBytes: manifest.weightBytes, fraction: 1 });
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** A model that is loaded. */
export class Model {
  #manifest;
  #device;
  #isOwn;
  #lost = null;
  #buffers = [];
  #owned = [];
  #launches = [];
  #pipelines = [];
  #steps = [];
  #readers = [];
  #last = Promise.resolve();

  constructor(manifest, device, isOwn) {
    this.#manifest = manifest;
    this.#device = device;
    this.#isOwn = isOwn;
    device.lost.then(info => {
      this.#lost ??= info.message || info.reason;
    });
  }

  /** The model's name. */
  get name() {
    return this.#manifest.name;
  }

  /** What it must be given: name, dtype and shape of each. */
  get inputs() {
    return this.#manifest.inputs.map(describe);
  }

  /** What it gives: name, dtype and shape of each. */
  get outputs() {
    return this.#manifest.outputs.map(describe);
  }

  /** The device that it runs on. */
  get device() {
    return this.#device;
  }

  /**
   * Runs the model once. Calls that come while one is running wait for it.
   * @param {Object<string, ArrayBufferView|ArrayLike>} inputs A typed array (or an array of numbers) for each input, in row-major order.
   * @returns {Promise<Object<string, {data: ArrayBufferView, shape: number[]}>>}
   */
  run(inputs) {
    const result = this.#last.then(() => this.#run(inputs));
    this.#last = result.catch(() => {});
    return result;
  }

  /** Lets go of the memory on the device. */
  dispose() {
    this.#lost ??= 'the model was disposed';
    this.#owned.forEach(b => b.destroy());
    this.#owned = [];
    if (this.#isOwn) {
      this.#device.destroy();
    }
  }

  async #run(inputs) {
    if (this.#lost) {
      throw new ModelError('device', `The device is gone: ${this.#lost}. Load the model again.`);
    }

    const device = this.#device;
    const given = this.#check(inputs ?? {});
    await checked(device, 'device', () => {
      for (const { buffer, bytes } of given) {
        device.queue.writeBuffer(this.#buffers[buffer].buffer, 0, bytes);
      }

      const encoder = device.createCommandEncoder();
      this.#encode(encoder);
      this.#manifest.outputs.forEach((o, i) => this.#readers[i] && encoder.copyBufferToBuffer(this.#buffers[o.buffer].buffer, 0, this.#readers[i], 0, this.#readers[i].size));
      device.queue.submit([encoder.finish()]);
    });

    const results = {};
    for (const [i, output] of this.#manifest.outputs.entries()) {
      const reader = this.#readers[i];
      if (!reader) {
        results[output.name] = { data: arrayOf(output.dtype, new ArrayBuffer(0)), shape: output.shape };
        continue;
      }

      try {
        await reader.mapAsync(GPUMapMode.READ);
      } catch (error) {
        throw new ModelError('device', `Output '${output.name}' could not be read: ${this.#lost ?? error.message}`, { cause: error });
      }

      results[output.name] = { data: arrayOf(output.dtype, reader.getMappedRange().slice(0, bytesOf(output))), shape: [...output.shape] };
      reader.unmap();
    }

    return results;
  }

  #encode(encoder) {
    let pass = null;
    for (const step of this.#steps) {
      if (step.copy) {
        pass?.end();
        pass = null;
        const [to, from] = step.copy;
        encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, to.size);
        continue;
      }

      pass ??= encoder.beginComputePass();
      pass.setPipeline(step.pipeline);
      pass.setBindGroup(0, step.group);
      pass.dispatchWorkgroups(...step.groups);
    }

    pass?.end();
  }

  #check(inputs) {
    const known = this.#manifest.inputs;
    for (const name of Object.keys(inputs)) {
      if (!known.some(i => i.name === name)) {
        throw new ModelError('input', `The model has no input '${name}'; it has ${list(known)}.`);
      }
    }

    return known.map(input => {
      const value = inputs[input.name];
      const count = elementsOf(input.shape);
      const expected = `${input.dtype} [${input.shape}], that is ${count} elements in a ${types[input.dtype].name}`;
      if (value == null) {
        throw new ModelError('input', `Input '${input.name}' is missing. Expected ${expected}.`);
      }

      const array = ArrayBuffer.isView(value) ? value : types[input.dtype].from(value);
      if (array.length !== count || array.BYTES_PER_ELEMENT !== types[input.dtype].BYTES_PER_ELEMENT || (ArrayBuffer.isView(value) && !sameKind(value, types[input.dtype]))) {
        throw new ModelError('input', `Input '${input.name}' is a ${value.constructor.name} of ${array.length}. Expected ${expected}.`);
      }

      const bytes = new Uint8Array(up(array.byteLength, 4));
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return { buffer: input.buffer, bytes };
    });
  }

  _allocate() {
    const make = (size, usage, label) => {
      const buffer = this.#device.createBuffer({ size, usage, label });
      this.#owned.push(buffer);
      return buffer;
    };
    const { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } = GPUBufferUsage;
    const arena = this.#manifest.arenaBytes ? make(this.#manifest.arenaBytes, STORAGE | COPY_DST | COPY_SRC, 'arena') : null;
    this.#buffers = this.#manifest.buffers.map((b, i) => b.kind === 'temporary'
      ? { buffer: arena, offset: b.offset, size: b.bytes }
      : { buffer: make(b.bytes, STORAGE | COPY_DST | COPY_SRC, b.weight ?? `${b.kind} ${i}`), offset: 0, size: b.bytes });
    this.#readers = this.#manifest.outputs.map(o => bytesOf(o) > 0 ? make(up(bytesOf(o), 4), MAP_READ | COPY_DST, o.name) : null);

    // What a launch is told: where in its first word each buffer begins, which is 0 here, and its variables. Equal ones are shared.
    const launches = new Map();
    this.#launches = this.#manifest.steps.map(step => {
      const values = step.copy ? [] : [...step.buffers.map(() => 0), ...step.variables ?? []];
      const key = values.join();
      if (!launches.has(key)) {
        const buffer = make(up(4 * Math.max(1, values.length), 16), UNIFORM | COPY_DST, 'launch');
        this.#device.queue.writeBuffer(buffer, 0, Int32Array.from(values));
        launches.set(key, buffer);
      }

      return launches.get(key);
    });
  }

  async _compile(sources) {
    this.#pipelines = await Promise.all(this.#manifest.kernels.map(async kernel => {
      const module = this.#device.createShaderModule({ code: sources[kernel.name], label: kernel.name });
      try {
        return await this.#device.createComputePipelineAsync({
          label: kernel.name,
          layout: this.#device.createPipelineLayout({ bindGroupLayouts: [this.#device.createBindGroupLayout({
            entries: ['uniform', ...kernel.windows.flatMap(n => Array(n).fill('storage'))].map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
          })] }),
          compute: { module, entryPoint: kernel.entry },
        });
      } catch (error) {
        const said = (await module.getCompilationInfo()).messages.find(m => m.type === 'error');
        const where = said ? `, line ${said.lineNum}: ${said.message} (${(sources[kernel.name] ?? '').split('\n')[said.lineNum - 1]?.trim()})` : `: ${error.message}`;
        throw new ModelError('kernel', `Kernel ${kernel.name} doesn't compile in this browser${where}`, { cause: error });
      }
    }));
  }

  _bind() {
    this.#steps = this.#manifest.steps.map((step, i) => {
      if (step.copy) {
        return { copy: step.copy.map(b => this.#buffers[b]) };
      }

      const kernel = this.#manifest.kernels[step.kernel];
      const pipeline = this.#pipelines[step.kernel];
      const resources = [{ buffer: this.#launches[i] }, ...step.buffers.flatMap((b, slot) => windows(this.#buffers[b], kernel.windows[slot], kernel.windowBytes))];
      const group = this.#device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
      return { pipeline, group, groups: kernel.groups };
    });
  }

  // Weights go to the device as they come, in pieces: there is never more of them in memory than one piece.
  async _fill(response, told) {
    const places = new Map(this.#manifest.buffers.map((b, i) => [b.weight, this.#buffers[i].buffer]).filter(([name]) => name));
    for await (const { name, offset, piece, position } of safetensors(response)) {
      const buffer = places.get(name);
      if (buffer) {
        this.#device.queue.writeBuffer(buffer, offset, piece);
      }

      if (piece.isLast) {
        places.delete(name);
      }

      told(position);
    }

    if (places.size > 0) {
      throw new ModelError('weights', `weights.safetensors lacks ${[...places.keys()].join(', ')}. Take all files of one export.`);
    }
  }
}

/**
 * The tensors of a safetensors file, by name.
 * @param {URL|string} url
 * @returns {Promise<Object<string, {data: ArrayBufferView, shape: number[], dtype: string}>>}
 */
export async function loadTensors(url) {
  const tensors = {};
  let bytes = null;
  for await (const { name, offset, piece, entry } of safetensors(await fetchFile(new URL(url, folder)))) {
    bytes = offset === 0 ? new Uint8Array(up(entry.bytes, 4)) : bytes;
    bytes.set(piece, offset);
    const dtype = stored[entry.dtype] ?? entry.dtype;
    tensors[name] = { data: arrayOf(dtype, bytes.buffer.slice(0, entry.bytes)), shape: entry.shape, dtype };
  }

  return tensors;
}

// The elements of each tensor in pieces of whole words, in the order of the file.
async function* safetensors(response) {
  const largest = 4 << 20;
  const reader = bytesFrom(response);
  const length = Number(new DataView((await reader.take(8)).buffer).getBigUint64(0, true));
  if (length > 100e6) {
    throw new ModelError('weights', `${response.url} is not a safetensors file.`);
  }

  const header = JSON.parse(new TextDecoder().decode(await reader.take(length)));
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, e]) => ({ name, ...e, bytes: e.data_offsets[1] - e.data_offsets[0] }));
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
  for (const entry of entries) {
    for (let offset = 0; offset === 0 || offset < entry.bytes; offset += largest) {
      const count = Math.min(largest, entry.bytes - offset);
      const piece = await reader.take(count, up(count, 4));
      piece.isLast = offset + count === entry.bytes;
      yield { name: entry.name, entry, offset, piece, position: entry.data_offsets[0] + offset + count };
    }
  }
}

// Exact numbers of bytes from a body that comes in chunks of any size.
function bytesFrom(response) {
  const chunks = response.body.getReader();
  let chunk = new Uint8Array(0);
  return {
    async take(count, room = count) {
      const bytes = new Uint8Array(room);
      for (let filled = 0; filled < count;) {
        if (chunk.length === 0) {
          const { done, value } = await chunks.read();
          if (done) {
            throw new ModelError('weights', `${response.url} ends too early. Fetch it again.`);
          }

          chunk = value;
        }

        const part = chunk.subarray(0, count - filled);
        bytes.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }

      return bytes;
    },
  };
}

async function requestDevice(manifest) {
  if (!globalThis.navigator?.gpu) {
    throw new ModelError('no-webgpu', globalThis.isSecureContext === false
      ? 'A browser offers WebGPU only to pages from https:// or localhost. Serve this page from one of these.'
      : 'This browser has no WebGPU. Use a current Chrome, Edge, Safari or Firefox, and see that WebGPU and hardware acceleration are switched on.');
  }

  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new ModelError('no-adapter', 'This browser has WebGPU, but no graphics device that it may use. See that hardware acceleration is switched on and the graphics driver is up to date.');
  }

  requireLimits(manifest, adapter.limits, 'graphics device');
  try {
    return await adapter.requestDevice({ requiredLimits: manifest.limits });
  } catch (error) {
    throw new ModelError('no-adapter', `The graphics device could not be opened: ${error.message}`, { cause: error });
  }
}

function requireLimits(manifest, limits, what) {
  for (const [name, needed] of Object.entries(manifest.limits)) {
    if (!(limits[name] >= needed)) {
      throw new ModelError('limits', `The model needs ${name} of ${needed}; this ${what} has ${limits[name]}.`);
    }
  }
}

// Errors of the device come at the end of a scope, not where they are made.
async function checked(device, code, action) {
  const filters = ['validation', 'out-of-memory', 'internal'];
  filters.forEach(f => device.pushErrorScope(f));
  let thrown = null;
  try {
    action();
  } catch (error) {
    thrown = error;
  }

  const errors = await Promise.all(filters.map(() => device.popErrorScope()));
  const error = thrown ?? errors.find(e => e);
  if (error) {
    const isMemory = error instanceof GPUOutOfMemoryError;
    throw error instanceof ModelError ? error : new ModelError(isMemory ? 'memory' : code, isMemory ? 'The graphics device has not enough memory for this model.' : error.message, { cause: error });
  }
}

async function fetchFile(url, signal) {
  let response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }

    throw new ModelError('fetch', `${url} can't be fetched: ${error.message}${url.protocol === 'file:' ? ' Browsers read no files by themselves: serve the folder, for example with "python3 -m http.server".' : ''}`, { cause: error });
  }

  if (!response.ok) {
    throw new ModelError('fetch', `${url} can't be fetched: the server says ${response.status} ${response.statusText}.`);
  }

  return response;
}

// A buffer as several bindings, because one may be no larger than a limit.
const windows = ({ buffer, offset, size }, count, bytes) => Array.from({ length: count }, (_, i) => ({
  buffer, offset: offset + i * bytes, size: i === count - 1 ? size - i * bytes : bytes,
}));

// Each kernel begins with a line "//! name".
function sections(source) {
  return Object.fromEntries(source.split(/^\/\/! /m).slice(1).map(text => {
    const end = text.indexOf('\n');
    return [text.slice(0, end).trim(), text.slice(end + 1)];
  }));
}

const types = {
  float64: Float64Array, float32: Float32Array, float16: Uint16Array, bfloat16: Uint16Array,
  int64: BigInt64Array, int32: Int32Array, int16: Int16Array, int8: Int8Array,
  uint64: BigUint64Array, uint32: Uint32Array, uint16: Uint16Array, uint8: Uint8Array, bool: Uint8Array,
};

const stored = {
  F64: 'float64', F32: 'float32', F16: 'float16', BF16: 'bfloat16', I64: 'int64', I32: 'int32', I16: 'int16', I8: 'int8',
  U64: 'uint64', U32: 'uint32', U16: 'uint16', U8: 'uint8', BOOL: 'bool',
};

const arrayOf = (dtype, buffer) => new (types[dtype] ?? Uint8Array)(buffer);
const sameKind = (view, type) => view instanceof type || (type === Uint8Array && view instanceof Uint8ClampedArray) || (type === Uint16Array && view.constructor.name === 'Float16Array');
const elementsOf = shape => shape.reduce((a, b) => a * b, 1);
const bytesOf = tensor => elementsOf(tensor.shape) * types[tensor.dtype].BYTES_PER_ELEMENT;
const up = (n, multiple) => Math.ceil(n / multiple) * multiple;
const describe = ({ name, dtype, shape }) => ({ name, dtype, shape: [...shape] });
const list = named => named.map(n => `'${n.name}'`).join(', ');
