// Weights as pixels, and the hatching of what is masked.
import { surface } from "../shared/canvas.js";
import { shade } from "./colours.js";
import { flagged, shownHeads } from "./shown.js";

/** A canvas of a size in CSS pixels, cleared, whose pictures keep hard edges. */
export function sheet(canvas, width, height) {
  const context = surface(canvas, width, height);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  context.imageSmoothingEnabled = false;
  return context;
}

/**
 * Heads of a set as one picture, layers down and heads across. A pixel is the strongest of `pool` x `pool` weights, and
 * clear where all of them are masked. `layers` and `heads` are [from, to).
 */
export function picture(view, set, layers, heads, pool) {
  const { shape: [, perLayer, rows, cols], values, causal } = set;
  const { theme: { table }, settings: { scale, mass } } = view, flags = flagged(set, mass);
  const [high, wide] = [Math.ceil(rows / pool), Math.ceil(cols / pool)];
  const canvas = new OffscreenCanvas((heads[1] - heads[0]) * wide, (layers[1] - layers[0]) * high);
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const highest = new Float32Array(pixels.length).fill(-1);
  for (let l = layers[0]; l < layers[1]; l++) for (let h = heads[0]; h < heads[1]; h++) for (let i = 0; i < rows; i++) {
    const from = ((l * perLayer + h) * rows + i) * cols;
    const top = scale === "own" ? set.tops[l * perLayer + h] || 1 : set.top;
    const to = ((l - layers[0]) * high + ((i / pool) | 0)) * canvas.width + (h - heads[0]) * wide;
    for (let j = 0; j < (causal ? i + 1 : cols); j++) {
      const at = to + ((j / pool) | 0), weight = flags[from + j] ? values[from + j] : 0;
      if (weight > highest[at]) pixels[at] = table[shade((highest[at] = weight) / top)];
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** All heads of the kind, kept for the next paint. */
export function allHeads(view, pool) {
  const set = shownHeads(view), [layers, heads] = set.shape;
  return (view.pictures[`${view.theme.name}/${pool}`] ??= picture(view, set, [0, layers], [0, heads], pool));
}

export function hatch(view, context, x, y, width, height) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.beginPath();
  for (let d = -height; d < width; d += 6) {
    context.moveTo(x + d, y + height);
    context.lineTo(x + d + height, y);
  }
  context.strokeStyle = view.theme.css(view.theme.ink, 0.2);
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}
