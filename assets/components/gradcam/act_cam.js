// Hover previews a cell, a click holds it, keys lead on; a method or a layer is chosen in the browser.
import { button, element, listening, refill } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { repaintCam } from "./draw_cam.js";
import { hitText, ledTo, lookFrom, placeAt, placeWords, stageOf, toldCam } from "./stage_cam.js";

export function listenCam(view) {
  const { part, listeners } = view, on = listening(listeners);
  for (const canvas of part.canvases) {
    const under = ({ clientX, clientY }) => {
      const box = canvas.getBoundingClientRect(), look = view.header.looks[view.look];
      return placeAt(stageOf(look, canvas.clientWidth), look.size, clientX - box.left, clientY - box.top);
    };
    on(canvas, "pointermove", (event) => point(view, under(event)));
    on(canvas, "pointerleave", () => point(view, null));
    on(canvas, "click", (event) => {
      const found = under(event);
      hold(view, JSON.stringify(found) === JSON.stringify(view.place) ? null : found);
    });
    on(canvas, "keydown", (event) => {
      const to = ledTo(view.place, event.key, view.header.looks[view.look]);
      if (to === undefined) return;
      event.preventDefault();
      view.hover = null;
      hold(view, to);
    });
  }
  for (const group of [part.methods, part.layers]) {
    on(group, "click", ({ target }) => {
      const chosen = target.closest("[data-look]");
      if (chosen) chooseLook(view, Number(chosen.dataset.look));
    });
    on(group, "keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const all = [...group.children], at = all.findIndex((one) => one.getAttribute("aria-checked") === "true"), to = clamp(0, at + step, all.length - 1);
      chooseLook(view, Number(all[to].dataset.look));
      group.children[to].focus();
    });
  }
}

function point(view, found) {
  if (JSON.stringify(found) === JSON.stringify(view.hover)) return;
  view.hover = found;
  showCam(view);
}

/** A place held; it goes into the address. */
export function hold(view, place) {
  view.place = place;
  view.address.keep(placeWords(view.header.looks[view.look], place));
  showCam(view);
}

/** Another method or layer: the cell goes where it is in the new grid. */
function chooseLook(view, look) {
  const before = view.header.looks[view.look].size, after = view.header.looks[look];
  const cell = view.place?.cell?.map((at, axis) => Math.floor(((at + 0.5) / before[axis]) * after.size[axis])) ?? null;
  view.look = look;
  view.hover = null;
  fillCam(view);
  hold(view, cell ? { cell, slot: null } : null);
}

/** The tabs of the methods, and a small picture for each layer of the chosen one. */
export function fillCam(view) {
  const { part, header: { looks } } = view, method = looks[view.look].method;
  const methods = [...new Set(looks.map((look) => look.method))];
  refill(part.methods, methods, (place) => choice(methods[place]));
  methods.forEach((name, place) => choose(part.methods.children[place], lookFrom({ method: name, layer: String(looks[view.look].layer) }, looks), name === method));
  const own = looks.map((look, at) => [look, at]).filter(([look]) => look.method === method);
  const words = own.map(([look]) => `${look.layer ? `Layer ${look.layer}` : "All layers"} · ${look.size.join(" × ")}`);
  refill(part.layers, words.map((text, place) => `${own[place][1]} ${text}`), (place) => {
    const made = choice(""), canvas = element("canvas");
    canvas.dataset.look = own[place][1];
    made.append(canvas, words[place]);
    return made;
  });
  own.forEach(([, at], place) => choose(part.layers.children[place], at, at === view.look));
}

function choice(text) {
  const made = button("", text);
  made.setAttribute("role", "radio");
  return made;
}

function choose(made, look, chosen) {
  made.dataset.look = look;
  made.setAttribute("aria-checked", String(chosen));
  made.tabIndex = chosen ? 0 : -1;
}

/** What is pointed at, else what is held, in words and in the pictures. */
export function showCam(view) {
  const { part, header } = view, look = header.looks[view.look];
  header.queries.forEach((query, at) => {
    part.names[at].textContent = `“${query.name}” · ${(100 * query.probability).toFixed(1)} %`;
    part.hits[at].textContent = hitText(look, at, query, header.placed);
    part.said[at].textContent = toldCam(look, at, view.hover ?? view.place, (...place) => view.read(view.look, ...place));
    part.canvases[at].setAttribute("aria-label", `The steps of ${look.method} for “${query.name}”; arrow keys lead through the cells, Page up and Page down through the ${look.part || "part"}s, Escape frees`);
  });
  repaintCam(view);
}
