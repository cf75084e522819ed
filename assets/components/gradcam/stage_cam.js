// Where each picture of a query stands, and what a place in it says. A place is { cell: [row, column], slot }: the cell is the
// same in all pictures of both queries, the slot counts the parts (channels, heads) from the weightiest. Pure functions.
import { clamp, signed } from "../shared/numbers.js";

const GAP = 6, LABEL = 20, LARGEST = 420, WIDE = 420, BAR = 34;

const TITLES = { activations: "activations", gradients: "their derivatives: d score / d activation", weights: "the mean of each: the weight" };

/** { height, boxes: [{ kind, slot, x, y, width, height }], labels: [{ text, y }] } of one query at that width. */
export function stageOf(look, width) {
  const boxes = [], labels = [], columns = width < WIDE ? 4 : 8, side = (width - GAP * (columns - 1)) / columns;
  let top = 0, step = 0;
  const label = (text) => {
    labels.push({ text, y: top });
    top += LABEL;
  };
  const large = Math.min(width, LARGEST);
  label("Over the image");
  boxes.push({ kind: "map", over: true, slot: null, x: 0, y: top, width: large, height: large });
  top += large + 16;
  for (const kind of ["activations", "gradients", "weights"].filter((name) => look.has.includes(name))) {
    const high = kind === "weights" ? BAR : side;
    label(`${(step += 1)}  ${nameOf(look, kind, width)}`);
    for (let slot = 0; slot < look.shown; slot++) boxes.push({ kind, slot, x: (slot % columns) * (side + GAP), y: top + Math.floor(slot / columns) * (high + GAP), width: side, height: high });
    top += Math.ceil(look.shown / columns) * (high + GAP) + 10;
  }
  const last = ["summed", "map"].filter((name) => name === "map" || look.has.includes(name)), small = Math.min(170, (width - GAP) / 2);
  const words = lastNames(look, width < WIDE), number = (at) => (step ? `${step + 1 + at}  ` : "");
  last.forEach((kind, place) => {
    labels.push({ text: number(place) + words[kind], y: top, x: place * (small + GAP) });
    boxes.push({ kind, slot: null, x: place * (small + GAP), y: top + LABEL, width: small, height: small });
  });
  return { height: top + LABEL + small + 2, boxes, labels };
}

function lastNames({ has }, narrow) {
  if (has.includes("summed")) return narrow ? { summed: "Sum", map: "ReLU" } : { summed: "The weighted sum", map: "After the ReLU" };
  if (has.includes("gradients")) return { map: narrow ? "ReLU, mean" : "Weight times derivative, ReLU, the mean of the heads" };
  return { map: has.includes("activations") ? "The mean of the heads" : "The map" };
}

function nameOf({ part, shown, count }, kind, width) {
  if (width < WIDE) return { activations: part === "head" ? "Weights" : "Activations", gradients: "Derivatives", weights: "Their mean" }[kind];
  if (part === "head") return kind === "activations" ? `Attention of the class token, ${count} heads` : "Derivatives: d score / d weight";
  const words = TITLES[kind];
  return kind === "activations" ? `${shown < count ? `The ${shown} weightiest of ${count}` : `All ${count}`} channels: ${words}` : words[0].toUpperCase() + words.slice(1);
}

/** The box and the cell at a point; null between them. */
export function placeAt({ boxes }, [rows, columns], x, y) {
  const box = boxes.find((one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height);
  if (!box) return null;
  const cell = box.kind === "weights" ? null : [Math.floor(((y - box.y) / box.height) * rows), Math.floor(((x - box.x) / box.width) * columns)];
  return { cell, slot: box.slot };
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The place that a key leads to; null for none, undefined where the key leads nowhere. */
export function ledTo(place, key, { size: [rows, columns], shown }) {
  if (key === "Escape") return place ? null : undefined;
  const turn = { PageUp: -1, PageDown: 1 }[key];
  if (turn && shown) return { cell: place?.cell ?? null, slot: place?.slot == null ? 0 : clamp(0, place.slot + turn, shown - 1) };
  if (!STEPS[key]) return undefined;
  const [row, column] = place?.cell ?? [0, 0], [down, right] = place?.cell ? STEPS[key] : [0, 0];
  return { cell: [clamp(0, row + down, rows - 1), clamp(0, column + right, columns - 1)], slot: place?.slot ?? null };
}

/** What an address says of a look and a place. */
export const placeWords = (look, place) => ({
  method: look.method,
  ...(look.layer && { layer: look.layer }),
  ...(place?.cell && { row: place.cell[0] + 1, column: place.cell[1] + 1 }),
  ...(place?.slot != null && { rank: place.slot + 1 }),
});

/** The look that an address asks for, else the last layer of its method, or of the first. */
export function lookFrom(said, looks) {
  const method = looks.some((look) => look.method === said.method) ? said.method : looks[0].method;
  const own = looks.filter((look) => look.method === method);
  return looks.indexOf(own.find((look) => String(look.layer) === said.layer) ?? own.at(-1));
}

const few = (value) => signed(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 0.1 || !value ? 3 : Math.min(7, 2 - Math.floor(Math.log10(Math.abs(value)))));

/** One query's numbers at a place, in words. `read(kind, query, slot, row, column)` is the number. */
export function toldCam(look, query, place, read) {
  const slot = place?.slot ?? 0, has = (kind) => look.has.includes(kind), parts = [];
  const name = look.shown ? `${look.part[0].toUpperCase()}${look.part.slice(1)} ${look.numbers[query][slot] + 1}` : "";
  if (place?.cell) {
    const [row, column] = place.cell;
    parts.push(`Row ${row + 1}, column ${column + 1}.`);
    if (name) parts.push(`${name}: ${look.part === "head" ? "weight" : "activation"} ${few(read("activations", query, slot, row, column))}${has("gradients") ? `, derivative ${few(read("gradients", query, slot, row, column))}` : ""}${has("weights") ? `, times its weight ${few(read("weights", query, slot))} is ${few(read("activations", query, slot, row, column) * read("weights", query, slot))}` : ""}.`);
    if (has("summed")) parts.push(`All ${look.count} channels together ${few(read("summed", query, null, row, column))}, after the ReLU ${few(read("map", query, null, row, column))}.`);
    else parts.push(`The map has ${few(read("map", query, null, row, column))} here.`);
  } else if (name && has("weights")) {
    parts.push(`${name}: its derivatives have the mean ${few(read("weights", query, slot))}, so where it is active it speaks ${read("weights", query, slot) < 0 ? "against" : "for"} the query.`);
  } else if (name) parts.push(`${name} of ${look.count}: point at a cell for its numbers.`);
  else parts.push("Through all layers: point at a cell for its number.");
  return parts.join(" ");
}

/** Where the hottest point lies, in a sentence. */
export function hitText({ hottest, on, asks }, query, { name, there }, placed) {
  const blind = asks ? "" : " This method does not ask for the query: both maps are the same.";
  if (!hottest[query]) return `Nothing speaks for it: the map is zero everywhere.${blind}`;
  if (!placed.length) return `The ring is the hottest point. What is where in your picture, nobody told us.${blind}`;
  const found = on[query];
  if (!there) return `There is no ${name} in this scene; the hottest point lies on ${found ? `the ${found}` : "the background"}.${blind}`;
  return `${found === name ? "Yes" : "No"}: the hottest point lies on ${found ? `the ${found}` : "the background"}.${blind}`;
}
