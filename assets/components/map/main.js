// The vocabulary as points in the plane: pan, zoom, hover, search, choose. Python sends one blob; only a chosen piece
// goes back. Labels are drawn on the canvas or set as textContent, so no piece can act as HTML.

const KIND_COLOURS = { start: "#6f87a8", inside: "#b08b5e", byte: "#8a8296", special: "#8d6bd8", unknown: "#8d6bd8" };
const KIND_WORDS = { start: "begins a word", inside: "goes on inside a word", byte: "single bytes", special: "special", unknown: "special" };
const SUN = "#dd5a36";
const REACH = 14; // px within which a point is under the pointer
const MATCHES = 10;
const ALL_LABELS = 160; // with no more points than this in view, each is labelled where there is room
const VIEWS = new WeakMap();

// ---- pure ------------------------------------------------------------------------------------------

/** Header and arrays of a blob made by pack() in pages/ui/components.py. */
export function unpack(bytes) {
  const kinds = { float32: Float32Array, uint8: Uint8Array };
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const aligned = bytes.byteOffset % 4 ? bytes.slice() : bytes;
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    if (!(dtype in kinds)) throw new Error(`map: ${name} is ${dtype}, expected float32 or uint8`);
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = new kinds[dtype](aligned.buffer, aligned.byteOffset + start + offset, size);
  }
  return { header, arrays };
}

/** Scale and offset that bring all but the last few outliers of `points` (x, y, x, y ...) into the box. */
export function fit(points, width, height, margin = 32) {
  const ends = [0, 1].map((axis) => {
    const values = points.filter((_, i) => i % 2 === axis).sort();
    const cut = Math.floor(values.length * 0.004);
    return [values[cut], values[values.length - 1 - cut]];
  });
  const [[left, right], [low, high]] = ends;
  const scale = Math.min((width - 2 * margin) / (right - left || 1), (height - 2 * margin) / (high - low || 1));
  return { scale, x: width / 2 - (scale * (left + right)) / 2, y: height / 2 + (scale * (low + high)) / 2 };
}

/** Where a point of the map lies on the canvas; y points up. */
export function project(camera, x, y) {
  return [camera.x + camera.scale * x, camera.y - camera.scale * y];
}

/** The camera after zooming by `factor` with the canvas place (px, py) held still. */
export function zoomed(camera, factor, px, py) {
  return { scale: camera.scale * factor, x: px + (camera.x - px) * factor, y: py + (camera.y - py) * factor };
}

/** The point nearest to a place on the canvas within `reach` pixels, or null. */
export function nearestPoint(points, camera, px, py, reach) {
  let best = null, least = reach * reach;
  for (let i = 0; i < points.length; i += 2) {
    const dx = camera.x + camera.scale * points[i] - px, dy = camera.y - camera.scale * points[i + 1] - py;
    const distance = dx * dx + dy * dy;
    if (distance <= least) [best, least] = [i / 2, distance];
  }
  return best;
}

/** Pieces that hold what is looked for: the same word first, then beginnings, then the rest; a space counts as "·". */
export function search(labels, wanted) {
  const needle = wanted.toLowerCase().replaceAll(" ", "·");
  if (!needle.trim()) return [];
  const found = [];
  labels.forEach((label, number) => {
    const text = label.toLowerCase(), bare = text.replace(/^·/, "");
    const rank = text === needle || bare === needle ? 0 : bare.startsWith(needle) ? 1 : text.includes(needle) ? 2 : null;
    if (rank !== null) found.push([rank, label.length, number]);
  });
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map((entry) => entry[2]);
}

/** Whether a label box is free, and if so takes it: boxes are [left, top, right, bottom]. */
export function take(taken, box) {
  if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) return false;
  taken.push(box);
  return true;
}

// ---- drawing ---------------------------------------------------------------------------------------

