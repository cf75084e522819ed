// The step view: a translation piece by piece, and at each step the likeliest next pieces. Python sends one blob
// with all steps; scrubbing happens here, and only the choice of another translation goes back.

const VIEWS = new WeakMap();
const TYPES = { uint32: Uint32Array, float32: Float32Array };

// ---- pure -------------------------------------------------------------------------------------------

/** Header and arrays of a blob made by pack() in pages/ui/components.py. */
export function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const aligned = bytes.byteOffset % 8 ? bytes.slice() : bytes;
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = new TYPES[dtype](aligned.buffer, aligned.byteOffset + start + offset, size);
  }
  return { header, arrays, steps: header.arrays.taken.shape[0], most: header.arrays.top.shape[1] };
}

/** A probability as a person reads it: never 0 % or 100 % where it is not. */
export function percent(p) {
  if (p > 0 && p < 0.0001) return "< 0.01 %";
  if (p < 1 && p > 0.9999) return "> 99.99 %";
  return `${(100 * p).toFixed(p < 0.01 || p > 0.99 ? 2 : 1)} %`;
}

/** A signed number with a true minus sign. */
export const signed = (value, digits = 2) => value.toFixed(digits).replace(/^-/, "−");

/** The rows of one step: {label, p, taken, rank}, best first, the piece taken even where it is not among them,
 * and at the end what is left for all the others ({rest: how many pieces}). */
export function rowsOf({ header, arrays, most }, step) {
  const rows = [];
  let left = 1;
  const taken = arrays.taken[step];
  for (let place = 0; place < most; place++) {
    const label = arrays.top[step * most + place];
    const p = arrays.topProbs[step * most + place];
    rows.push({ label, p, taken: label === taken, rank: place + 1 });
    left -= p;
  }
  if (!rows.some((row) => row.taken)) {
    const p = Math.exp(arrays.logProbs[step]);
    rows.push({ label: taken, p, taken: true, rank: arrays.ranks[step] });
    left -= p;
  }
  const rest = header.vocabulary - rows.length;
  if (rest > 0) rows.push({ rest, p: Math.max(0, left) });
  return rows;
}

/** A step that exists, nearest to the one asked for. */
export const within = (step, steps) => Math.min(Math.max(0, step), steps - 1);

const count = (n) => n.toLocaleString("en");

// ---- the view ---------------------------------------------------------------------------------------

export default function steps({ parentElement, data, setStateValue }) {
  let view = VIEWS.get(parentElement);
  if (!view) VIEWS.set(parentElement, (view = build(parentElement)));
  view.send = setStateValue;
  if (data && data !== view.bytes) receive(view, data);
  return () => {
    view.listeners.abort();
    VIEWS.delete(parentElement);
  };
}

function build(parent) {
  const names = ["steps", "list", "figures", "target", "back", "on", "place", "bars", "says", "sum", "model", "dims"];
  const part = Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
  part.range = parent.querySelector("input");
  const view = { part, listeners: new AbortController(), step: 0, drawn: 0 };
  const on = (target, type, listener) => target.addEventListener(type, listener, { signal: view.listeners.signal });
  on(part.range, "input", () => go(view, part.range.valueAsNumber - 1));
  on(part.back, "click", () => go(view, view.step - 1));
  on(part.on, "click", () => go(view, view.step + 1));
  on(part.target, "click", (event) => event.target.closest("button") && go(view, Number(event.target.closest("button").dataset.step)));
  on(part.target, "keydown", (event) => pieceKey(view, event));
  on(part.list, "click", (event) => event.target.closest("button") && choose(view, Number(event.target.closest("button").dataset.place)));
  on(part.list, "keydown", (event) => listKey(view, event));
  return view;
}

function receive(view, bytes) {
  const before = view.blob?.header;
  view.bytes = bytes;
  view.blob = unpack(bytes);
  const { header, steps } = view.blob;
  if (before?.list !== header.list) view.step = 0;
  view.step = within(view.step, steps);
  view.part.range.max = steps;
  view.part.model.textContent = header.provenance;
  view.part.dims.textContent = `b t v = 1 × ${steps} × ${count(header.vocabulary)}`;
  paintList(view);
  paintTarget(view);
  paintStep(view);
  view.part.steps.dataset.drawn = String((view.drawn += 1));
}

function choose(view, place) {
  const { header } = view.blob;
  if (place === header.place) return;
  header.place = place;
  markList(view);
  view.step = 0;
  view.send("chosen", { list: header.list, place });
}

function go(view, step) {
  const next = within(step, view.blob.steps);
  if (next === view.step) return;
  view.step = next;
  paintStep(view);
}

