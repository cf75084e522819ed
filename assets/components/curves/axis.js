// Numbers and axes: where ticks stand, what is nearest, where a line has gaps.

/** Round numbers from low to high, about `wanted` of them; in finer steps where less than two would be in sight. */
export function ticks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(raw));
  const fitting = [1, 2, 5, 10].findIndex((factor) => power * factor >= raw * 0.999);
  const found = multiples(power * [1, 2, 5, 10][fitting], low, high);
  return found.length < 2 ? multiples(power * [0.5, 1, 2, 5][fitting], low, high) : found;
}

function multiples(step, low, high) {
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(k * step + 0);
  return found;
}

/** Round numbers of a logarithmic axis: as many digits of each power of ten as there is room for. */
export function logTicks(low, high, wanted) {
  for (const digits of [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5], [1, 2, 5], [1]]) {
    const found = [];
    for (let k = Math.floor(Math.log10(low)); 10 ** k <= high; k++) {
      for (const digit of digits) if (digit * 10 ** k >= low && digit * 10 ** k <= high) found.push(digit * 10 ** k);
    }
    if (found.length <= Math.max(wanted, 3) || digits.length === 1) return found;
  }
}

const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800];

/** Round times from low to high, in seconds, about `wanted` of them. */
export function timeTicks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted), step = CLOCK.find((seconds) => seconds >= raw * 0.999);
  if (!step) return ticks(low / 604800, high / 604800, wanted).map((weeks) => weeks * 604800);
  return multiples(step, low, high);
}

/** Seconds as a person says them: "45 s", "12 min", "1 h 30 min", "2 d 4 h". */
export function clock(seconds) {
  const whole = Math.round(seconds);
  for (const [size, unit, part, small] of [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]]) {
    if (whole < size) continue;
    const rest = Math.floor((whole % size) / part);
    return `${Math.floor(whole / size)} ${unit}${rest ? ` ${rest} ${small}` : ""}`;
  }
  return `${whole} s`;
}

/** A large number in three digits: "1.5M". */
export function compact(value) {
  return value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 3 });
}

/** The value at x in a table of ascending pairs x, y, x, y ...; the line between two, the end beyond the ends. */
export function interpolate(table, x) {
  let low = 0, high = table.length / 2 - 1;
  if (high < 0) return x;
  if (x <= table[0]) return table[1];
  if (x >= table[2 * high]) return table[2 * high + 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[2 * middle] <= x) low = middle;
    else high = middle;
  }
  const [x0, y0, x1, y1] = table.subarray(2 * low, 2 * low + 4);
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0 || 1);
}

/** A number on an axis: grouped thousands, no more digits than needed, powers of ten when tiny. */
export function short(value) {
  const size = Math.abs(value);
  if (size && size < 0.001) return value.toExponential(0).replace("e-", "e−");
  if (size >= 100_000) return compact(value); // six figures do not fit beside an axis
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

/** Lowest and highest finite value of curves between two places, with some air, or null; on a logarithmic axis of
 * those above 0. */
export function span(curves, from, to, log = false) {
  let low = Infinity, high = -Infinity;
  for (const { x, y } of curves) {
    for (let i = 0; i < x.length; i++) {
      if (x[i] < from || x[i] > to || !drawable(y[i], log)) continue;
      low = Math.min(low, y[i]);
      high = Math.max(high, y[i]);
    }
  }
  if (low > high) return null;
  if (log) return [low / 1.06, high * 1.06];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - air, high + air];
}

const drawable = (value, log) => Number.isFinite(value) && !(log && value <= 0);

/** Stretches of a line without its gaps: [first, behind the last] of the values that can be drawn. */
export function stretches(y, log = false) {
  const found = [];
  let first = -1;
  for (let i = 0; i <= y.length; i++) {
    const sound = i < y.length && drawable(y[i], log);
    if (sound && first < 0) first = i;
    if (!sound && first >= 0) {
      found.push([first, i]);
      first = -1;
    }
  }
  return found;
}
