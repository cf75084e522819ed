// Beside the map: search, the person's own pieces, the neighbours, the legend.
import { button, element, refill } from "../shared/dom.js";
import { grouped, signed } from "../shared/numbers.js";
import { KIND_COLOURS, KIND_WORDS, SUN } from "./kinds.js";
import { search } from "./search.js";

const MATCHES = 10;
const UNTIL_ASKED = 300; // ms

/** A button for each piece; those that are there already stay, and so does the focus. */
function fillPieces(view, parent, numbers) {
  const { labels } = view.header;
  refill(parent, numbers.map((number) => `${number} ${labels[number]}`), (place) => {
    const made = button("", labels[numbers[place]]);
    made.dataset.piece = numbers[place];
    return made;
  });
  numbers.forEach((number, place) => parent.children[place].setAttribute("aria-pressed", String(number === view.chosen)));
}

export function side(view) {
  const { header, root } = view, { labels } = header;
  root.querySelector(".own").hidden = header.own.length === 0;
  fillPieces(view, root.querySelector(".mine"), header.own);
  const title = root.querySelector(".around h3"), { lengths, told } = barsOf(header.cosines, header.measure);
  title.replaceChildren("Nearest to ", element("bdi", "", labels[header.chosen]), element("small", "", String(header.chosen)));
  root.querySelector(".scale").textContent = told;
  root.querySelector(".near").replaceChildren(...header.near.map((number, place) => neighbour(labels[number], number, header.cosines[place], lengths[place])));
  matches(view);
}

/** How long the bar of each value is, 0 to 1, and from where to where bars reach if that is not 0 to 1. Distances have no largest
 * value of their own and differ little, so theirs begin below the least of them. */
export function barsOf(values, measure) {
  if (measure !== "distance") return { lengths: values.map((value) => Math.min(1, Math.abs(value))), told: "" };
  const least = Math.min(...values), most = Math.max(...values), from = Math.max(0, least - (most - least) / 10);
  return { lengths: values.map((value) => (most > from ? (value - from) / (most - from) : 1)), told: values.length ? `Distances; bars begin at ${from.toFixed(3)}, not at 0` : "" };
}

function neighbour(label, number, cosine, length) {
  const item = element("li"), row = button(), bar = element("span", "bar"), fill = element("i", cosine < 0 ? "minus" : "");
  row.dataset.piece = number;
  fill.style.width = `${length * 100}%`;
  bar.append(fill);
  row.append(element("bdi", "", label), bar, element("span", "n", signed(cosine, 3)));
  item.append(row);
  return item;
}

export function matches(view) {
  const wanted = view.input.value, { labels, cut } = view.header;
  view.found = search(labels, wanted);
  const none = wanted.trim() !== "" && !view.found.length, pieces = none && cut?.of === wanted ? cut.pieces : [];
  fillPieces(view, view.root.querySelector(".matches"), none ? pieces : view.found.slice(0, MATCHES));
  const more = view.found.length - MATCHES, cutInto = pieces.length ? " The tokenizer cuts it into these." : "";
  view.root.querySelector(".found").textContent = none ? `No piece of the vocabulary holds this.${cutInto}` : more > 0 ? `and ${grouped(more)} more` : "";
  askFor(view, none ? wanted : null);
}

/** Ask, once the person pauses, which pieces the tokenizer makes of what no piece holds: Python knows. */
function askFor(view, wanted) {
  clearTimeout(view.asking);
  if (wanted === null || wanted === view.sought || wanted === view.header.cut?.of) return;
  view.asking = setTimeout(() => {
    if (view.listeners.signal.aborted) return;
    view.sought = wanted;
    view.streamlit.setStateValue("asked", wanted);
  }, UNTIL_ASKED);
}

const LISTED = 200;

/** The pieces inside the lasso: frequent ones first where it is known how frequent they are. */
export function sideOfLasso(view) {
  const { root, lasso, inside, counts, alone } = view, box = root.querySelector(".taken");
  view.taken = [];
  inside?.forEach((is, number) => { if (is) view.taken.push(number); });
  if (counts) view.taken.sort((a, b) => counts[b] - counts[a] || a - b);
  box.hidden = !lasso;
  if (!lasso) return;
  const many = grouped(view.taken.length), rest = view.taken.length - LISTED;
  box.querySelector("h3").textContent = view.taken.length === 1 ? "1 piece inside the lasso" : `${many} pieces inside the lasso`;
  fillPieces(view, box.querySelector(".inside"), view.taken.slice(0, LISTED));
  box.querySelector(".rest").textContent = rest > 0 ? `and ${grouped(rest)} more, all of them in the CSV` : "";
  box.querySelector("[data-does=alone]").setAttribute("aria-pressed", String(alone));
}

export function describe(view) {
  const { header } = view, name = (number) => header.labels[number];
  const near = header.near.slice(0, 3).map(name).join(", ");
  view.canvas.setAttribute("aria-label",
    `${header.title}: ${grouped(header.labels.length)} pieces as points. Chosen: ${name(header.chosen)}, nearest ${near}.${view.lasso ? ` ${grouped(view.taken.length)} inside the lasso.` : ""} ` +
    "Arrow keys move the map, plus and minus zoom, Enter chooses the piece in the middle. L takes the pieces in a circle around the middle, brackets make it smaller and larger, Escape clears it.");
  view.root.querySelector(".legend").replaceChildren(...legend(view));
}

function legend(view) {
  const words = new Map();
  for (const name of view.header.kinds.filter((_, code) => view.kind.includes(code))) words.set(KIND_WORDS[name], KIND_COLOURS[name]);
  const entries = [...words].map(([text, colour]) => [text, colour, ""]);
  entries.push(["yours", SUN, ""], ["nearest to the chosen one", SUN, "ring"]);
  if (view.sized) entries.push([`larger: more often in ${view.header.counted}`, "var(--ink)", "large"]);
  return entries.map(([text, colour, shape]) => {
    const item = element("span"), dot = element("i", shape);
    dot.style.setProperty("--dot", colour);
    item.append(dot, text);
    return item;
  });
}