function draw(view) {
  view.frame = 0;
  const { canvas, camera, points, kind, header } = view;
  if (!points || !canvas.clientWidth) return;
  const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const style = getComputedStyle(view.root);
  view.ink = style.getPropertyValue("--st-text-color").trim() || "#231d33";
  view.paper = style.getPropertyValue("--st-background-color").trim() || "#fff";
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const size = Math.max(1.1, Math.min(3.2, 1.5 * Math.sqrt(camera.scale / view.fitted.scale) * Math.sqrt(2500 / (points.length / 2 + 500))));
  const seen = cloud(pen, view, width, height, size);
  const taken = [];
  lines(pen, view);
  rings(pen, view, view.found.slice(0, 400), 3.2, SUN, false);
  rings(pen, view, header.near, 4, SUN, false);
  rings(pen, view, header.own, 4, SUN, true);
  if (view.chosen !== null) rings(pen, view, [view.chosen], 6.5, SUN, true);
  if (view.hover !== null) {
    rings(pen, view, [view.hover], 5, view.ink, false);
    write(pen, view, taken, view.hover, 600, true);
  }
  if (view.chosen !== null) write(pen, view, taken, view.chosen, 600, true);
  for (const number of header.own) write(pen, view, taken, number, 600);
  for (const number of header.near) write(pen, view, taken, number, 400);
  for (const number of view.found.slice(0, 60)) write(pen, view, taken, number, 400);
  if (seen.length <= ALL_LABELS) for (const number of seen) write(pen, view, taken, number, 400, false, 0.75);
}

/** All points, a kind at a time; gives back those in view. */
function cloud(pen, view, width, height, size) {
  const { points, kind, camera, header } = view, seen = [];
  header.kinds.forEach((name, code) => {
    pen.fillStyle = KIND_COLOURS[name];
    pen.globalAlpha = view.found.length ? 0.28 : 0.62;
    const dot = size < 2 ? null : sprite(KIND_COLOURS[name], size);
    for (let i = 0; i < kind.length; i++) {
      if (kind[i] !== code) continue;
      const x = camera.x + camera.scale * points[2 * i], y = camera.y - camera.scale * points[2 * i + 1];
      if (x < -4 || y < -4 || x > width + 4 || y > height + 4) continue;
      seen.push(i);
      if (dot) pen.drawImage(dot, x - size - 1, y - size - 1, 2 * size + 2, 2 * size + 2);
      else pen.fillRect(x - size, y - size, 2 * size, 2 * size);
    }
  });
  pen.globalAlpha = 1;
  return seen;
}

const sprites = new Map();

/** A dot drawn once, to be stamped: thousands of arcs cost ten times as much. */
function sprite(colour, size) {
  const name = `${colour} ${size.toFixed(1)}`;
  if (!sprites.has(name)) {
    const dot = document.createElement("canvas"), scale = 4;
    dot.width = dot.height = Math.ceil((2 * size + 2) * scale);
    const pen = dot.getContext("2d");
    pen.fillStyle = colour;
    pen.arc(dot.width / 2, dot.width / 2, size * scale, 0, 7);
    pen.fill();
    if (sprites.size > 64) sprites.clear();
    sprites.set(name, dot);
  }
  return sprites.get(name);
}

const at = (view, number) => project(view.camera, view.points[2 * number], view.points[2 * number + 1]);

