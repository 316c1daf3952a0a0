// Takes what is drawn, makes of it what the digits of MNIST are, and asks the network what it is.
import { load } from './model.js';
import { toDigit } from './preprocess.js';

const element = id => document.getElementById(id);
const canvas = element('canvas');
const drawing = canvas.getContext('2d', { willReadFrequently: true });
const seen = element('seen').getContext('2d');
const bars = Array.from({ length: 10 }, (_, digit) => {
  const item = document.createElement('li');
  item.innerHTML = `<span>${digit}</span><span class="track"><span class="bar"></span></span><span class="percent">–</span>`;
  element('bars').append(item);
  return { item, bar: item.querySelector('.bar'), percent: item.querySelector('.percent') };
});

let model = null;
let isBusy = false;
let isStale = false;
const pointers = new Map();
const pen = { x: 140, y: 140 };

function stroke(from, to) {
  Object.assign(drawing, { strokeStyle: '#fff', lineWidth: 20, lineCap: 'round', lineJoin: 'round' });
  drawing.beginPath();
  drawing.moveTo(from.x, from.y);
  drawing.lineTo(to.x + 0.01, to.y);
  drawing.stroke();
  ask();
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return { x: (event.clientX - box.left) * canvas.width / box.width, y: (event.clientY - box.top) * canvas.height / box.height };
}

canvas.addEventListener('pointerdown', event => {
  if (event.button !== 0) {
    return;
  }

  event.preventDefault();
  canvas.focus({ preventScroll: true });
  canvas.setPointerCapture(event.pointerId);
  const at = place(event);
  pointers.set(event.pointerId, at);
  stroke(at, at);
});

canvas.addEventListener('pointermove', event => {
  if (!pointers.has(event.pointerId)) {
    return;
  }

  for (const e of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
    const at = place(e);
    stroke(pointers.get(event.pointerId), at);
    pointers.set(event.pointerId, at);
  }
});

for (const end of ['pointerup', 'pointercancel']) {
  canvas.addEventListener(end, event => pointers.delete(event.pointerId));
}

canvas.addEventListener('keydown', event => {
  const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === 'Escape') {
    clear();
  } else if (move) {
    event.preventDefault();
    const from = { ...pen };
    pen.x = Math.min(270, Math.max(10, pen.x + 10 * move[0]));
    pen.y = Math.min(270, Math.max(10, pen.y + 10 * move[1]));
    if (event.shiftKey) {
      stroke(from, pen);
    }
  }
});

element('clear').addEventListener('click', clear);

function clear() {
  drawing.clearRect(0, 0, canvas.width, canvas.height);
  seen.clearRect(0, 0, 28, 28);
  Object.assign(pen, { x: 140, y: 140 });
  show(null);
  ask();
}

// One run at a time; what was drawn meanwhile is asked about in the next.
async function ask() {
  isStale = true;
  if (isBusy || !model) {
    return;
  }

  setBusy(true);
  try {
    while (isStale) {
      isStale = false;
      const image = drawing.getImageData(0, 0, canvas.width, canvas.height);
      const ink = Float32Array.from({ length: image.width * image.height }, (_, i) => image.data[4 * i + 3] / 255);
      const digit = toDigit(ink, image.width, image.height);
      if (!digit) {
        show(null);
        continue;
      }

      paint(digit);
      const begin = performance.now();
      const { probabilities } = await model.run({ image: digit });
      if (!isStale || pointers.size > 0) {
        show(probabilities.data, performance.now() - begin);
      }
    }
  } catch (error) {
    fail(error);
  } finally {
    setBusy(false);
  }
}

function setBusy(busy) {
  isBusy = busy;
  document.body.dataset.busy = busy;
}

function paint(digit) {
  const image = seen.createImageData(28, 28);
  digit.forEach((ink, i) => image.data.set([255, 255, 255, Math.round(255 * ink)], 4 * i));
  seen.putImageData(image, 0, 0);
}

function show(probabilities, milliseconds) {
  const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
  bars.forEach(({ item, bar, percent }, digit) => {
    item.classList.toggle('best', digit === best);
    bar.style.width = probabilities ? `${100 * probabilities[digit]}%` : 0;
    percent.textContent = probabilities ? `${(100 * probabilities[digit]).toFixed(1)} %` : '–';
  });
  element('digit').textContent = best < 0 ? '–' : best;
  element('sure').textContent = best < 0 ? 'Draw a digit from 0 to 9.' : `with ${(100 * probabilities[best]).toFixed(1)} % probability`;
  element('time').textContent = milliseconds ? `One run: ${milliseconds.toFixed(1)} ms.` : '';
  document.body.dataset.answer = best < 0 ? '' : best;
}

function fail(error) {
  console.error(error);
  element('progress').hidden = true;
  element('sure').textContent = '';
  element('error').hidden = false;
  element('error').textContent = error.message;
  document.body.dataset.state = 'failed';
}

try {
  model = await load(null, { onProgress: p => element('progress').value = p.fraction });
  element('progress').hidden = true;
  show(null);
  await ask();
  document.body.dataset.state = 'ready';
} catch (error) {
  fail(error);
}