function pieceKey(view, event) {
  const to = { ArrowLeft: view.step - 1, ArrowRight: view.step + 1, Home: 0, End: view.blob.steps - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  go(view, to);
  view.part.target.children[view.step].focus();
}

function listKey(view, event) {
  const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const place = within(view.blob.header.place + by, view.blob.header.translations.length);
  choose(view, place);
  view.part.list.children[place].focus();
}

// ---- painting: what a person or a model wrote goes in by textContent alone ----------------------------

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** A label's parts into an element; what stands for something invisible is quiet. */
function fill(target, parts) {
  target.replaceChildren(...parts.map(([text, quiet]) => element(quiet ? "i" : "span", "", text)));
}

function numbers(found, header) {
  const parts = [`log P ${signed(found.logProb)}`];
  if (header.ranked) parts.push(`score ${signed(found.score)}`);
  if (!found.finished) parts.push("unfinished");
  return parts.join(" · ");
}

function paintList(view) {
  const { header } = view.blob;
  const { list, figures } = view.part;
  figures.textContent = numbers(header.translations[header.place], header);
  list.hidden = header.translations.length < 2;
  list.replaceChildren(...header.translations.map((found, place) => {
    const button = element("button");
    button.type = "button";
    button.setAttribute("role", "radio");
    button.dataset.place = place;
    const text = element("bdi", "text", found.text.trim() || "∅");
    button.append(element("b", "", `${header.numbered} ${place + 1}`), text, element("small", "", numbers(found, header)));
    return button;
  }));
  markList(view);
}

function markList(view) {
  [...view.part.list.children].forEach((button, place) => {
    button.setAttribute("aria-checked", String(place === view.blob.header.place));
    button.tabIndex = place === view.blob.header.place ? 0 : -1;
  });
}

function paintTarget(view) {
  const { blob: { header, arrays, steps }, part } = view;
  const specials = new Set(header.specials), starts = new Set(header.starts);
  const begins = (label) => specials.has(label) || starts.has(label);
  const pieces = Array.from({ length: steps }, (_, step) => {
    const button = element("button");
    const label = arrays.taken[step];
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.step = step;
    button.classList.toggle("special", specials.has(label));
    button.classList.toggle("gap", step < steps - 1 && begins(arrays.taken[step + 1]));
    fill(button, header.bare[label]);
    button.style.setProperty("--tint", `${(62 * Math.exp(arrays.logProbs[step])).toFixed(1)}%`);
    return button;
  });
  part.target.replaceChildren(...pieces);
}

function paintStep(view) {
  const { blob, part, step } = view;
  const { header, arrays, steps } = blob;
  [...part.target.children].forEach((button, place) => {
    button.classList.toggle("here", place === step);
    button.classList.toggle("ahead", place > step);
    button.setAttribute("aria-pressed", String(place === step));
  });
  part.range.value = step + 1;
  part.back.disabled = step === 0;
  part.on.disabled = step === steps - 1;
  part.place.textContent = `step ${step + 1} of ${steps}`;
  paintBars(view);
  const p = Math.exp(arrays.logProbs[step]);
  const piece = element("bdi", "");
  fill(piece, header.labels[arrays.taken[step]]);
  const rank = arrays.ranks[step];
  const place = rank === 1 ? "its first choice" : `its choice number ${count(rank)} of ${count(header.vocabulary)}`;
  part.says.replaceChildren("Taken: ", piece, `, ${place}, ${percent(p)}, log P ${signed(arrays.logProbs[step])}.`);
  part.range.setAttribute("aria-valuetext", `${step + 1} of ${steps}: ${piece.textContent}, ${percent(p)}`);
  const sum = arrays.logProbs.reduce((total, value) => total + value, 0);
  part.sum.textContent = steps === 1
    ? `One step: its log P ${signed(sum)} is the log-probability of the translation.`
    : `The log P of the ${steps} steps add up to ${signed(sum)}, the log-probability of the translation.`;
  part.steps.dataset.step = String(step + 1);
}

function paintBars(view) {
  const { blob, part, step } = view;
  const rows = rowsOf(blob, step);
  while (part.bars.children.length > rows.length) part.bars.lastChild.remove();
  while (part.bars.children.length < rows.length) {
    const row = element("li");
    row.append(element("bdi"), element("span", "bar"), element("b"));
    part.bars.append(row);
  }
  rows.forEach((row, place) => {
    const item = part.bars.children[place];
    const [label, bar, number] = item.children;
    if (row.rest) label.replaceChildren(element("i", "", `${count(row.rest)} others`));
    else fill(label, blob.header.labels[row.label]);
    item.className = row.rest ? "rest" : row.taken ? "taken" : "";
    bar.style.setProperty("--share", row.p.toFixed(4));
    number.textContent = percent(row.p);
  });
}
