// The attention view: every head of one kind as a thumbnail, one head in detail. Python sends one blob of
// bytes; hover, lock and change of head happen here, and only a committed choice of head goes back.

const KINDS = {
  encoder: { title: "Encoder self", rows: "src", cols: "src", dims: "b h s s", tensor: (l) => `encoder.layers.${l}.self_attention.weights`,
    caption: "Every piece of the source (a row) looks at every piece of the source (a column). This is how a word learns what its sentence makes of it." },
  decoder: { title: "Decoder self", rows: "tgt", cols: "tgt", dims: "b h t t", tensor: (l) => `decoder.layers.${l}.self_attention.weights`, causal: true,
    caption: "Every piece of the target looks at itself and at what was written before it. The hatched cells are the future: masked, so that the model cannot peek." },
  cross: { title: "Cross", rows: "tgt", cols: "src", dims: "b h t s", tensor: (l) => `decoder.layers.${l}.cross_attention.weights`,
    caption: "Every piece of the target (a row) looks into the source (a column). Here the translation finds the words that it translates." },
};
const DEBOUNCE = 250; // ms of rest before a choice of head is sent to Python
const FAINT = 0.02; // links below this weight are not drawn
const VIEWS = new WeakMap();

// ---- pure: the blob, numbers, colours ---------------------------------------------------------------

/** Header and float16 arrays (as raw Uint16) of a blob made by pack() in pages/ui/components.py. */
export function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const aligned = bytes.byteOffset % 2 ? bytes.slice() : bytes;
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    if (dtype !== "float16") throw new Error(`attention: ${name} is ${dtype}, expected float16`);
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { shape, halves: new Uint16Array(aligned.buffer, aligned.byteOffset + start + offset, size) };
  }
  return { header, arrays };
}

/** One IEEE half, given as its 16 bits, as a number. */
export function halfToFloat(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : fraction * 2 ** -24);
}

let halfTable = null;

/** Float32 copy of an array of half bits; a table of the halves from 0 to 1 where the browser has no Float16Array. */
export function decodeHalves(halves) {
  if (globalThis.Float16Array) return new Float32Array(new Float16Array(halves.buffer, halves.byteOffset, halves.length));
  halfTable ??= Float32Array.from({ length: 0x3c01 }, (_, bits) => halfToFloat(bits));
  return Float32Array.from(halves, (bits) => (bits < halfTable.length ? halfTable[bits] : halfToFloat(bits)));
}

const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

