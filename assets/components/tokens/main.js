// The pieces of a sentence with their integers, and for each distinct piece its row of the embedding. Python sends
// one blob; hover and keys act here. What a person typed is only ever textContent.

const HUES = ["#4583d6", "#dd5a36", "#1f9a91", "#c2901a", "#8d6bd8", "#d0548c", "#7a9e3b", "#6f87a8"];
const NIGHT = [45, 111, 181], SUN = [221, 90, 54];
const SHOWN_DIMS = 4;
const VIEWS = new WeakMap();

// ---- pure ------------------------------------------------------------------------------------------

/** Header and float32 arrays of a blob made by pack() in pages/ui/components.py. */
export function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const aligned = bytes.byteOffset % 4 ? bytes.slice() : bytes;
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    if (dtype !== "float32") throw new Error(`tokens: ${name} is ${dtype}, expected float32`);
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { shape, values: new Float32Array(aligned.buffer, aligned.byteOffset + start + offset, size) };
  }
  return { header, arrays };
}

/** The colour of a signed value, faded into the paper at 0: [red, green, blue, alpha]. */
export function diverging(value, limit) {
  const strength = Math.min(1, Math.abs(value) / (limit || 1));
  return [...(value < 0 ? NIGHT : SUN), Math.round(255 * strength)];
}

/** A number as people write it: "−0.041", "+0.300". */
export function signed(value, digits = 3) {
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
}

export const hue = (row) => HUES[row % HUES.length];

// ---- DOM -------------------------------------------------------------------------------------------

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Characters as they are, quiet signs where something invisible stands. */
function write(node, parts) {
  node.replaceChildren(...parts.map(([text, quiet]) => (quiet ? make("span", "q", text) : document.createTextNode(text))));
  return node;
}

const plain = (parts) => parts.map(([text]) => text).join("");

