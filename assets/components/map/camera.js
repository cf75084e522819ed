// The plane and its camera, in numbers alone: y points up on the map and down on the canvas.

/** Scale and offset that bring `points` (x, y, x, y ...) into the box, but for those far out. */
export function fit(points, width, height, margin = 32) {
  const [[left, right], [low, high]] = [0, 1].map((axis) => span(along(points, axis).sort()));
  const scale = Math.min((width - 2 * margin) / (right - left || 1), (height - 2 * margin) / (high - low || 1));
  return { scale, x: width / 2 - (scale * (left + right)) / 2, y: height / 2 + (scale * (low + high)) / 2 };
}

/** Every second number, from the first or from the second on. */
function along(points, axis) {
  const values = new Float32Array(points.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = points[2 * i + axis];
  return values;
}

/** From where to where sorted values reach: all but the last of 250 at either end, and no further than a tenth around the middle 98 %,
 * so that a few islands do not shrink the rest. */
function span(values) {
  const at = (share) => values[Math.floor(values.length * share)], from = (share) => values[values.length - 1 - Math.floor(values.length * share)];
  const around = (from(0.01) - at(0.01)) / 10;
  return [Math.max(at(0.004), at(0.01) - around), Math.min(from(0.004), from(0.01) + around)];
}

/** Where a point of the map lies on the canvas; y points up. */
export function project(camera, x, y) {
  return [camera.x + camera.scale * x, camera.y - camera.scale * y];
}

/** The point of the map at a place on the canvas. */
export const place = (camera, px, py) => [(px - camera.x) / camera.scale, (camera.y - py) / camera.scale];

/** What a camera shows, whatever the size of the canvas: the point in the middle, and how much larger than fitted. */
export function lensOf(camera, fitted, width, height) {
  const [x, y] = place(camera, width / 2, height / 2);
  return { zoom: camera.scale / fitted.scale, x, y };
}

/** The camera that shows it. */
export function cameraAt({ zoom, x, y }, fitted, width, height) {
  const scale = fitted.scale * zoom;
  return { scale, x: width / 2 - scale * x, y: height / 2 + scale * y };
}

/** The camera after zooming by `factor` with the canvas place (px, py) held still. */
export function zoomed(camera, factor, px, py) {
  return { scale: camera.scale * factor, x: px + (camera.x - px) * factor, y: py + (camera.y - py) * factor };
}

/** The point nearest to a place on the canvas within `reach` pixels, or null; with `shown`, a byte for each, only of those. */
export function nearestPoint(points, camera, px, py, reach, shown = null) {
  let best = null, least = reach * reach;
  for (let i = 0; i < points.length; i += 2) {
    if (shown && !shown[i / 2]) continue;
    const dx = camera.x + camera.scale * points[i] - px, dy = camera.y - camera.scale * points[i + 1] - py;
    const distance = dx * dx + dy * dy;
    if (distance <= least) [best, least] = [i / 2, distance];
  }
  return best;
}

/** Where a label has room beside its point: to the right, the left, above, below, or at a corner; not `free`, and the
 * first box inside the canvas, where it has none. Boxes are [left, top, right, bottom]. */
export function labelBox(taken, [x, y], wide, width, height) {
  const boxes = [[x + 7, y - 9], [x - wide - 11, y - 9], [x - wide / 2 - 2, y - 28], [x - wide / 2 - 2, y + 10], [x + 5, y - 23], [x + 5, y + 5], [x - wide - 9, y - 23], [x - wide - 9, y + 5]]
    .map(([left, top]) => [left, top, left + wide + 4, top + 18])
    .filter(([left, top, right, bottom]) => left >= 0 && top >= 0 && right <= width && bottom <= height);
  const free = boxes.find((box) => take(taken, box));
  return { box: free ?? boxes[0], free: free !== undefined };
}

/** Whether a label box is free, and if so takes it: boxes are [left, top, right, bottom]. */
export function take(taken, box) {
  if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) return false;
  taken.push(box);
  return true;
}
