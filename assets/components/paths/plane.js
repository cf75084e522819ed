// Where the stops of a path lie in the plane, in numbers alone.
import { hueAt } from "../shared/hues.js";

const HUES_OF_SIDES = ["#4583d6", "#d0548c"]; // encoder, decoder

/** The colour of a path: its own, or that of its side where there are two. */
export const hueOf = ({ groups, sides }, path) => (groups.length > 1 ? HUES_OF_SIDES[sides[path]] : hueAt(path));

/** The place of a path at a stop, which may lie between two: [x, y] of `points` (N, P, 2). */
export function placeAt(points, stops, path, stop) {
  const before = Math.floor(stop), after = Math.min(before + 1, stops - 1), share = stop - before;
  return [0, 1].map((axis) => (1 - share) * points[2 * (path * stops + before) + axis] + share * points[2 * (path * stops + after) + axis]);
}

/** The distances of one path from the others at a stop, nearest first: [[path, distance], ...] out of (P, N, N). */
export function othersOf(distances, count, stop, path) {
  return Array.from({ length: count }, (_, other) => [other, distances[(stop * count + path) * count + other]])
    .filter(([other]) => other !== path)
    .sort((a, b) => a[1] - b[1]);
}

/** The path and stop that a key leads to, or null where it leads nowhere. */
export function stepped([path, stop], key, paths, stops) {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -stops], End: [0, stops] }[key] ?? [];
  if (down === undefined) return null;
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));
  return [within(path + down, paths), within(stop + right, stops)];
}
