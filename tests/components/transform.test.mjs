// What the attention view makes of weights in the browser: words, means, norms, what is left out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { factWords, facts, shortRole, rolesHere } from "../../assets/components/attention/facts.js";
import { describe, plain } from "../../assets/components/attention/describe.js";
import { detailLayout } from "../../assets/components/attention/layout.js";
import { DEFAULTS, note, subjectName } from "../../assets/components/attention/settings.js";
import { current, shownHeads, sums } from "../../assets/components/attention/shown.js";
import { entropy, joined, kept, mean, shareOn, squared, strongest, timesNorm, tops } from "../../assets/components/attention/transform.js";

/** A set of heads with rows that sum to 1, the same each time; halves that are exact: multiples of 1/64. */
function heads(layers, perLayer, rows, cols, causal = false) {
  let seed = 7;
  const draw = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const values = new Float32Array(layers * perLayer * rows * cols);
  for (let from = 0; from < values.length; from += cols) {
    const last = causal ? ((from / cols) % rows) + 1 : cols;
    for (let unit = 0; unit < 64; unit++) values[from + Math.floor(draw() * last)] += 1 / 64;
  }
  return { shape: [layers, perLayer, rows, cols], values };
}
const row = ({ shape: [, , rows, cols], values }, head, i) => [...values.subarray((head * rows + i) * cols, (head * rows + i + 1) * cols)];
const total = (numbers) => numbers.reduce((a, b) => a + b, 0);
const near = (a, b, off = 1e-5) => assert.ok(Math.abs(a - b) < off, `${a} is not ${b}`);

test("a triangle becomes a square whose future is 0", () => {
  const made = squared({ shape: [1, 2, 6], values: Uint16Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) });
  assert.deepEqual(made.shape, [1, 2, 3, 3]);
  assert.deepEqual([...made.values], [1, 0, 0, 2, 3, 0, 4, 5, 6, 7, 0, 0, 8, 9, 0, 10, 11, 12]);
});

test("joining to words adds columns, averages rows, and keeps rows at 1", () => {
  const set = heads(2, 3, 4, 5), made = joined(set, [[0, 1], [1, 4]], [[0, 2], [2, 3], [3, 5]]);
  assert.deepEqual(made.shape, [2, 3, 2, 3]);
  for (let head = 0; head < 6; head++) {
    const pieces = [1, 2, 3].map((i) => row(set, head, i));
    near(row(made, head, 1)[2], total(pieces.map((p) => p[3] + p[4])) / 3);
    near(row(made, head, 0)[0], total(row(set, head, 0).slice(0, 2)));
    for (const i of [0, 1]) near(total(row(made, head, i)), 1);
  }
});

test("words of one piece each change nothing", () => {
  const set = heads(1, 2, 3, 3), single = [[0, 1], [1, 2], [2, 3]];
  assert.deepEqual([...joined(set, single, single).values], [...set.values]);
});

test("the future stays closed to words", () => {
  const made = joined(heads(1, 1, 5, 5, true), [[0, 2], [2, 3], [3, 5]], [[0, 2], [2, 3], [3, 5]]);
  assert.deepEqual([row(made, 0, 0)[1], row(made, 0, 0)[2], row(made, 0, 1)[2]], [0, 0, 0]);
});

test("without special tokens the rest of a row sums to 1 again, in the same proportions", () => {
  const set = heads(2, 2, 4, 4), made = kept(set, [0, 1, 2], [0, 1, 2], true);
  for (let head = 0; head < 4; head++) for (const i of [0, 1, 2]) {
    const before = row(set, head, i), after = row(made, head, i);
    near(total(after), 1);
    after.forEach((value, j) => near(value * (1 - before[3]), before[j]));
  }
  assert.deepEqual(row(kept(set, [1], [0, 2], false), 0, 0), [row(set, 0, 1)[0], row(set, 0, 1)[2]]);
  const nothing = { shape: [1, 1, 1, 2], values: Float32Array.from([0, 1]) };
  assert.deepEqual([...kept(nothing, [0], [0], true).values], [0], "all of it was on the special token");
});

