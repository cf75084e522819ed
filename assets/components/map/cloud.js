// The points themselves, thousands of them: dots stamped where they are large, squares where they are small.
import { surface } from "../shared/canvas.js";
import { clamp } from "../shared/numbers.js";
import { KIND_COLOURS } from "./kinds.js";

/** A canvas with all points and which of them are in view; painted anew only when what decides about it is another, so that
 * hovering costs one copy. */
export function cloud(view, width, height) {
  const { points, kind, camera, found, inside, alone, sized, cloud: last } = view;
  const state = [points, kind, camera.scale, camera.x, camera.y, width, height, devicePixelRatio, found.length > 0, inside, alone, sized];
  if (last && state.every((value, i) => value === last.state[i])) return last;
  const layer = last?.layer ?? document.createElement("canvas"), pen = surface(layer, width, height);
  const seen = eachDot(view, pen, width, height, (x, y, size, colour) => {
    if (size < 2) pen.fillRect(x - size, y - size, 2 * size, 2 * size);
    else pen.drawImage(sprite(colour, size), x - size - 1, y - size - 1, 2 * size + 2, 2 * size + 2);
  });
  return (view.cloud = { layer, seen, state });
}

/** The same points with a pen that draws each of them. */
export function dots(view, pen, width, height) {
  const seen = eachDot(view, pen, width, height, (x, y, size) => {
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.fill();
  });
  pen.globalAlpha = 1;
  return seen;
}

/** Tells place, radius and colour of each point in view, with the pen set to its colour and opacity, the frequent ones first where
 * size says how frequent they are, so that no small one is hidden; the numbers of those in view. */
function eachDot({ points, kind, camera, fitted, header, found, inside, alone, sized, levels, byCount }, pen, width, height, tell) {
  const seen = [], size = clamp(1.1, 1.5 * Math.sqrt(camera.scale / fitted.scale) * Math.sqrt(2500 / (points.length / 2 + 500)), 3.2);
  const plain = found.length > 0 ? 0.28 : 0.62, shown = alone ? inside : null;
  header.kinds.forEach((name, code) => {
    pen.fillStyle = KIND_COLOURS[name];
    let alpha = null; // what a pen is told for each of thousands of points costs as much as the points
    for (let place = 0; place < kind.length; place++) {
      const i = sized ? byCount[place] : place;
      if (kind[i] !== code || (shown && !shown[i])) continue;
      const x = camera.x + camera.scale * points[2 * i], y = camera.y - camera.scale * points[2 * i + 1];
      if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
      seen.push(i);
      const own = inside && !inside[i] ? 0.14 : plain;
      if (own !== alpha) pen.globalAlpha = alpha = own;
      tell(x, y, sized ? size * sizeOf(levels[i]) : size, KIND_COLOURS[name]);
    }
  });
  return seen;
}

const STEPS = 15;

/** The step of each count, from never to the most frequent; by the fourth root, so that what is rare is still seen. */
export function levelsOf(counts) {
  const most = counts.reduce((most, count) => Math.max(most, count), 1);
  return Uint8Array.from(counts, (count) => Math.round(STEPS * (count / most) ** 0.25));
}

/** A radius, times the usual one: also what was never seen is drawn. */
const sizeOf = (level) => 0.45 + (4 * level) / STEPS;

const sprites = new Map();

/** A dot drawn once, to be stamped: thousands of arcs cost ten times as much. */
function sprite(colour, size) {
  const name = `${colour} ${size.toFixed(1)}`;
  if (!sprites.has(name)) {
    const dot = document.createElement("canvas"), scale = 4;
    dot.width = dot.height = Math.ceil((2 * size + 2) * scale);
    const pen = dot.getContext("2d");
    pen.fillStyle = colour;
    pen.arc(dot.width / 2, dot.width / 2, size * scale, 0, 7);
    pen.fill();
    if (sprites.size > 64) sprites.clear();
    sprites.set(name, dot);
  }
  return sprites.get(name);
}