function toOklab(rgb) {
  const [r, g, b] = rgb.map((c) => linear(c / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

function fromOklab([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s].map((c) => Math.round(255 * gamma(Math.min(1, Math.max(0, c)))));
}

/** Colour between two sRGB colours, mixed in OKLab so that equal steps look equal. */
export function mix(from, to, share) {
  const end = toOklab(to);
  return fromOklab(toOklab(from).map((c, i) => c + (end[i] - c) * share));
}

/** 256 colours for weights 0..1 as little-endian RGBA: from the paper through the hue towards the ink. */
export function colourTable(paper, hue, dark) {
  const low = mix(paper, hue, dark ? 0.1 : 0.05);
  const high = mix(hue, dark ? [255, 255, 255] : [8, 10, 30], dark ? 0.72 : 0.5);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const t = i / 255;
    const [r, g, b] = t < 0.6 ? mix(low, hue, t / 0.6) : mix(hue, high, (t - 0.6) / 0.4);
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
}

export const luminance = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);

// ---- pure: words ------------------------------------------------------------------------------------

/** A piece as runs of text; what cannot be seen (spaces, controls) is a quiet run with a visible sign. */
export function visible(piece) {
  if (piece === "") return [{ text: "∅", quiet: true }];
  const signs = { "\n": "↵", "\t": "⇥", "\r": "↵" };
  return piece.split(/([\s\p{Cc}]+)/u).filter(Boolean).map((text) =>
    /^[\s\p{Cc}]/u.test(text) ? { text: [...text].map((c) => signs[c] ?? (/\s/u.test(c) ? "·" : "␣")).join(""), quiet: true } : { text, quiet: false });
}

const shown = (piece) => visible(piece).map(({ text }) => text).join("");

/** What a head does at a focus, as parts: plain strings, {token} and {number}. `w(row, col)` is a weight;
 * `cell` is the one under the pointer, told with all its digits, while `focus` may be locked elsewhere. */
export function describe({ rows, cols, w, causal }, focus, cell = focus, most = 5) {
  const number = (value, digits = 2) => ({ number: value.toFixed(digits) });
  const listing = (pairs) => pairs.sort((a, b) => b[1] - a[1]).filter(([, value], i) => !i || (i < most && value >= 0.005))
    .flatMap(([token, value], i) => [i ? ", " : "", { token }, " ", number(value)]);
  const from = (i) => ({ token: rows[i] }), to = (j) => ({ token: cols[j] });
  const exact = cell?.row == null || cell.col == null ? []
    : causal && cell.col > cell.row ? [to(cell.col), " is in the future of ", from(cell.row), ": masked. "]
    : [from(cell.row), " gives ", to(cell.col), " ", number(w(cell.row, cell.col), 3), ". "];
  const { row, col } = focus ?? {};
  if (row != null) {
    const seen = cols.map((token, j) => [token, w(row, j)]).filter((_, j) => !causal || j <= row);
    return [...exact, from(row), " looks at ", ...listing(seen)];
  }
  if (col != null) {
    const seeing = rows.map((token, i) => [token, w(i, col)]).filter((_, i) => !causal || col <= i);
    return [...exact, to(col), " is seen by ", ...listing(seeing)];
  }
  const links = rows.flatMap((_, i) => cols.map((_, j) => [i, j, w(i, j)])).sort((a, b) => b[2] - a[2]).slice(0, 3);
  return ["Strongest here: ", ...links.flatMap(([i, j, value], n) => [n ? "; " : "", from(i), " looks at ", to(j), " ", number(value)])];
}

export const plain = (parts) => parts.map((part) => (typeof part === "string" ? part : part.number ?? `\`${part.token}\``)).join("");

// ---- pure: choice and layout ------------------------------------------------------------------------

/** The choice nearest to `choice` that exists in `arrays`. */
export function validChoice(choice, arrays) {
  const kind = Object.hasOwn(arrays, choice?.kind) ? choice.kind : Object.keys(arrays)[0];
  const within = (n, size) => (Number.isInteger(n) && n >= 0 && n < size ? n : 0);
  const [layers, heads] = arrays[kind].shape;
  return { kind, layer: within(choice?.layer, layers), head: within(choice?.head, heads) };
}

/** Python's choice, unless the person is already further than Python had seen when it answered. */
export function reconcile(local, header) {
  const ahead = local.choice && (local.waiting || header.seen < local.sent);
  return ahead ? local.choice : header.choice;
}

/** Places of the thumbnails, CSS pixels: layers are rows, heads are columns. */
export function gridLayout(width, [layers, heads, rows, cols]) {
  const left = 26, top = 20, gap = heads > 8 ? 4 : heads > 4 ? 6 : 8;
  const cellW = Math.max(12, Math.min(96, Math.floor((width - left - 3 - gap * (heads - 1)) / heads)));
  const cellH = Math.round(cellW * Math.min(1.5, Math.max(0.5, rows / cols)));
  return { left, top, gap, cellW, cellH, height: top + layers * (cellH + gap) + 3,
    at: (layer, head) => [left + head * (cellW + gap), top + layer * (cellH + gap)] };
}

/** Place of a weight in the colour table. */
const shade = (weight) => (clamp(0, weight, 1) * 255 + 0.5) | 0;

const clamp = (low, value, high) => Math.min(high, Math.max(low, value));

/** Places of the matrix and of the links, CSS pixels. Beside each other they share the labels of the rows. */
export function detailLayout({ width, rows, cols, rowLabel, colLabel }) {
  const gap = 10, number = 34, lines = 120;
  const slant = Math.round(colLabel * 0.72);
  const top = slant + 14;
  const room = Math.floor((width - 2 * gap - rowLabel - lines - colLabel - number) / cols);
  const beside = room >= 7;
  const overhang = Math.max(0, slant - 4);
  const across = beside ? room : Math.floor((width - rowLabel - gap - overhang) / cols);
  const cellH = clamp(beside ? 10 : 9, Math.min(Math.max(across, 15), Math.floor(640 / Math.max(rows, cols))), 42);
  const cellW = clamp(beside ? 7 : 9, across, Math.min(56, Math.max(cellH * 1.5, 9)) | 0);
  const x = beside ? 0 : rowLabel + gap;
  const matrix = { x, y: top, cellW, cellH, right: x + cols * cellW, bottom: top + rows * cellH };
  const pitch = beside ? cellH : clamp(11, Math.floor(480 / Math.max(rows, cols)), 26);
  const left = beside ? matrix.right + gap : 0;
  const right = Math.min(beside ? width : Math.max(width, 0), left + rowLabel + 420 + colLabel + number) - colLabel - number;
  const links = { y: beside ? top : matrix.bottom + 44, pitch, left, from: left + rowLabel, to: right, end: right + colLabel + number };
  return { beside, matrix, links, width: Math.max(width, beside ? links.end : matrix.right + overhang),
    height: Math.max(matrix.bottom, links.y + pitch * Math.max(rows, cols)) + 2 };
}

/** What lies under a point of the detail: {row, col} in the matrix, one of them on a label, or null. */
export function hit({ matrix, links, beside }, rows, cols, x, y) {
  const row = Math.floor((y - matrix.y) / matrix.cellH);
  const col = Math.floor((x - matrix.x) / matrix.cellW);
  const inRow = row >= 0 && row < rows, inCol = col >= 0 && col < cols;
  if (inRow && inCol) return { row, col };
  if (inRow && !beside && x < matrix.x) return { row, col: null };
  const place = Math.floor((y - links.y) / links.pitch);
  const middle = (links.from + links.to) / 2;
  if (place >= 0 && x >= links.left && x <= links.end) {
    if (x < middle && place < rows) return { row: place, col: null };
    if (x >= middle && place < cols) return { row: null, col: place };
  }
  const slanted = Math.floor((x - (matrix.y - y) - matrix.x) / matrix.cellW);
  return y < matrix.y && slanted >= 0 && slanted < cols ? { row: null, col: slanted } : null;
}

// ---- the view: state --------------------------------------------------------------------------------

export default function attention({ parentElement, data, setStateValue }) {
  let view = VIEWS.get(parentElement);
  if (!view) VIEWS.set(parentElement, (view = build(parentElement)));
  view.send = setStateValue;
  if (data && data !== view.bytes) receive(view, data);
  view.restyle = true;
  repaint(view);
  return () => {
    view.listeners.abort();
    view.observer.disconnect();
    clearTimeout(view.timer);
    cancelAnimationFrame(view.frame);
    VIEWS.delete(parentElement);
  };
}

function build(parent) {
  const part = Object.fromEntries(["view", "kinds", "ramp", "caption", "count", "heads", "thumbs", "cells", "title", "scroll", "detail", "tip",
    "line", "release", "model", "tensor", "dims"].map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, listeners: new AbortController(), choice: null, sent: 0, waiting: false, hover: null, lock: null, floats: {}, pictures: {}, drawn: 0, frame: 0 };
  const on = (target, type, listener) => target.addEventListener(type, listener, { signal: view.listeners.signal });
  on(part.detail, "pointermove", (event) => look(view, pointed(view, event)));
  on(part.detail, "pointerleave", (event) => event.pointerType === "touch" || look(view, null));
  on(part.detail, "click", (event) => toggleLock(view, pointed(view, event)));
  on(part.detail, "focus", () => part.detail.matches(":focus-visible") && look(view, view.lock ?? { row: 0, col: 0 }));
  on(part.detail, "blur", () => look(view, null));
  on(part.detail, "keydown", (event) => detailKey(view, event));
  on(part.cells, "keydown", (event) => headKey(view, event));
  on(part.kinds, "keydown", (event) => kindKey(view, event));
  on(document, "keydown", (event) => event.key === "Escape" && view.lock && free(view));
  on(part.release, "click", () => free(view));
  view.observer = new ResizeObserver(() => {
    const widths = `${part.heads.clientWidth} ${part.scroll.clientWidth}`;
    if (widths !== view.widths) repaint(view);
    view.widths = widths;
  });
  view.observer.observe(part.heads);
  view.observer.observe(part.scroll);
  document.fonts?.ready.then(() => repaint(view));
  return view;
}

function receive(view, bytes) {
  performance.mark("dawn-attention-data");
  const { header, arrays } = unpack(bytes);
  const sameTokens = JSON.stringify([header.src, header.tgt]) === view.tokens;
  if (!view.bytes) view.sent = header.seen;
  Object.assign(view, { bytes, header, arrays, floats: {}, pictures: {}, tokens: JSON.stringify([header.src, header.tgt]) });
  if (!sameTokens) view.hover = view.lock = null;
  const choice = validChoice(reconcile(view, header), arrays);
  if (choice.kind !== view.choice?.kind) view.hover = view.lock = null;
  view.choice = choice;
  buildKinds(view);
  buildCells(view);
}

function choose(view, change) {
  const before = view.choice;
  view.choice = validChoice({ ...before, ...change }, view.arrays);
  if (JSON.stringify(before) === JSON.stringify(view.choice)) return;
  if (before.kind !== view.choice.kind) {
    view.hover = view.lock = null;
    buildCells(view);
  }
  view.waiting = true;
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    view.waiting = false;
    view.sent += 1;
    view.send("choice", { ...view.choice, n: view.sent });
  }, DEBOUNCE);
  repaint(view);
}