function build(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, pieces: find(".pieces"), rows: find(".rows"), tip: find(".tip"), readout: find(".readout"), row: 0, dim: null };
  const over = (event) => light(view, event.target.closest("[data-row]")?.dataset.row);
  view.pieces.addEventListener("pointerover", over);
  view.pieces.addEventListener("focusin", over);
  view.pieces.addEventListener("pointerleave", () => light(view));
  view.pieces.addEventListener("focusout", () => light(view));
  view.pieces.addEventListener("click", (event) => {
    const row = event.target.closest("button")?.dataset.row;
    if (row !== undefined) view.rows.querySelector(`[data-row="${row}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  view.rows.addEventListener("pointermove", (event) => pointed(view, event));
  view.rows.addEventListener("pointerdown", (event) => pointed(view, event));
  view.rows.addEventListener("pointerleave", () => release(view));
  view.rows.addEventListener("blur", () => release(view));
  view.rows.addEventListener("keydown", (event) => keyed(view, event));
  return view;
}

function counts(view) {
  view.root.querySelector(".counts").replaceChildren(...view.header.counts.map(([value, label]) => {
    const pair = make("div");
    pair.append(make("dt", "", label), make("dd", "", value));
    return pair;
  }));
}

function chip(view, segment) {
  const { pieces } = view.header;
  const kinds = segment.rows.map((row) => pieces[row].kind);
  const item = make("li", "chip");
  item.dataset.kind = kinds.includes("unknown") ? "unknown" : kinds.includes("byte") ? "byte" : kinds[0];
  item.dataset.row = segment.rows[0];
  item.toggleAttribute("data-start", segment.starts);
  item.style.setProperty("--hue", hue(segment.rows[0]));
  const ids = make("span", segment.rows.length > 1 ? "ids several" : "ids");
  for (const row of segment.rows) {
    const button = make("button");
    button.type = "button";
    button.dataset.row = row;
    button.style.setProperty("--hue", hue(row));
    button.title = `piece ${pieces[row].id}: ${plain(pieces[row].label)}`;
    if (segment.rows.length > 1) button.append(make("i", "", plain(pieces[row].label).replace(/^<(.+)>$/, "$1")));
    button.append(String(pieces[row].id));
    ids.append(button);
  }
  item.append(write(make("bdi", "text"), segment.text), ids);
  return item;
}

function gap(parts) {
  const item = write(make("li", "gap"), parts);
  item.setAttribute("aria-hidden", "true");
  return item;
}

function sentence(view) {
  const items = [];
  for (const segment of view.header.segments) {
    if (segment.gap.length) items.push(gap(segment.gap));
    items.push(chip(view, segment));
  }
  if (view.header.rest.length) items.push(gap(view.header.rest));
  view.pieces.replaceChildren(...items);
  view.root.querySelector(".legend").replaceChildren(...view.header.legend.map((line) => make("span", "", line)));
}

function cell(className, text, role = "cell") {
  const node = make("span", className, text);
  node.setAttribute("role", role);
  return node;
}

const valueClass = (dim) => `n value${dim > 1 ? " third" : ""}`;

function headRow(dims) {
  const row = make("div", "row head");
  row.setAttribute("role", "row");
  row.append(cell("n", "integer", "columnheader"), cell("name", "piece", "columnheader"));
  for (let dim = 0; dim < SHOWN_DIMS; dim++) row.append(cell(valueClass(dim), `dim ${dim}`, "columnheader"));
  row.append(cell("dots", `all ${dims} dimensions`, "columnheader"));
  return row;
}

function matrixRow(view, piece, place) {
  const dims = view.dims, values = view.values.subarray(place * dims, (place + 1) * dims);
  const row = make("div", "row");
  row.setAttribute("role", "row");
  row.dataset.row = place;
  row.style.setProperty("--hue", hue(place));
  row.append(cell("n", String(piece.id)), write(cell("name", "", "rowheader"), piece.label));
  for (let dim = 0; dim < SHOWN_DIMS; dim++) row.append(cell(valueClass(dim), signed(values[dim])));
  const strip = make("span", "strip"), canvas = make("canvas");
  canvas.width = dims;
  canvas.height = 1;
  const pen = canvas.getContext("2d"), image = pen.createImageData(dims, 1);
  values.forEach((value, dim) => image.data.set(diverging(value, view.header.limit), dim * 4));
  pen.putImageData(image, 0, 0);
  strip.append(canvas);
  strip.setAttribute("role", "cell");
  strip.setAttribute("aria-label", `${dims} numbers; use the arrow keys to read them`);
  row.append(strip);
  return row;
}

function matrix(view) {
  const { header, root } = view;
  const drawn = header.pieces.slice(0, view.count);
  root.querySelector("h3").textContent = header.title;
  root.querySelector(".lead").textContent = header.lead;
  root.querySelector(".low").textContent = signed(-header.limit, 2);
  root.querySelector(".high").textContent = signed(header.limit, 2);
  view.rows.setAttribute("aria-label", `Rows of the embedding: ${drawn.length} pieces, ${view.dims} dimensions`);
  view.rows.replaceChildren(headRow(view.dims), ...drawn.map((piece, place) => matrixRow(view, piece, place)));
  root.querySelector(".more").textContent = header.pieces.length > drawn.length
    ? `The rows of the first ${drawn.length} of ${header.pieces.length} distinct pieces are shown.` : "";
}

// ---- hover and keys --------------------------------------------------------------------------------

function light(view, row) {
  for (const node of view.root.querySelectorAll(".lit")) node.classList.remove("lit");
  if (row === undefined) return;
  for (const node of view.root.querySelectorAll(`[data-row="${Number(row)}"]`)) (node.closest(".ids") ? node : node.closest(".chip, .row")).classList.add("lit");
  for (const node of view.pieces.querySelectorAll("button.lit")) node.closest(".chip").classList.add("lit");
}

function pointed(view, event) {
  const row = event.target.closest(".row[data-row]");
  if (!row) return release(view);
  const box = row.querySelector(".strip").getBoundingClientRect();
  const dim = Math.floor(((event.clientX - box.left) / box.width) * view.dims);
  if (dim < 0 || dim >= view.dims) {
    release(view);
    return light(view, row.dataset.row);
  }
  show(view, Number(row.dataset.row), dim);
}

function keyed(view, event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [0, -16], PageDown: [0, 16] }[event.key];
  if (event.key === "Escape") release(view);
  if (!step || !view.count) return;
  event.preventDefault();
  const clamp = (value, end) => Math.max(0, Math.min(end - 1, value));
  show(view, clamp(view.row + step[0], view.count), clamp((view.dim ?? -1) + step[1], view.dims), true);
}

function show(view, row, dim, aloud = false) {
  view.row = row;
  view.dim = dim;
  const node = view.rows.querySelector(`[data-row="${row}"]`);
  for (const other of view.rows.querySelectorAll(".at")) other.classList.remove("at");
  node.classList.add("at");
  light(view, row);
  view.rows.dataset.dim = dim;
  view.rows.style.setProperty("--dim-left", `${(dim / view.dims) * 100}%`);
  view.rows.style.setProperty("--dim-width", `${100 / view.dims}%`);
  const value = view.values[row * view.dims + dim], name = plain(view.header.pieces[row].label);
  const strip = node.querySelector(".strip").getBoundingClientRect();
  view.tip.replaceChildren(`${name}  dimension ${dim}`, make("b", "", signed(value, 4)));
  view.tip.hidden = false;
  const half = view.tip.offsetWidth / 2 + 4, wanted = strip.left + ((dim + 0.5) / view.dims) * strip.width;
  view.tip.style.left = `${Math.max(half, Math.min(document.documentElement.clientWidth - half, wanted))}px`;
  view.tip.style.top = `${strip.top}px`;
  if (aloud) view.readout.textContent = `${name}, dimension ${dim}: ${signed(value, 4)}`;
}

function release(view) {
  view.tip.hidden = true;
  view.dim = null;
  delete view.rows.dataset.dim;
  for (const node of view.rows.querySelectorAll(".at")) node.classList.remove("at");
  light(view);
}

export default function (component) {
  const host = component.parentElement;
  if (!VIEWS.has(host)) VIEWS.set(host, build(host.querySelector(".tokens")));
  const view = VIEWS.get(host);
  const { header, arrays } = unpack(component.data);
  Object.assign(view, { header, values: arrays.rows.values, count: arrays.rows.shape[0], dims: arrays.rows.shape[1] });
  release(view);
  counts(view);
  sentence(view);
  view.root.querySelector(".matrix").hidden = view.count === 0;
  matrix(view);
  view.root.dataset.drawn = header.segments.map((segment) => plain(segment.text)).join("|");
}
