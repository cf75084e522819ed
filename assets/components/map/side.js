// Beside the map: search, the person's own pieces, the neighbours, the legend.
import { button, element } from "../shared/dom.js";
import { grouped, signed } from "../shared/numbers.js";
import { KIND_COLOURS, KIND_WORDS, SUN } from "./kinds.js";
import { search } from "./search.js";

const MATCHES = 10;

function pieceButton(view, number) {
  const made = button("", view.header.labels[number]);
  made.dataset.piece = number;
  made.setAttribute("aria-pressed", String(number === view.chosen));
  return made;
}

export function side(view) {
  const { header, root } = view, { labels } = header;
  root.querySelector(".own").hidden = header.own.length === 0;
  root.querySelector(".mine").replaceChildren(...header.own.map((number) => pieceButton(view, number)));
  const title = root.querySelector(".around h3");
  title.replaceChildren("Nearest to ", element("bdi", "", labels[header.chosen]), element("small", "", String(header.chosen)));
  const full = header.measure === "distance" ? Math.max(...header.cosines) || 1 : 1; // a distance has no largest value of its own
  root.querySelector(".near").replaceChildren(...header.near.map((number, place) => neighbour(labels[number], number, header.cosines[place], full)));
  matches(view);
}

function neighbour(label, number, cosine, full) {
  const item = element("li"), row = button(), bar = element("span", "bar"), fill = element("i", cosine < 0 ? "minus" : "");
  row.dataset.piece = number;
  fill.style.width = `${Math.min(1, Math.abs(cosine) / full) * 100}%`;
  bar.append(fill);
  row.append(element("bdi", "", label), bar, element("span", "n", signed(cosine, 3)));
  item.append(row);
  return item;
}

export function matches(view) {
  const wanted = view.input.value;
  view.found = search(view.header.labels, wanted);
  view.root.querySelector(".matches").replaceChildren(...view.found.slice(0, MATCHES).map((number) => pieceButton(view, number)));
  const more = view.found.length - MATCHES;
  view.root.querySelector(".found").textContent = !wanted.trim() ? "" : !view.found.length ? "No piece of the vocabulary holds this." : more > 0 ? `and ${grouped(more)} more` : "";
}

export function describe(view) {
  const { header } = view, name = (number) => header.labels[number];
  const near = header.near.slice(0, 3).map(name).join(", ");
  view.canvas.setAttribute("aria-label",
    `${header.title}: ${grouped(header.labels.length)} pieces as points. Chosen: ${name(header.chosen)}, nearest ${near}. Arrow keys move the map, plus and minus zoom, Enter chooses the piece in the middle.`);
  view.root.querySelector(".legend").replaceChildren(...legend(view));
}

function legend(view) {
  const words = new Map();
  for (const code of [...new Set(view.kind)].sort()) words.set(KIND_WORDS[view.header.kinds[code]], KIND_COLOURS[view.header.kinds[code]]);
  const entries = [...words].map(([text, colour]) => [text, colour, ""]);
  entries.push(["yours", SUN, ""], ["nearest to the chosen one", SUN, "ring"]);
  return entries.map(([text, colour, shape]) => {
    const item = element("span", shape, text);
    item.style.setProperty("--dot", colour);
    return item;
  });
}