const decoded = (view, kind) => (view.floats[kind] ??= decodeHalves(view.arrays[kind].halves));

/** The head on show: its tokens and w(row, col). */
function current(view) {
  const { kind, layer, head } = view.choice;
  const [, heads, rows, cols] = view.arrays[kind].shape;
  const floats = decoded(view, kind);
  const start = (layer * heads + head) * rows * cols;
  return { rows: view.header[KINDS[kind].rows], cols: view.header[KINDS[kind].cols], causal: KINDS[kind].causal, w: (i, j) => floats[start + i * cols + j] };
}

// ---- the view: input --------------------------------------------------------------------------------

function pointed(view, event) {
  const box = view.part.detail.getBoundingClientRect();
  const [, , rows, cols] = view.arrays[view.choice.kind].shape;
  return hit(view.layout, rows, cols, event.clientX - box.left, event.clientY - box.top);
}

function look(view, place) {
  if (place?.row === view.hover?.row && place?.col === view.hover?.col) return;
  view.hover = place;
  repaint(view, false);
}

function toggleLock(view, place) {
  const same = place && view.lock && place.row === view.lock.row && (place.row != null || place.col === view.lock.col);
  view.lock = same ? null : place && (place.row != null ? { row: place.row, col: null } : place);
  repaint(view);
}

