// The sentence in its pieces, a chip for what belongs together, and the counts above it.
import { button, element, refill } from "../shared/dom.js";
import { hue } from "./colours.js";
import { plain, write } from "./parts.js";

export function counts(view) {
  view.root.querySelector(".counts").replaceChildren(...view.header.counts.map(([value, label]) => {
    const pair = element("div");
    pair.append(element("dt", "", label), element("dd", "", value));
    return pair;
  }));
}

function chip(view, segment) {
  const { pieces } = view.header;
  const kinds = segment.rows.map((row) => pieces[row].kind);
  const item = element("li", "chip");
  item.dataset.kind = kinds.includes("unknown") ? "unknown" : kinds.includes("byte") ? "byte" : kinds[0];
  item.dataset.row = segment.rows[0];
  item.toggleAttribute("data-start", segment.starts);
  item.style.setProperty("--hue", hue(segment.rows[0]));
  const ids = element("span", segment.rows.length > 1 ? "ids several" : "ids");
  for (const row of segment.rows) {
    const integer = button();
    integer.dataset.row = row;
    integer.style.setProperty("--hue", hue(row));
    integer.title = `piece ${pieces[row].id}: ${plain(pieces[row].label)}`;
    if (segment.rows.length > 1) integer.append(element("i", "", plain(pieces[row].label).replace(/^<(.+)>$/, "$1")));
    integer.append(String(pieces[row].id));
    ids.append(integer);
  }
  item.append(write(element("bdi", "text"), segment.text), ids);
  return item;
}

function gap(parts) {
  const item = write(element("li", "gap"), parts);
  item.setAttribute("aria-hidden", "true");
  return item;
}

export function sentence(view) {
  const { segments, rest, pieces } = view.header, items = [];
  for (const segment of segments) {
    if (segment.gap.length) items.push([JSON.stringify(segment.gap), () => gap(segment.gap)]);
    items.push([JSON.stringify([segment, segment.rows.map((row) => pieces[row])]), () => chip(view, segment)]);
  }
  if (rest.length) items.push([JSON.stringify(rest), () => gap(rest)]);
  refill(view.pieces, items.map(([name]) => name), (place) => items[place][1]());
  view.root.querySelector(".legend").replaceChildren(...view.header.legend.map((line) => element("span", "", line)));
}
