// The points themselves, thousands of them: dots stamped where they are large, squares where they are small.
import { surface } from "../shared/canvas.js";
import { clamp } from "../shared/numbers.js";
import { KIND_COLOURS } from "./kinds.js";

/** A canvas with all points and which of them are in view; painted anew only when camera, size or search are others,
 * so that hovering costs one copy. */
export function cloud(view, width, height) {
  const { points, kind, camera, header, found, cloud: last } = view, dim = found.length > 0;
  const state = [points, kind, camera.scale, camera.x, camera.y, width, height, devicePixelRatio, dim];
  if (last && state.every((value, i) => value === last.state[i])) return last;
  const layer = last?.layer ?? document.createElement("canvas"), pen = surface(layer, width, height), seen = [];
  const size = clamp(1.1, 1.5 * Math.sqrt(camera.scale / view.fitted.scale) * Math.sqrt(2500 / (points.length / 2 + 500)), 3.2);
  pen.globalAlpha = dim ? 0.28 : 0.62;
  header.kinds.forEach((name, code) => {
    pen.fillStyle = KIND_COLOURS[name];
    const dot = size < 2 ? null : sprite(KIND_COLOURS[name], size);
    for (let i = 0; i < kind.length; i++) {
      if (kind[i] !== code) continue;
      const x = camera.x + camera.scale * points[2 * i], y = camera.y - camera.scale * points[2 * i + 1];
      if (x < -4 || y < -4 || x > width + 4 || y > height + 4) continue;
      seen.push(i);
      if (dot) pen.drawImage(dot, x - size - 1, y - size - 1, 2 * size + 2, 2 * size + 2);
      else pen.fillRect(x - size, y - size, 2 * size, 2 * size);
    }
  });
  return (view.cloud = { layer, seen, state });
}

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