function lines(pen, view) {
  if (view.chosen === null) return;
  pen.strokeStyle = SUN;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.4;
  pen.beginPath();
  for (const number of view.header.near) {
    pen.moveTo(...at(view, view.chosen));
    pen.lineTo(...at(view, number));
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

function rings(pen, view, numbers, radius, colour, full) {
  pen.lineWidth = 1.5;
  for (const number of numbers) {
    const [x, y] = at(view, number);
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fillStyle = full ? colour : view.paper;
    pen.fill();
    pen.strokeStyle = full ? view.paper : colour;
    pen.stroke();
  }
}

/** A label beside its point, haloed by the paper; left out where another one is. */
function write(pen, view, taken, number, weight, always = false, alpha = 1) {
  const [x, y] = at(view, number), label = view.header.labels[number];
  const width = view.canvas.clientWidth;
  if (x < 0 || y < 0 || x > width || y > view.canvas.clientHeight) return;
  pen.font = `${weight} 13px ${view.font}`;
  const wide = pen.measureText(label).width, flip = x + wide + 14 > width;
  const left = flip ? x - wide - 9 : x + 9;
  if (!take(taken, [left - 2, y - 9, left + wide + 2, y + 9]) && !always) return;
  pen.textBaseline = "middle";
  pen.direction = "ltr";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.globalAlpha = alpha;
  pen.strokeStyle = view.paper;
  pen.strokeText(label, left, y);
  pen.fillStyle = view.ink;
  pen.fillText(label, left, y);
  pen.globalAlpha = 1;
}

function redraw(view) {
  view.frame ||= requestAnimationFrame(() => draw(view));
}

// ---- the side --------------------------------------------------------------------------------------

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function pieceButton(view, number) {
  const button = make("button", "", view.header.labels[number]);
  button.type = "button";
  button.dataset.piece = number;
  button.setAttribute("aria-pressed", String(number === view.chosen));
  return button;
}

function side(view) {
  const { header, root } = view, { labels } = header;
  root.querySelector(".own").hidden = header.own.length === 0;
  root.querySelector(".mine").replaceChildren(...header.own.map((number) => pieceButton(view, number)));
  const title = root.querySelector(".around h3");
  title.replaceChildren("Nearest to ", make("bdi", "", labels[header.chosen]), make("small", "", String(header.chosen)));
  root.querySelector(".near").replaceChildren(...header.near.map((number, place) => {
    const cosine = header.cosines[place], item = make("li"), button = make("button"), bar = make("span", "bar"), fill = make("i", cosine < 0 ? "minus" : "");
    button.type = "button";
    button.dataset.piece = number;
    fill.style.width = `${Math.min(1, Math.abs(cosine)) * 100}%`;
    bar.append(fill);
    button.append(make("bdi", "", labels[number]), bar, make("span", "n", (cosine < 0 ? "−" : "") + Math.abs(cosine).toFixed(3)));
    item.append(button);
    return item;
  }));
  matches(view);
}

function matches(view) {
  const wanted = view.input.value;
  view.found = search(view.header.labels, wanted);
  view.root.querySelector(".matches").replaceChildren(...view.found.slice(0, MATCHES).map((number) => pieceButton(view, number)));
  const more = view.found.length - MATCHES;
  view.root.querySelector(".found").textContent = !wanted.trim() ? "" : !view.found.length ? "No piece of the vocabulary holds this." : more > 0 ? `and ${more.toLocaleString("en")} more` : "";
}

function describe(view) {
  const { header } = view, name = (number) => header.labels[number];
  const near = header.near.slice(0, 3).map(name).join(", ");
  view.canvas.setAttribute("aria-label",
    `${header.title}: ${header.labels.length.toLocaleString("en")} pieces as points. Chosen: ${name(header.chosen)}, nearest ${near}. Arrow keys move the map, plus and minus zoom, Enter chooses the piece in the middle.`);
  view.root.querySelector(".legend").replaceChildren(...legend(view));
}

function legend(view) {
  const words = new Map();
  for (const code of [...new Set(view.kind)].sort()) words.set(KIND_WORDS[view.header.kinds[code]], KIND_COLOURS[view.header.kinds[code]]);
  const entries = [...words].map(([text, colour]) => [text, colour, ""]);
  entries.push(["yours", SUN, ""], ["nearest to the chosen one", SUN, "ring"]);
  return entries.map(([text, colour, shape]) => {
    const item = make("span", shape, text);
    item.style.setProperty("--dot", colour);
    return item;
  });
}

// ---- acting ----------------------------------------------------------------------------------------

function choose(view, number) {
  if (number === null || number === view.chosen) return;
  view.chosen = number;
  view.component.setTriggerValue("choice", number);
  for (const button of view.root.querySelectorAll("[data-piece][aria-pressed]")) button.setAttribute("aria-pressed", String(Number(button.dataset.piece) === number));
  redraw(view);
}

function place(view, event) {
  const box = view.canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function zoom(view, factor, px = view.canvas.clientWidth / 2, py = view.canvas.clientHeight / 2) {
  const limit = view.camera.scale * factor / view.fitted.scale;
  if (limit < 0.3 || limit > 400) return;
  view.camera = zoomed(view.camera, factor, px, py);
  redraw(view);
}

function moved(view, event) {
  const [px, py] = place(view, event);
  if (view.grab) {
    const [fromX, fromY] = view.grab;
    if (Math.hypot(px - fromX, py - fromY) > 4) view.dragged = true;
    if (view.dragged) view.camera = { ...view.camera, x: view.grabbed.x + px - fromX, y: view.grabbed.y + py - fromY };
    view.canvas.classList.toggle("pan", view.dragged);
  } else {
    const hover = nearestPoint(view.points, view.camera, px, py, REACH);
    if (hover === view.hover) return;
    view.hover = hover;
    view.canvas.classList.toggle("over", hover !== null);
  }
  redraw(view);
}

function keyed(view, event) {
  const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  if (step) view.camera = { ...view.camera, x: view.camera.x + step[0], y: view.camera.y + step[1] };
  else if (event.key === "+" || event.key === "=") zoom(view, 1.4);
  else if (event.key === "-") zoom(view, 1 / 1.4);
  else if (event.key === "0") view.camera = { ...view.fitted };
  else if (event.key === "Enter") choose(view, nearestPoint(view.points, view.camera, view.canvas.clientWidth / 2, view.canvas.clientHeight / 2, Infinity));
  else return;
  event.preventDefault();
  redraw(view);
}

function build(root, component) {
  const canvas = root.querySelector("canvas"), input = root.querySelector("input");
  const view = { root, component, canvas, input, hover: null, found: [], chosen: null, grab: null, dragged: false, frame: 0, mapped: null };
  canvas.addEventListener("pointerdown", (event) => {
    view.grab = place(view, event);
    view.grabbed = view.camera;
    view.dragged = false;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => moved(view, event));
  canvas.addEventListener("pointerup", (event) => {
    if (view.grab && !view.dragged) choose(view, nearestPoint(view.points, view.camera, ...place(view, event), REACH));
    view.grab = null;
    canvas.classList.remove("pan");
  });
  canvas.addEventListener("pointercancel", () => { view.grab = null; });
  canvas.addEventListener("pointerleave", () => { view.hover = null; redraw(view); });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(view, Math.exp(-Math.max(-240, Math.min(240, event.deltaY)) * 0.002), ...place(view, event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => keyed(view, event));
  root.querySelector(".tools").addEventListener("click", (event) => {
    const how = event.target.dataset.zoom;
    if (how === "all") view.camera = { ...view.fitted };
    else zoom(view, how === "in" ? 1.6 : 1 / 1.6);
    redraw(view);
  });
  input.addEventListener("input", () => { matches(view); redraw(view); });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" && view.found.length) choose(view, view.found[0]); });
  root.querySelector(".side").addEventListener("click", (event) => {
    const piece = event.target.closest("[data-piece]")?.dataset.piece;
    if (piece !== undefined) choose(view, Number(piece));
  });
  view.watch = new ResizeObserver(() => { if (view.points) { refit(view); redraw(view); } });
  view.watch.observe(canvas);
  return view;
}

/** Fit the camera when the map or the canvas is another one; else leave it where the person put it. */
function refit(view) {
  const { clientWidth: width, clientHeight: height } = view.canvas;
  if (!width) return;
  const mark = `${view.header.title} ${width} ${height}`;
  if (mark === view.mapped) return;
  view.mapped = mark;
  view.fitted = fit(view.points, width, height);
  view.camera = { ...view.fitted };
}

export default function (component) {
  const host = component.parentElement;
  if (!VIEWS.has(host)) VIEWS.set(host, build(host.querySelector(".map"), component));
  const view = VIEWS.get(host);
  const { header, arrays } = unpack(component.data);
  view.component = component;
  Object.assign(view, { header, points: arrays.points ?? null, kind: arrays.kind, chosen: header.chosen, hover: null });
  view.font = getComputedStyle(view.root).fontFamily;
  view.root.classList.toggle("alone", !view.points);
  view.root.querySelector(".stage").hidden = !view.points;
  side(view);
  if (view.points) {
    describe(view);
    refit(view);
    draw(view);
  }
  view.root.dataset.drawn = `${header.title} ${header.chosen}`;
  return () => { view.watch.disconnect(); cancelAnimationFrame(view.frame); };
}