function free(view) {
  view.lock = null;
  if (view.part.release.matches(":focus")) view.part.detail.focus();
  repaint(view);
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function detailKey(view, event) {
  const [, , rows, cols] = view.arrays[view.choice.kind].shape;
  const step = ARROWS[event.key];
  const at = { row: view.hover?.row ?? 0, col: view.hover?.col ?? 0 };
  if (step) look(view, { row: clamp(0, at.row + step[0], rows - 1), col: clamp(0, at.col + step[1], cols - 1) });
  else if (event.key === "Enter") toggleLock(view, at);
  else return;
  event.preventDefault();
}

function headKey(view, event) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const [layers, heads] = view.arrays[view.choice.kind].shape;
  const { layer, head } = view.choice;
  choose(view, { layer: clamp(0, layer + step[0], layers - 1), head: clamp(0, head + step[1], heads - 1) });
  markSelection(view);
  view.part.cells.querySelector('[tabindex="0"]').focus();
}

function kindKey(view, event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const kinds = Object.keys(view.arrays);
  choose(view, { kind: kinds[(kinds.indexOf(view.choice.kind) + step + kinds.length) % kinds.length] });
  markSelection(view);
  view.part.kinds.querySelector('[tabindex="0"]').focus();
}

// ---- the view: elements -----------------------------------------------------------------------------

function button(text, role, onclick) {
  const element = Object.assign(document.createElement("button"), { type: "button", textContent: text, onclick });
  element.setAttribute("role", role);
  return element;
}

function buildKinds(view) {
  const names = Object.keys(view.arrays).join();
  if (view.kindNames === names) return;
  view.kindNames = names;
  view.part.kinds.replaceChildren(...Object.keys(view.arrays).map((kind) => {
    const element = button(KINDS[kind].title, "radio", () => choose(view, { kind }));
    element.dataset.kind = kind;
    return element;
  }));
}

function buildCells(view) {
  const [layers, heads] = view.arrays[view.choice.kind].shape;
  if (view.cellCount === `${layers}x${heads}`) return;
  view.cellCount = `${layers}x${heads}`;
  view.part.cells.replaceChildren(...Array.from({ length: layers }, (_, layer) => {
    const row = document.createElement("div");
    row.setAttribute("role", "row");
    row.append(...Array.from({ length: heads }, (_, head) => {
      const cell = button("", "gridcell", () => choose(view, { layer, head }));
      cell.setAttribute("aria-label", cell.title = `layer ${layer + 1}, head ${head + 1}`);
      return cell;
    }));
    return row;
  }));
}

