// Runs the model on its sample and shows what comes out, beside what was computed when it was exported.
import { load, loadTensors } from './model.js';

const element = id => document.getElementById(id);
const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`;

async function start() {
  const begin = performance.now();
  const [model, sample] = await Promise.all([load(null, { onProgress: show }), loadTensors('sample.safetensors')]);
  element('status').textContent = `Ready after ${seconds(begin)}.`;
  const inputs = Object.fromEntries(model.inputs.map(i => [i.name, sample[`input.${i.name}`].data]));
  const run = async () => {
    element('run').disabled = true;
    try {
      const begin = performance.now();
      const outputs = await model.run(inputs);
      element('time').textContent = `One run: ${(performance.now() - begin).toFixed(1)} ms.`;
      fill(model, sample, outputs);
    } finally {
      element('run').disabled = false;
    }
  };
  element('run').addEventListener('click', () => run().catch(fail));
  await run();
  document.body.dataset.state = 'ready';
}

function show({ stage, fraction, bytes, totalBytes }) {
  element('progress').value = fraction;
  element('status').textContent = stage === 'weights' ? `Weights: ${megabytes(bytes)} of ${megabytes(totalBytes)}` : stage === 'kernels' ? 'Compiling kernels…' : 'Ready.';
}

function fill(model, sample, outputs) {
  const rows = [
    ...model.inputs.map(i => [i, sample[`input.${i.name}`].data, '']),
    ...model.outputs.map(o => [o, outputs[o.name].data, difference(outputs[o.name].data, sample[`output.${o.name}`].data)]),
  ];
  element('tensors').hidden = false;
  element('tensors').tBodies[0].replaceChildren(...rows.map(([tensor, data, off]) => {
    const row = document.createElement('tr');
    row.append(cell(tensor.name), cell(`${tensor.dtype} [${tensor.shape.join(', ')}]`), cell(first(data)), cell(off === '' ? '' : Number(off).toPrecision(2), 'number'));
    return row;
  }));
}

function cell(text, className = '') {
  const made = document.createElement('td');
  made.textContent = text;
  made.className = className;
  return made;
}

const first = data => Array.from(data.slice(0, 6), v => typeof v === 'bigint' ? `${v}` : `${+v.toPrecision(5)}`).join(', ') + (data.length > 6 ? ', …' : '');

// The largest difference; a NaN on one side only is infinite.
function difference(data, expected) {
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [Number(data[i]), Number(expected[i])];
    if (!(a === b || (Number.isNaN(a) && Number.isNaN(b)))) {
      most = Math.max(most, Number.isNaN(a - b) ? Infinity : Math.abs(a - b));
    }
  }

  return most;
}

const seconds = begin => `${((performance.now() - begin) / 1000).toFixed(2)} s`;

function fail(error) {
  console.error(error);
  element('status').textContent = '';
  element('error').hidden = false;
  element('error').textContent = error.message;
  document.body.dataset.state = 'failed';
}

start().catch(fail);
