// What can be made of attention weights without asking the model again. A set is { shape: [layers, heads, rows, cols],
// values: Float32Array }; each function gives a new one.

/** The halves of a triangle (layers, heads, n (n + 1) / 2), row after row, as squares; the future is 0. */
export function squared({ shape: [layers, heads, cells], values }) {
  const size = Math.round((Math.sqrt(8 * cells + 1) - 1) / 2);
  const made = new Uint16Array(layers * heads * size * size);
  let at = 0;
  for (let row = 0; row < layers * heads * size; row++) for (let j = 0; j <= row % size; j++) made[row * size + j] = values[at++];
  return { shape: [layers, heads, size, size], values: made };
}

/** What each head takes home: alpha |v W_O|, the length of the vector that a weight brings (Kobayashi et al., 2020,
 * section 3). `norms` are (layers, heads, cols). */
export function timesNorm({ shape, values }, norms) {
  const [, , rows, cols] = shape;
  return { shape, values: values.map((value, at) => value * norms[((at / (rows * cols)) | 0) * cols + (at % cols)]) };
}

/** Pieces as words, by spans [first, end): columns add up, because attention to a word is attention to its pieces;
 * rows are averaged, so that a row of weights still sums to 1 (Clark et al., 2019, section 4.1). */
export function joined({ shape: [layers, heads, rows, cols], values }, rowSpans, colSpans) {
  const shape = [layers, heads, rowSpans.length, colSpans.length];
  const made = new Float32Array(shape.reduce((a, b) => a * b));
  let at = 0;
  for (let head = 0; head < layers * heads; head++) for (const [top, bottom] of rowSpans) for (const [left, right] of colSpans) {
    let sum = 0;
    for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) sum += values[(head * rows + i) * cols + j];
    made[at++] = sum / (bottom - top);
  }
  return { shape, values: made };
}

/** Only the rows and columns at these places; where `again`, each row is scaled to the sum of 1 again. */
export function kept({ shape: [layers, heads, rows, cols], values }, rowPlaces, colPlaces, again) {
  const shape = [layers, heads, rowPlaces.length, colPlaces.length];
  const made = new Float32Array(shape.reduce((a, b) => a * b));
  let at = 0;
  for (let head = 0; head < layers * heads; head++) for (const i of rowPlaces) {
    const from = (head * rows + i) * cols;
    const rest = again ? colPlaces.reduce((sum, j) => sum + values[from + j], 0) : 1;
    for (const j of colPlaces) made[at++] = rest > 0 ? values[from + j] / rest : 0;
  }
  return { shape, values: made };
}

/** The mean over the heads of layer `layer`, or over all heads of all layers where it is null, as a set of one head. */
export function mean({ shape: [layers, heads, rows, cols], values }, layer = null) {
  const [first, end] = layer == null ? [0, layers * heads] : [layer * heads, (layer + 1) * heads];
  const made = new Float32Array(rows * cols);
  for (let head = first; head < end; head++) for (let at = 0; at < made.length; at++) made[at] += values[head * made.length + at] / (end - first);
  return { shape: [1, 1, rows, cols], values: made };
}

/** A flag for each cell: among the strongest of its row, as few as hold `mass` (0..1) of the row's sum. */
export function strongest({ shape, values }, mass) {
  const cols = shape[3], flags = new Uint8Array(values.length);
  if (mass >= 1) return flags.fill(1);
  for (let from = 0; from < values.length; from += cols) {
    const row = values.subarray(from, from + cols);
    const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a]);
    let left = mass * row.reduce((a, b) => a + b, 0);
    for (const j of order) {
      flags[from + j] = 1;
      if ((left -= row[j]) <= 1e-6) break;
    }
  }
  return flags;
}

/** The largest value of each head. */
export function tops({ shape: [layers, heads, rows, cols], values }) {
  return Float32Array.from({ length: layers * heads }, (_, head) => {
    let top = 0;
    for (let at = head * rows * cols; at < (head + 1) * rows * cols; at++) if (values[at] > top) top = values[at];
    return top;
  });
}

/** Mean entropy of the rows of head number `head`, in nats: 0 where each row looks at one token alone. */
export function entropy({ shape: [, , rows, cols], values }, head) {
  let sum = 0;
  for (let at = head * rows * cols; at < (head + 1) * rows * cols; at++) if (values[at] > 0) sum -= values[at] * Math.log(values[at]);
  return sum / rows;
}

/** The share of its attention that head number `head` gives to the columns at `places`, 0..1. */
export function shareOn({ shape: [, , rows, cols], values }, head, places) {
  let sum = 0;
  for (let i = 0; i < rows; i++) for (const j of places) sum += values[(head * rows + i) * cols + j];
  return sum / rows;
}