function markSelection(view) {
  const { kind, layer, head } = view.choice;
  Object.assign(view.part.view.dataset, { kind, layer: layer + 1, head: head + 1 });
  for (const element of view.part.kinds.children) {
    element.setAttribute("aria-checked", element.dataset.kind === kind);
    element.tabIndex = element.dataset.kind === kind ? 0 : -1;
  }
  [...view.part.cells.children].forEach((row, l) => [...row.children].forEach((cell, h) => {
    cell.setAttribute("aria-selected", l === layer && h === head);
    cell.tabIndex = l === layer && h === head ? 0 : -1;
  }));
}

function writeWords(view, subject) {
  const { kind, layer, head } = view.choice;
  const { shape: [layers, heads, rows, cols] } = view.arrays[kind];
  const { part, header } = view;
  part.caption.textContent = KINDS[kind].caption;
  const { pool } = view.grid;
  part.count.textContent = `${layers} layers x ${heads} heads${pool > 1 ? `, a dot is the strongest of ${pool} x ${pool} weights` : ""}`;
  part.title.textContent = `Layer ${layer + 1}, head ${head + 1}`;
  part.model.textContent = header.provenance;
  part.tensor.textContent = KINDS[kind].tensor(layer);
  part.dims.textContent = `${KINDS[kind].dims} = 1 x ${heads} x ${rows} x ${cols}`;
  part.detail.setAttribute("aria-label", `${KINDS[kind].title} attention, layer ${layer + 1}, head ${head + 1}: ${rows} rows look at ${cols} columns. Arrow keys move, Enter locks, Escape releases.`);
  const parts = describe(subject, view.lock ?? view.hover, view.hover);
  if (part.line.dataset.text !== (part.line.dataset.text = plain(parts))) part.line.replaceChildren(...parts.map(partElement));
  part.release.hidden = !view.lock;
}

function partElement(part) {
  if (typeof part === "string") return document.createTextNode(part);
  const element = document.createElement(part.token == null ? "span" : "bdi");
  if (part.token == null) element.className = "number";
  element.textContent = part.number ?? shown(part.token);
  return element;
}

// ---- the view: painting -----------------------------------------------------------------------------

function repaint(view, everything = true) {
  view.stale ||= everything;
  view.frame ||= requestAnimationFrame(() => {
    view.frame = 0;
    if (view.header && view.part.heads.clientWidth) paint(view);
  });
}

function paint(view) {
  const subject = current(view);
  if (view.stale) {
    const widths = [view.part.heads.clientWidth, view.part.scroll.clientWidth - 8]; // read before anything is written
    readTheme(view);
    markSelection(view);
    paintGrid(view, widths[0]);
    layDetail(view, subject, widths[1]);
  }
  view.stale = false;
  writeWords(view, subject);
  paintDetail(view, subject);
  placeTip(view, subject);
  view.part.view.dataset.drawn = view.drawn += 1;
  performance.mark("dawn-attention-drawn");
}

let pixel = null;

