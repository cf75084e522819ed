// Learning curves that grow in place: zoom, hidden lines and the pointer outlive every refresh. Python sends one blob;
// nothing goes back. (st.plotly_chart mounts a new chart whenever its data changes.) Labels go in by textContent.

const VIEWS = new WeakMap();
const PAD = { left: 46, right: 10, top: 8, bottom: 22 };
const SUN = "#dd5a36";

// ---- pure ------------------------------------------------------------------------------------------

/** Header and float32 arrays of a blob made by pack() in pages/ui/components.py. */
export function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const aligned = bytes.byteOffset % 4 ? bytes.slice() : bytes;
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    if (dtype !== "float32") throw new Error(`curves: ${name} is ${dtype}, expected float32`);
    arrays[name] = new Float32Array(aligned.buffer, aligned.byteOffset + start + offset, shape[0]);
  }
  return { header, arrays };
}

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

// ---- one panel on its canvas ---------------------------------------------------------------------------

function shown(view, panel) {
  return panel.curves.filter((curve) => !view.hidden.has(curve.group));
}

function scales(view, panel, width, height) {
  const [from, to] = view.zoom ?? [0, view.end];
  const [low, high] = (view.zoom ? span(shown(view, panel), from, to) : panel.range) ?? [0, 1];
  const inner = width - PAD.left - PAD.right, tall = height - PAD.top - PAD.bottom;
  return {
    from, to, low, high,
    x: (step) => PAD.left + ((step - from) / (to - from || 1)) * inner,
    y: (value) => PAD.top + (1 - (value - low) / (high - low || 1)) * tall,
    step: (px) => from + ((px - PAD.left) / inner) * (to - from),
  };
}

function draw(view) {
  view.frame = 0;
  const style = getComputedStyle(view.root);
  view.ink = style.getPropertyValue("--st-text-color").trim() || "#231d33";
  view.paper = style.getPropertyValue("--st-background-color").trim() || "#fff";
  view.font = style.getPropertyValue("--st-font").trim() || "sans-serif";
  for (const panel of view.panels) drawPanel(view, panel);
  view.root.dataset.drawn = String((view.drawn += 1));
}

function drawPanel(view, panel) {
  const { canvas } = panel, ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width) return;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d"), scale = (panel.scale = scales(view, panel, width, height));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  if (!panel.range) return nothing(pen, view, width, height);
  axes(pen, view, scale, width, height);
  pen.save();
  pen.beginPath();
  pen.rect(PAD.left, PAD.top - 4, width - PAD.left - PAD.right + 4, height - PAD.top - PAD.bottom + 8);
  pen.clip();
  if (panel.mark) mark(pen, view, scale, panel.mark, width);
  for (const curve of shown(view, panel)) line(pen, scale, curve);
  if (view.drag && view.drag.panel === panel) band(pen, view, scale, height);
  if (view.at !== null) cross(pen, view, scale, panel, height);
  pen.restore();
}

