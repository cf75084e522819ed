// Where the tensors of a step stand, so that a number stands in line with what it is made from. Sizes in CSS pixels.
import { clamp } from "../shared/numbers.js";

const STYLES = {
  queries: affine, keys: affine, values: affine, output: affine, dots: match, scale: columns, mask: columns, softmax: columns, blend,
};
const GAP = 14, LINE = 30, LABEL = 92;

/** The figures of a step: [{ name, row, col, turned, from, count, px, py }] and { labels: [row, col] | null, labelPitch }.
 * `row` is the query's position, `width` the room there is. A figure shows rows from .. from + count of its tensor. */
export function arrange(step, tensors, row, width) {
  return (STYLES[step.name] ?? lines)(step, tensors, row, width);
}

const figure = (tensors, name, row, more) => {
  const single = tensors[name].rows === "query";
  return { name, turned: false, from: single ? row : 0, count: single ? 1 : tensors[name].shape[0], ...more };
};

/** What a step uses and makes, each once, used ones first. */
export function shownIn(step, tensors) {
  return [...new Set(step.made.flatMap((name) => [...tensors[name].uses.map(([used]) => used), name]))];
}

/** Cell by cell: one line below the other. What is a single number stands beside the others of its kind. */
function lines(step, tensors, row, width) {
  const figures = [];
  let at = 0, wide = Math.max(...shownIn(step, tensors).map((name) => tensors[name].shape[1]));
  const px = Math.min(width / wide, 26);
  for (const name of shownIn(step, tensors)) {
    const { shape, cols } = tensors[name], before = figures.at(-1);
    const chip = shape[1] === 1 && cols === "one", part = shape[1] < wide;
    const beside = before && (chip ? before.chip : part && before.part && !before.chip);
    at += beside ? 0 : 1;
    figures.push(figure(tensors, name, row, { row: at, col: beside ? before.col + 1 : 1, chip, part, px: chip ? 76 : px, py: LINE }));
  }
  return { style: "lines", figures, labels: null };
}

/** x stands beside the rows of the matrix; what is multiplied and added up comes out below its columns. */
function affine(step, tensors, row, width) {
  const [made] = step.made, [x, w, b] = tensors[made].uses.map(([name]) => name);
  const all = tensors[made].rows === "key", count = all ? tensors[made].shape[0] : 1;
  const [deep, across] = tensors[w].shape;
  const thin = all ? clamp(2, Math.min(220, width * 0.34) / count, 18) : LINE;
  const left = Math.max(thin * count, Math.min(LABEL + 20, width * 0.26)); // its caption, or the names of the rows
  const px = Math.min((width - left - GAP) / across, 12), py = clamp(0.5, 330 / deep, 10);
  const pitch = all ? clamp(3, 340 / count, 18) : LINE;
  const shown = { from: all ? 0 : row, count };
  return { style: "affine", labels: all ? { row: 3, col: 1, pitch } : null, figures: [
    { ...figure(tensors, x, row, { row: 1, col: 1, turned: true, px: thin, py, room: left }), ...shown },
    figure(tensors, w, row, { row: 1, col: 2, px, py }),
    figure(tensors, b, row, { row: 2, col: 2, px, py: 14 }),
    { ...figure(tensors, made, row, { row: 3, col: 2, px, py: pitch }), ...shown },
  ] };
}

const rowPitch = (count) => clamp(4, 460 / count, 24);

/** q above the keys, a dot product beside each key. */
function match(step, tensors, row, width) {
  const pitch = rowPitch(tensors.k.shape[0]), px = Math.min((width - LABEL - 76 - 2 * GAP) / tensors.k.shape[1], 10);
  return { style: "match", labels: { row: 2, col: 1, pitch }, figures: [
    figure(tensors, "q", row, { row: 1, col: 2, px, py: LINE }),
    figure(tensors, "k", row, { row: 2, col: 2, px, py: pitch }),
    figure(tensors, "dots", row, { row: 2, col: 3, turned: true, px: 76, py: pitch }),
  ] };
}

/** One line a key: what becomes of its score, from left to right; single numbers below the column they belong to. */
function columns(step, tensors, row, width) {
  const names = shownIn(step, tensors), wide = names.filter((name) => tensors[name].cols === "key");
  const pitch = rowPitch(tensors[wide[0]].shape[1]);
  const px = clamp(48, (width - LABEL - GAP * wide.length) / wide.length, 132);
  const below = { largest: "masked", total: "exp", root_k: "dots" };
  return { style: "columns", labels: { row: 1, col: 1, pitch }, figures: names.map((name) => {
    const one = tensors[name].cols !== "key";
    return figure(tensors, name, row, { row: one ? 2 : 1, col: 2 + wide.indexOf(one ? below[name] : name), turned: !one, px, py: one ? LINE : pitch });
  }) };
}

/** Each value times its weight, added up downwards. */
function blend(step, tensors, row, width) {
  const pitch = rowPitch(tensors.v.shape[0]), px = Math.min((width - LABEL - 64 - 2 * GAP) / tensors.v.shape[1], 10);
  return { style: "blend", labels: { row: 1, col: 1, pitch }, figures: [
    figure(tensors, "weights", row, { row: 1, col: 2, turned: true, px: 64, py: pitch }),
    figure(tensors, "v", row, { row: 1, col: 3, px, py: pitch }),
    figure(tensors, step.made[0], row, { row: 2, col: 3, px, py: LINE }),
  ] };
}

/** Size of a figure's picture: [width, height]. */
export function extent({ turned, count, px, py }, [, cols]) {
  return turned ? [count * px, cols * py] : [cols * px, count * py];
}

/** The cell under a point of a figure's picture, or null. */
export function cellAt({ name, turned, from, count, px, py }, [, cols], x, y) {
  const [across, down] = [Math.floor(x / px), Math.floor(y / py)];
  const [i, j] = turned ? [across, down] : [down, across];
  return i >= 0 && i < count && j >= 0 && j < cols ? { name, i: from + i, j } : null;
}

/** The rectangle of cells [rows, cols) in a figure's picture, cut to what it shows; null where it shows none. */
export function box({ turned, from, count, px, py }, rows, cols) {
  const [top, bottom] = [Math.max(rows[0] - from, 0), Math.min(rows[1] - from, count)];
  if (top >= bottom || cols[0] >= cols[1]) return null;
  const [a, b] = turned ? [[top, bottom], cols] : [cols, [top, bottom]];
  return [a[0] * px, b[0] * py, (a[1] - a[0]) * px, (b[1] - b[0]) * py];
}