/** A CSS colour, in whatever notation, as [r, g, b]. */
function rgb(css) {
  pixel ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  pixel.fillStyle = css;
  pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/** Colours of the kind in the theme of the page, kept until Streamlit calls again (it does when its theme changes). */
function readTheme(view) {
  const { kind } = view.choice;
  if (view.restyle) view.themes = {};
  view.restyle = false;
  if (!view.themes[kind]) {
    const style = getComputedStyle(view.part.view);
    const read = (name) => style.getPropertyValue(name).trim();
    const [paper, ink, hue] = ["--paper", "--ink", `--${kind}`].map((name) => rgb(read(name)));
    const dark = luminance(paper) < 0.2;
    const css = (colour, alpha = 1) => `rgb(${colour.join(" ")} / ${alpha})`;
    view.themes[kind] = { paper, ink, hue, css, dark, table: colourTable(paper, hue, dark), number: css(mix(hue, ink, 0.3)), font: style.fontFamily, name: [kind, paper, hue].join() };
  }
  view.theme = view.themes[kind];
  view.part.view.dataset.theme = view.theme.dark ? "dark" : "light";
  const ramp = surface(view.part.ramp, 256, 1, 1);
  ramp.putImageData(new ImageData(new Uint8ClampedArray(view.theme.table.slice().buffer), 256, 1), 0, 0);
  view.part.ramp.style.cssText = ""; // its size is the style sheet's
}

/** Size a canvas for its device pixels, clear it, and give its context in CSS pixels. */
function surface(canvas, width, height, ratio = devicePixelRatio) {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  return context;
}

/**
 * Heads as one picture, layers down and heads across. A pixel is the strongest of `pool` x `pool` weights, and clear
 * where all of them are masked. `layers` and `heads` are [from, to).
 */
function picture(view, layers, heads, pool) {
  const { kind } = view.choice;
  const [, perLayer, rows, cols] = view.arrays[kind].shape;
  const floats = decoded(view, kind), { causal } = KINDS[kind], { table } = view.theme;
  const [high, wide] = [Math.ceil(rows / pool), Math.ceil(cols / pool)];
  const canvas = new OffscreenCanvas((heads[1] - heads[0]) * wide, (layers[1] - layers[0]) * high);
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const strongest = new Float32Array(pixels.length).fill(-1);
  for (let l = layers[0]; l < layers[1]; l++) for (let h = heads[0]; h < heads[1]; h++) for (let i = 0; i < rows; i++) {
    const from = ((l * perLayer + h) * rows + i) * cols;
    const to = ((l - layers[0]) * high + ((i / pool) | 0)) * canvas.width + (h - heads[0]) * wide;
    for (let j = 0; j < (causal ? i + 1 : cols); j++) {
      const at = to + ((j / pool) | 0), weight = floats[from + j];
      if (weight > strongest[at]) pixels[at] = table[shade((strongest[at] = weight))];
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** All heads of the kind, kept for the next paint. */
function allHeads(view, pool) {
  const [layers, heads] = view.arrays[view.choice.kind].shape;
  return (view.pictures[`${view.theme.name}/${pool}`] ??= picture(view, [0, layers], [0, heads], pool));
}

function hatch(view, context, x, y, width, height) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.beginPath();
  for (let d = -height; d < width; d += 6) {
    context.moveTo(x + d, y + height);
    context.lineTo(x + d + height, y);
  }
  context.strokeStyle = view.theme.css(view.theme.ink, 0.2);
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

function paintGrid(view, width) {
  const { part, theme, arrays, choice, lock } = view;
  const [layers, heads, rows, cols] = arrays[choice.kind].shape;
  const layout = (view.grid = gridLayout(width, arrays[choice.kind].shape));
  const { cellW: w, cellH: h } = layout;
  // Where a thumbnail has fewer pixels than its matrix, several weights share one.
  layout.pool = Math.max(1, Math.ceil(cols / (w * devicePixelRatio)), Math.ceil(rows / (h * devicePixelRatio)));
  const [high, wide] = [Math.ceil(rows / layout.pool), Math.ceil(cols / layout.pool)];
  const all = allHeads(view, layout.pool);
  const context = surface(part.thumbs, width, layout.height);
  context.font = `11px ${theme.font}`;
  context.textBaseline = "middle";
  for (let layer = 0; layer < layers; layer++) for (let head = 0; head < heads; head++) {
    const [x, y] = layout.at(layer, head);
    if (KINDS[choice.kind].causal) hatch(view, context, x, y, w, h);
    context.drawImage(all, head * wide, layer * high, wide, high, x, y, w, h);
    if (lock?.row != null) {
      context.fillStyle = theme.css(theme.paper, 0.6);
      context.fillRect(x, y, w, (lock.row * h) / rows);
      context.fillRect(x, y + ((lock.row + 1) * h) / rows, w, h - ((lock.row + 1) * h) / rows);
    }
    part.cells.children[layer].children[head].style.cssText = `left:${x}px;top:${y}px;width:${w}px;height:${h}px`;
    const here = (on) => (context.fillStyle = theme.css(theme.ink, on ? 1 : 0.6));
    context.textAlign = "center";
    if (!layer) here(head === choice.head), context.fillText(String(head + 1), x + w / 2, 8);
    context.textAlign = "right";
    if (!head) here(layer === choice.layer), context.fillText(`L${layer + 1}`, layout.left - 8, y + h / 2);
  }
}

/** Text of a piece that fits into `room` pixels, as runs with their widths. */
function fitRuns(context, piece, room) {
  const runs = visible(piece).map((run) => ({ ...run }));
  const width = () => runs.reduce((sum, run) => sum + (run.width = context.measureText(run.text).width), 0);
  let total = width();
  while (total > room && runs.length) {
    const last = runs.at(-1);
    const letters = [...last.text.replace(/…$/, "")];
    if (letters.length > 1 || runs.length === 1) last.text = `${letters.slice(0, -1).join("")}…`;
    else runs.pop();
    if (letters.length <= 1 && runs.length <= 1) break;
    total = width();
  }
  return { runs, total };
}

function layDetail(view, { rows, cols }, width) {
  const { layer, head } = view.choice;
  view.matrix = picture(view, [layer, layer + 1], [head, head + 1], 1);
  const context = view.part.detail.getContext("2d");
  context.font = `13px ${view.theme.font}`;
  const longest = (pieces) => Math.ceil(Math.max(28, ...pieces.map((piece) => fitRuns(context, piece, width < 460 ? 72 : 104).total))) + 4;
  const sizes = { width, rows: rows.length, cols: cols.length, rowLabel: longest(rows), colLabel: longest(cols) };
  view.layout = { ...detailLayout(sizes), ...sizes };
}

function drawLabel(view, context, piece, x, y, room, { align = "left", alpha = 0.85, bold = false, size }) {
  context.font = `${bold ? 600 : 400} ${size}px ${view.theme.font}`;
  const { runs, total } = fitRuns(context, piece, room);
  let at = align === "right" ? x - total : x;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const run of runs) {
    context.fillStyle = view.theme.css(view.theme.ink, run.quiet ? alpha * 0.45 : alpha);
    context.fillText(run.text, at, y);
    at += run.width;
  }
  return total;
}

function paintDetail(view, subject) {
  const { layout } = view;
  const context = surface(view.part.detail, layout.width, layout.height);
  paintMatrix(view, context, subject);
  paintColumnLabels(view, context, subject);
  paintLinks(view, context, subject);
}

function paintMatrix(view, context, { rows, cols, w, causal }) {
  const { theme, hover, lock } = view;
  const { matrix: { x, y, cellW, cellH, right, bottom }, beside, rowLabel } = view.layout;
  if (causal) hatch(view, context, x, y, right - x, bottom - y);
  context.drawImage(view.matrix, x, y, right - x, bottom - y);
  context.strokeStyle = theme.css(theme.paper);
  context.lineWidth = 1;
  context.beginPath();
  if (cellW >= 12 && cellH >= 12) {
    for (let j = 1; j < cols.length; j++) context.moveTo(x + j * cellW, y), context.lineTo(x + j * cellW, bottom);
    for (let i = 1; i < rows.length; i++) context.moveTo(x, y + i * cellH), context.lineTo(right, y + i * cellH);
  }
  context.stroke();
  if (cellW >= 28 && cellH >= 20) paintNumbers(view, context, { rows, cols, w, causal });
  const focus = lock ?? hover;
  context.strokeStyle = theme.css(theme.ink, 0.85);
  context.lineWidth = 1.5;
  if (focus?.row != null) context.strokeRect(x, y + focus.row * cellH, right - x, cellH);
  if (focus?.col != null) context.strokeRect(x + focus.col * cellW, y, cellW, bottom - y);
  if (hover?.row != null && hover.col != null) {
    context.lineWidth = 2.5;
    context.strokeRect(x + hover.col * cellW, y + hover.row * cellH, cellW, cellH);
  }
  if (!beside) rows.forEach((piece, i) => labelled(i, cellH, focus?.row) &&
    drawLabel(view, context, piece, x - 8, y + (i + 0.5) * cellH, rowLabel, emphasis(i, focus?.row, cellH, "right")));
}

function paintNumbers({ theme, layout }, context, { rows, cols, w, causal }) {
  const { x, y, cellW, cellH } = layout.matrix;
  context.font = `${cellH >= 30 ? 11 : 10}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let i = 0; i < rows.length; i++) for (let j = 0; j < (causal ? i + 1 : cols.length); j++) {
    const value = w(i, j);
    if (value < 0.05) continue;
    const colour = theme.table[shade(value)];
    const light = luminance([colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]);
    context.fillStyle = light > 0.2 ? "rgb(10 14 30 / .82)" : "rgb(255 255 255 / .94)";
    context.fillText(value.toFixed(2).replace(/^0/, ""), x + (j + 0.5) * cellW, y + (i + 0.5) * cellH + 0.5);
  }
}

/** Labels closer than a line of text are thinned; the one in focus is always there. */
const labelled = (index, pitch, focus) => index === focus || (index % Math.ceil(10 / pitch) === 0 && !(pitch < 10 && Math.abs(index - focus) * pitch < 10));

const emphasis = (index, focus, pitch, align) => ({ align, size: clamp(9, pitch - 2, 13), bold: index === focus, alpha: focus == null ? 0.85 : index === focus ? 1 : 0.5 });

function paintColumnLabels(view, context, { cols }) {
  const { matrix: { x, y, cellW }, colLabel } = view.layout;
  const focus = (view.lock ?? view.hover)?.col ?? view.hover?.col;
  cols.forEach((piece, j) => {
    if (!labelled(j, cellW, focus)) return;
    context.save();
    context.translate(x + (j + 0.5) * cellW, y - 6);
    context.rotate(-Math.PI / 4);
    drawLabel(view, context, piece, 0, 0, colLabel, emphasis(j, focus, Math.max(cellW, 11), "left"));
    context.restore();
  });
}

function paintLinks(view, context, { rows, cols, w, causal }) {
  const { theme, layout: { links, rowLabel, colLabel } } = view;
  const focus = view.lock ?? view.hover;
  const { row, col } = focus?.row != null ? { row: focus.row } : { col: focus?.col };
  const touched = (i, j) => (row == null || row === i) && (col == null || col === j) && (!causal || j <= i);
  const strength = (value) => (focus ? clamp(0.45, 0.45 + value, 1) : 0.85);
  const ends = rows.map((piece, i) => {
    const alpha = row != null ? (i === row ? 1 : 0.5) : col != null ? strength(touched(i, col) ? w(i, col) : 0) : 0.85;
    const style = { size: clamp(9, links.pitch - 2, 13), bold: i === row, alpha };
    const y = links.y + (i + 0.5) * links.pitch;
    const end = links.left + drawLabel(view, context, piece, links.left, y, rowLabel, style) + 8;
    return [col != null && touched(i, col) && w(i, col) >= 0.05 ? end + number(view, context, w(i, col), end, y) : end, y];
  });
  for (let j = 0; j < cols.length; j++) {
    const y = links.y + (j + 0.5) * links.pitch;
    const value = row != null && touched(row, j) ? w(row, j) : 0;
    const style = { size: clamp(9, links.pitch - 2, 13), bold: j === col, alpha: j === col ? 1 : row != null ? strength(value) : col != null ? 0.5 : 0.85 };
    const end = links.to + 8 + drawLabel(view, context, cols[j], links.to + 8, y, colLabel - 4, style);
    if (value >= 0.05) number(view, context, value, end + 7, y);
    for (let i = 0; i < rows.length; i++) if (touched(i, j) && w(i, j) >= FAINT) line(context, theme, ends[i], [links.to, y], w(i, j), focus);
  }
}

function number({ theme }, context, value, x, y) {
  context.font = `500 11px ${theme.font}`;
  context.fillStyle = theme.number;
  context.fillText(value.toFixed(2).replace(/^0/, ""), x, y + 0.5);
  return context.measureText(".00").width + 6;
}

function line(context, theme, [x0, y0], [x1, y1], value, focus) {
  const bend = (x1 - x0) * 0.45;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.strokeStyle = theme.css(theme.hue, clamp(0.06, focus ? value * 0.85 + 0.15 : value * 0.9, 0.95).toFixed(2));
  context.lineWidth = 0.75 + 4.25 * value;
  context.stroke();
}

function placeTip(view, { rows, cols, w, causal }) {
  const { part: { tip }, hover, layout: { matrix, width } } = view;
  tip.hidden = hover?.row == null || hover.col == null;
  if (tip.hidden) return;
  const { row, col } = hover;
  const [from, to, value] = tip.querySelectorAll("bdi, b");
  from.textContent = shown(rows[row]);
  to.textContent = shown(cols[col]);
  value.textContent = causal && col > row ? "masked" : w(row, col).toFixed(3);
  const x = matrix.x + (col + 0.5) * matrix.cellW - tip.offsetWidth / 2;
  tip.style.left = `${clamp(0, x, Math.max(0, width - tip.offsetWidth))}px`;
  const above = matrix.y + row * matrix.cellH - tip.offsetHeight - 7;
  tip.style.top = `${above >= 0 ? above : matrix.y + (row + 1) * matrix.cellH + 7}px`;
}