function nothing(pen, view, width, height) {
  pen.strokeStyle = pen.fillStyle = view.ink;
  pen.globalAlpha = 0.14;
  pen.strokeRect(0.5, 0.5, width - 1, height - 1);
  pen.globalAlpha = 0.55;
  pen.font = `13px ${view.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText("No numbers yet", width / 2, height / 2);
  pen.globalAlpha = 1;
}

function axes(pen, view, scale, width, height) {
  pen.font = `12px ${view.font}`;
  pen.lineWidth = 1;
  pen.strokeStyle = pen.fillStyle = view.ink;
  const rule = (x0, y0, x1, y1) => {
    pen.globalAlpha = 0.1;
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
    pen.globalAlpha = 0.62;
  };
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of ticks(scale.low, scale.high, (height - 30) / 38)) {
    const y = Math.round(scale.y(value)) + 0.5;
    rule(PAD.left, y, width - PAD.right, y);
    pen.fillText(short(value), PAD.left - 8, y);
  }
  pen.textBaseline = "alphabetic";
  for (const step of ticks(scale.from, scale.to, Math.min(8, width / 96))) {
    const x = scale.x(step);
    pen.textAlign = x > width - PAD.right - 18 ? "right" : x < PAD.left + 8 ? "left" : "center";
    pen.fillText(short(step), Math.min(x, width), height - 5);
  }
  pen.globalAlpha = 1;
}

function line(pen, scale, curve) {
  const { x, y, gaps, style, colour } = curve;
  pen.strokeStyle = pen.fillStyle = colour;
  pen.globalAlpha = style === "faint" ? 0.32 : 1;
  pen.lineWidth = style === "faint" ? 1 : 2;
  pen.lineJoin = "round";
  pen.setLineDash(style === "dotted" ? [2, 4] : []);
  for (const [first, end] of stretches(y)) {
    pen.beginPath();
    for (let i = first; i < end; i++) pen.lineTo(scale.x(x[i]), scale.y(y[i]));
    pen.stroke();
    if (style !== "points" && end - first > 1) continue;
    for (let i = first; i < end; i++) dot(pen, scale.x(x[i]), scale.y(y[i]), style === "points" ? 3 : 1.5);
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  pen.strokeStyle = SUN;
  for (let i = 0; i < gaps.length; i += 2) {
    const px = scale.x(gaps[i]), py = scale.y(gaps[i + 1]);
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(px - 4, py - 4 * side);
      pen.lineTo(px + 4, py + 4 * side);
    }
    pen.stroke();
  }
}

function dot(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function mark(pen, view, scale, [level, words], width) {
  const y = scale.y(level);
  pen.strokeStyle = pen.fillStyle = SUN;
  pen.lineWidth = 1.5;
  pen.setLineDash([7, 5]);
  pen.beginPath();
  pen.moveTo(PAD.left, y);
  pen.lineTo(width, y);
  pen.stroke();
  pen.setLineDash([]);
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  pen.font = `12px ${view.font}`;
  pen.fillText(words, width - PAD.right, y - 4);
}

function band(pen, view, scale, height) {
  const { start, now } = view.drag;
  pen.fillStyle = SUN;
  pen.globalAlpha = 0.12;
  pen.fillRect(Math.min(start, now), PAD.top, Math.abs(now - start), height - PAD.top - PAD.bottom);
  pen.globalAlpha = 1;
}

function cross(pen, view, scale, panel, height) {
  const x = scale.x(view.at);
  pen.strokeStyle = view.ink;
  pen.globalAlpha = 0.3;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, PAD.top);
  pen.lineTo(x, height - PAD.bottom);
  pen.stroke();
  pen.globalAlpha = 1;
  for (const { curve, value, step } of readings(view, panel)) {
    pen.fillStyle = view.paper;
    dot(pen, scale.x(step), scale.y(value), 5);
    pen.fillStyle = curve.colour;
    dot(pen, scale.x(step), scale.y(value), 3.5);
  }
}

/** What the lines say at the pointer, each at its own nearest step. */
function readings(view, panel) {
  const found = [];
  for (const curve of shown(view, panel)) {
    const i = curve.style === "faint" || !curve.x.length ? -1 : nearest(curve.x, view.at);
    if (i >= 0 && Number.isFinite(curve.y[i])) found.push({ curve, step: curve.x[i], value: curve.y[i] });
  }
  return found;
}

// ---- the whole ---------------------------------------------------------------------------------------

export default function curves({ parentElement, data }) {
  let view = VIEWS.get(parentElement);
  if (!view) VIEWS.set(parentElement, (view = build(parentElement)));
  if (data && data !== view.bytes) receive(view, data);
  redraw(view);
  return () => {
    view.listeners.abort();
    view.sizes.disconnect();
    cancelAnimationFrame(view.frame);
    VIEWS.delete(parentElement);
  };
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function build(parent) {
  const root = parent.querySelector(".curves");
  const view = { root, listeners: new AbortController(), hidden: new Set(), zoom: null, at: null, drag: null, panels: [], drawn: 0, frame: 0 };
  view.grid = element("div", "grid");
  root.replaceChildren(view.grid);
  view.sizes = new ResizeObserver(() => redraw(view));
  view.sizes.observe(root);
  return view;
}

function redraw(view) {
  view.frame ||= requestAnimationFrame(() => draw(view));
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes);
  view.bytes = bytes;
  view.end = header.end;
  if (view.run !== header.run) [view.zoom, view.at, view.run] = [null, null, header.run];
  while (view.panels.length < header.panels.length) view.panels.push(buildPanel(view, view.panels.length === 0));
  header.panels.forEach((said, place) => {
    const panel = view.panels[place];
    panel.title.textContent = said.title;
    panel.range = said.range;
    panel.mark = said.mark;
    panel.digits = said.digits;
    panel.curves = said.curves.map((curve) => ({ ...curve, x: arrays[curve.x], y: arrays[curve.y], gaps: arrays[curve.gaps] }));
    keys(view, panel);
    panel.canvas.setAttribute("aria-label", `${said.title}. ${summary(panel)}`);
  });
  say(view);
}

/** The newest number of each line in words: what a screen reader says of the picture. */
function summary(panel) {
  const last = (curve) => {
    const end = stretches(curve.y).at(-1);
    return end ? `${curve.label} ${exact(panel, curve.y[end[1] - 1])} at step ${curve.x[end[1] - 1]}` : `${curve.label}: no number yet`;
  };
  const said = panel.curves.filter((curve) => curve.style !== "faint").map(last);
  const gaps = panel.curves.reduce((count, curve) => count + curve.gaps.length / 2, 0);
  return [...(said.length ? said : ["No number yet"]), ...(gaps ? [`${gaps} points were no number`] : [])].join("; ") + ".";
}

function exact(panel, value) {
  if (panel.digits === null) return value.toExponential(2).replace("e-", "e−");
  return value.toLocaleString("en", { minimumFractionDigits: panel.digits, maximumFractionDigits: panel.digits });
}

function buildPanel(view, first) {
  const figure = element("figure"), caption = element("figcaption"), plot = element("div", "plot");
  const panel = { title: element("b"), keys: element("span"), canvas: element("canvas"), tip: element("div", "tip"), curves: [], names: "" };
  panel.keys.style.display = "contents";
  caption.append(panel.title, panel.keys);
  if (first) {
    view.all = element("button", "all", "Show all steps");
    view.all.type = "button";
    view.all.hidden = true;
    caption.append(view.all);
  }
  panel.tip.hidden = true;
  panel.canvas.tabIndex = 0;
  panel.canvas.setAttribute("role", "img");
  plot.append(panel.canvas, panel.tip);
  figure.append(caption, plot);
  view.grid.append(figure);
  listen(view, panel, first);
  return panel;
}

function listen(view, panel, first) {
  const on = (target, type, listener) => target.addEventListener(type, listener, { signal: view.listeners.signal });
  const zoom = (range) => {
    view.zoom = range;
    view.all.hidden = !range;
    redraw(view);
  };
  const place = (event) => event.clientX - panel.canvas.getBoundingClientRect().left;
  if (first) on(view.all, "click", () => zoom(null));
  on(panel.canvas, "dblclick", () => zoom(null));
  on(panel.canvas, "pointerdown", (event) => {
    if (event.pointerType === "touch" || !panel.range) return;
    panel.canvas.setPointerCapture(event.pointerId);
    view.drag = { panel, start: place(event), now: place(event) };
  });
  on(panel.canvas, "pointermove", (event) => {
    if (!panel.range) return;
    if (view.drag) view.drag.now = place(event);
    point(view, panel, panel.scale.step(place(event)));
  });
  on(panel.canvas, "pointerup", () => {
    const drag = view.drag;
    view.drag = null;
    if (drag && Math.abs(drag.now - drag.start) > 8) {
      zoom([drag.start, drag.now].map((px) => Math.max(0, panel.scale.step(px))).sort((a, b) => a - b));
    } else redraw(view);
  });
  for (const type of ["pointerleave", "pointercancel", "blur"]) on(panel.canvas, type, () => !view.drag && point(view, null, null));
  on(panel.canvas, "keydown", (event) => key(view, panel, event, zoom));
}

function key(view, panel, event, zoom) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "Escape") {
    zoom(null);
    point(view, null, null);
  } else if (by && panel.range) {
    event.preventDefault();
    const { from, to } = panel.scale;
    point(view, panel, (view.at ?? to) + (by * (to - from)) / 50);
  }
}

function point(view, panel, step) {
  const [from, to] = view.zoom ?? [0, view.end];
  view.at = step === null ? null : Math.min(to, Math.max(from, step));
  view.over = panel;
  say(view);
  redraw(view);
}

/** The numbers at the pointer, beside it, in the panel that it is in. */
function say(view) {
  for (const panel of view.panels) {
    const found = view.at === null || panel !== view.over ? [] : readings(view, panel);
    panel.tip.hidden = !found.length;
    if (!found.length) continue;
    const rows = found.map(({ curve, value }) => {
      const row = element("span");
      row.append(element("i", "", curve.label), element("em", "", exact(panel, value)));
      return row;
    });
    panel.tip.replaceChildren(element("b", "", `step ${Math.round(found[0].step).toLocaleString("en")}`), ...rows);
    const x = panel.scale.x(view.at), width = panel.canvas.clientWidth;
    panel.tip.style.left = x < width / 2 ? `${x + 14}px` : "auto";
    panel.tip.style.right = x < width / 2 ? "auto" : `${width - x + 14}px`;
  }
}

/** A button for each line, where there is more than one; made anew only when the lines change. */
function keys(view, panel) {
  const named = panel.curves.filter((curve) => curve.style !== "faint");
  const names = named.map((curve) => curve.label).join("\n");
  if (names === panel.names) return;
  panel.names = names;
  panel.keys.replaceChildren(...(named.length < 2 ? [] : named.map((curve) => {
    const button = element("button", "key"), dash = element("i", curve.style);
    button.type = "button";
    button.append(dash, element("span", "", curve.label));
    button.style.setProperty("--hue", curve.colour);
    button.setAttribute("aria-pressed", String(!view.hidden.has(curve.group)));
    button.onclick = () => {
      if (!view.hidden.delete(curve.group)) view.hidden.add(curve.group);
      button.setAttribute("aria-pressed", String(!view.hidden.has(curve.group)));
      redraw(view);
    };
    return button;
  })));
}
