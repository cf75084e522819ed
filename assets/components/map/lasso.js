// A free shape on the map, in the map's own numbers: which points lie in it, and how it is written down.

export const CORNERS = 40; // of a shape, at most: it goes into the address

/** A byte for each of `points` (x, y, x, y ...): 1 where it lies inside the corners [[x, y], ...], by the even-odd rule. */
export function within(points, corners) {
  const inside = new Uint8Array(points.length / 2);
  const edges = corners.map(([x, y], i) => [x, y, ...corners[(i + 1) % corners.length]]).filter(([, y, , to]) => y !== to);
  for (let i = 0; i < inside.length; i++) {
    const x = points[2 * i], y = points[2 * i + 1];
    for (const [x0, y0, x1, y1] of edges) if (y0 > y !== y1 > y && x < x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)) inside[i] ^= 1;
  }
  return inside;
}

/** The shape without the corners that say least, each time the one whose triangle with its neighbours is smallest: until no
 * more than `most` are left, and none of less than `least` square pixels. */
export function simplified(corners, most = CORNERS, least = 8) {
  const left = [...corners];
  while (left.length > 3) {
    const areas = left.map((corner, i) => area(left.at(i - 1), corner, left[(i + 1) % left.length])), smallest = Math.min(...areas);
    if (left.length <= most && smallest >= least) break;
    left.splice(areas.indexOf(smallest), 1);
  }
  return left;
}

const area = ([ax, ay], [bx, by], [cx, cy]) => Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;

/** The corners of a circle. */
export const circle = (x, y, radius) => Array.from({ length: 24 }, (_, i) => [x + radius * Math.cos((i * Math.PI) / 12), y + radius * Math.sin((i * Math.PI) / 12)]);

const cornerText = (number) => String(Number(number.toPrecision(5)));

/** The corners as a text of an address: "1.5_-2_0.25_7 ...". */
export const lassoText = (corners) => corners.flat().map(cornerText).join("_");

/** The corners that such a text tells, or null. */
export function lassoFrom(text = "") {
  const numbers = text.split("_").map((part) => (part ? Number(part) : NaN));
  if (numbers.length < 6 || numbers.length % 2 || numbers.length > 2 * CORNERS || !numbers.every(Number.isFinite)) return null;
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}