test("a mean of heads is their mean, and keeps rows at 1", () => {
  const set = heads(3, 2, 3, 4);
  near(row(mean(set, 1), 0, 2)[3], (row(set, 2, 2)[3] + row(set, 3, 2)[3]) / 2);
  near(row(mean(set), 0, 1)[0], total([0, 1, 2, 3, 4, 5].map((head) => row(set, head, 1)[0])) / 6);
  for (const i of [0, 1, 2]) near(total(row(mean(set), 0, i)), 1);
});

test("norms weigh each column of a head by its own", () => {
  const set = heads(1, 2, 2, 3), norms = Float32Array.from([1, 2, 3, 4, 5, 6]);
  const made = timesNorm(set, norms);
  for (const head of [0, 1]) for (const i of [0, 1]) row(made, head, i).forEach((value, j) => near(value, row(set, head, i)[j] * norms[head * 3 + j]));
  near(tops(made)[1], Math.max(...row(made, 1, 0), ...row(made, 1, 1)));
});

test("the strongest cells are as few as hold the mass", () => {
  const set = { shape: [1, 1, 2, 4], values: Float32Array.from([0.5, 0.25, 0.125, 0.125, 0, 0, 1, 0]) };
  assert.deepEqual([...strongest(set, 0.75)], [1, 1, 0, 0, 0, 0, 1, 0]);
  assert.deepEqual([...strongest(set, 0.8)].slice(0, 4).filter(Boolean).length, 3);
  assert.ok([...strongest(set, 1)].every(Boolean));
  const many = heads(2, 2, 6, 9), flags = strongest(many, 0.7);
  for (let from = 0; from < many.values.length; from += 9) {
    const cells = [...many.values.subarray(from, from + 9)].map((value, j) => [value, flags[from + j]]);
    const held = cells.filter(([, flag]) => flag).map(([value]) => value);
    assert.ok(total(held) >= 0.7 - 1e-6 && total(held) - Math.min(...held) < 0.7);
    assert.ok(Math.min(...held) >= Math.max(0, ...cells.filter(([, flag]) => !flag).map(([value]) => value)));
  }
});

test("entropy is 0 for one token and ln n for all alike", () => {
  const set = { shape: [1, 2, 1, 4], values: Float32Array.from([0, 1, 0, 0, 0.25, 0.25, 0.25, 0.25]) };
  near(entropy(set, 0), 0);
  near(entropy(set, 1), Math.log(4));
  assert.deepEqual([shareOn(set, 0, [1]), shareOn(set, 1, [0, 3])], [1, 0.5]);
});

/** A view as main.js holds it: 2 x 2 heads, cross, 3 target pieces on 4 source pieces. */
function view(settings = {}) {
  const set = heads(2, 2, 3, 4), label = (text) => [[text, false]];
  const halves = (values) => ({ values: Uint16Array.from(values, (value) => toHalf(value)) });
  return {
    header: { src: ["a", "b", "c", "[EOS]"].map(label), tgt: ["[SOS]", "x", "y"].map(label), roles: {},
      sides: { src: { special: [3], spans: [[0, 1], [1, 3], [3, 4]], words: ["a", "bc", "[EOS]"].map(label) }, tgt: { special: [0], spans: [[0, 1], [1, 3]], words: ["[SOS]", "xy"].map(label) } } },
    arrays: { cross: { shape: set.shape, ...halves(set.values) } }, norms: { cross: { values: Float32Array.from({ length: 16 }, (_, i) => 1 + i / 4) } },
    choice: { kind: "cross", layer: 1, head: 0 }, settings: { ...DEFAULTS, ...settings }, sets: {}, facts: {}, set,
  };
}

/** A number whose digits a half can hold, as its bits. */
function toHalf(value) {
  if (!value) return 0;
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024);
}

test("with nothing set the model's own numbers are shown", () => {
  const one = view(), subject = current(one);
  for (const i of [0, 1, 2]) row(one.set, 2, i).forEach((value, j) => assert.equal(subject.w(i, j), value));
  assert.equal(subject.top, 1);
  assert.equal(subjectName(one), "Layer 2, head 1");
  assert.equal(note(one), "");
});

