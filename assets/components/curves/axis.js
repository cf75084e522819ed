// Numbers and axes: where ticks stand, what is nearest, where a line has gaps.

/** Round numbers from low to high, about `wanted` of them. */
export function ticks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => power * factor >= raw * 0.999);
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(k * step + 0);
  return found;
}

/** A number on an axis: grouped thousands, no more digits than needed, powers of ten when tiny. */
export function short(value) {
  const size = Math.abs(value);
  if (size && size < 0.001) return value.toExponential(0).replace("e-", "e−");
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 4 });
}

/** The place in ascending `xs` that is nearest to x, -1 where there is none. */
export function nearest(xs, x) {
  let low = 0, high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - xs[low - 1] <= xs[low] - x ? low - 1 : high;
}

/** Lowest and highest finite value of curves between two steps, with some air, or null. */
export function span(curves, from, to) {
  let low = Infinity, high = -Infinity;
  for (const { x, y } of curves) {
    for (let i = 0; i < x.length; i++) {
      if (x[i] < from || x[i] > to || !Number.isFinite(y[i])) continue;
      low = Math.min(low, y[i]);
      high = Math.max(high, y[i]);
    }
  }
  if (low > high) return null;
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - air, high + air];
}

/** Stretches of a line without its gaps: [first, behind the last] of the finite values. */
export function stretches(y) {
  const found = [];
  let first = -1;
  for (let i = 0; i <= y.length; i++) {
    const sound = i < y.length && Number.isFinite(y[i]);
    if (sound && first < 0) first = i;
    if (!sound && first >= 0) {
      found.push([first, i]);
      first = -1;
    }
  }
  return found;
}
