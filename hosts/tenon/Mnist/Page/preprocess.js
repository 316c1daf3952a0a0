// As the digits of MNIST were made: the ink is scaled to 20 x 20 pixels, its proportions kept and its edges grey, and put into
// 28 x 28 so that its centre of mass is in the middle.

const SIZE = 28;
const BOX = 20;
const FAINT = 0.05;

/**
 * A digit for the network.
 * @param {Float32Array} ink How much there is at each pixel, 0 to 1.
 * @param {number} width
 * @param {number} height
 * @returns {Float32Array|null} 28 x 28 numbers of 0 to 1, or null if there is no ink.
 */
export function toDigit(ink, width, height) {
  const box = boundsOf(ink, width, height);
  if (!box) {
    return null;
  }

  const scale = BOX / Math.max(box.right - box.left, box.bottom - box.top);
  const centre = massOf(ink, width, box);
  const digit = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const left = (x - SIZE / 2) / scale + centre.x;
      const top = (y - SIZE / 2) / scale + centre.y;
      digit[y * SIZE + x] = meanOf(ink, width, height, left, top, left + 1 / scale, top + 1 / scale);
    }
  }

  // A thin line that is made small is brightened, as ink on paper stays dark.
  const most = digit.reduce((a, b) => Math.max(a, b), 0);
  return digit.map(v => v / most);
}

function boundsOf(ink, width, height) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] > FAINT) {
        [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
      }
    }
  }

  return right > left ? { left, top, right, bottom } : null;
}

function massOf(ink, width, box) {
  let [mass, x, y] = [0, 0, 0];
  for (let row = box.top; row < box.bottom; row++) {
    for (let column = box.left; column < box.right; column++) {
      const here = ink[row * width + column];
      mass += here;
      x += here * (column + 0.5);
      y += here * (row + 0.5);
    }
  }

  return { x: x / mass, y: y / mass };
}

// The mean over a rectangle whose sides may cut through pixels.
function meanOf(ink, width, height, left, top, right, bottom) {
  let sum = 0;
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, Math.ceil(bottom)); y++) {
    const rows = Math.min(bottom, y + 1) - Math.max(top, y);
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++) {
      sum += ink[y * width + x] * rows * (Math.min(right, x + 1) - Math.max(left, x));
    }
  }

  return sum / ((right - left) * (bottom - top));
}