test("settings come together: words, then specials, rows at 1", () => {
  const one = view({ unit: "words", specials: false }), subject = current(one);
  assert.deepEqual([subject.rows.length, subject.cols.length], [1, 2]);
  near(subject.w(0, 0) + subject.w(0, 1), 1);
  const [x, y] = [row(one.set, 2, 1), row(one.set, 2, 2)];
  near(subject.w(0, 1), (x[1] + x[2] + y[1] + y[2]) / (2 - x[3] - y[3]));
  assert.match(note(one), /words: columns added, rows averaged · without \[SOS\] and \[EOS\], rows scaled to 1 again/);
  assert.equal(plain(describe(subject, { row: 0, col: null })).startsWith("`xy` looks at `"), true);
});

test("norms end their scale at the longest vector of all heads, or of one", () => {
  const one = view({ measure: "norms" }), all = shownHeads(one);
  near(current(one).top, Math.max(...all.values));
  one.settings.scale = "own";
  near(current(one).top, Math.max(...[0, 1, 2].flatMap((i) => row(all, 2, i))));
  near(current(one).w(1, 2), row(one.set, 2, 1)[2] * (1 + 10 / 4));
  assert.match(plain(describe(current(one), { row: 1, col: null })), /^`x` takes most from `/);
  one.norms = {};
  one.sets = {};
  assert.equal(current(one).top, Math.max(...[0, 1, 2].flatMap((i) => row(one.set, 2, i))), "a look without norms shows weights");
});

test("a mean is named, and sums are of what is shown", () => {
  const one = view({ mean: "layer" });
  near(current(one).w(0, 0), (row(one.set, 2, 0)[0] + row(one.set, 3, 0)[0]) / 2);
  assert.equal(subjectName(one), "Layer 2, mean of 2 heads");
  one.settings.mean = "all";
  assert.equal(subjectName(one), "Mean of all 4 heads");
  const { rows, cols } = sums(current(one));
  rows.forEach((sum) => near(sum, 1));
  near(total(cols), 3);
  one.settings.mass = 0.6;
  assert.ok(sums(current(one)).rows.every((sum) => sum < 1 && sum >= 0.6 - 1e-6));
});

test("a target of [SOS] alone is shown rather than nothing", () => {
  const one = view({ specials: false });
  one.header.tgt = one.header.tgt.slice(0, 1);
  one.arrays.cross = { shape: [2, 2, 1, 4], values: one.arrays.cross.values.slice(0, 16) };
  assert.deepEqual([current(one).rows.length, current(one).cols.length], [1, 3]);
});

test("what is known of a head, in words", () => {
  const one = view();
  near(facts(one, "cross", 1, 0).special, total([0, 1, 2].map((i) => row(one.set, 2, i)[3])) / 3);
  assert.match(factWords(one, "cross", 1, 0), /^entropy \d\.\d\d nats, \d+ % on \[EOS\] here$/);
  const roles = ["alignment", "mixed", "position -2"].map((name) => ({ name, score: 0.625, chance: 0.0625 }));
  const told = { ...view(), facts: {} };
  told.header.roles = { about: "300 sentences of text", cross: [[roles[0], roles[1]], [roles[2], null]] };
  assert.match(factWords(told, "cross", 0, 0), /^aligns: looks where the source says the word that it is about to write \(0\.6\d, a uniform head 0\.06; 300 sentences of text\) · entropy/);
  assert.match(factWords(told, "cross", 0, 1), /^no single role \(closest/);
  assert.match(factWords(told, "cross", 1, 0), /^looks at token 2 from the end/);
  assert.deepEqual([roles[0], roles[1], roles[2], null].map(shortRole), ["next word", "", "no. −2", ""]);
  assert.deepEqual(rolesHere(told, "cross"), ["next word: aligns: looks where the source says the word that it is about to write", "no. −2: looks at token 2 from the end"]);
  assert.deepEqual(rolesHere(told, "encoder"), []);
});

test("sums have room beside and below the matrix", () => {
  for (const width of [340, 700]) {
    const sizes = { width, rows: 7, cols: 9, rowLabel: 60, colLabel: 50 };
    const { matrix, links, beside, height } = detailLayout({ ...sizes, sums: true });
    if (beside) assert.ok(links.left - matrix.right >= 46);
    else assert.ok(width - matrix.right >= 46 && links.y - matrix.bottom >= 34);
    assert.ok(height >= matrix.bottom + 34);
  }
});
