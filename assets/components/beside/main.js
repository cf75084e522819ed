// A sentence and its translation as several tokenizers cut them: pieces, counts, tokens per word.
import { unpack } from "../shared/blob.js";
import { element, listening } from "../shared/dom.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { grouped } from "../shared/numbers.js";
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, offerToSave } from "../shared/save.js";
import { languageOf, longestOf, perWord, ratioOf, rowsOf } from "./ratios.js";

export default mounted({ build, receive });

const HINT = "Point at a piece to read its integer.";
const COLUMNS = ["tokenizer", "vocabulary", "language", "characters", "words", "tokens", "unknown", "tokens per word"];

function build(parent) {
  const part = partsOf(parent, ["beside", "ways", "says", "model", "save"]), listeners = new AbortController();
  const view = { part, listeners, drawn: 0 }, on = listening(listeners);
  on(part.ways, "pointerover", ({ target }) => tell(view, target.closest("[data-piece]")));
  on(part.ways, "pointerleave", () => tell(view, null));
  offerToSave(part.save, listeners, () => "tokenizers-side-by-side", [
    ["png", "Picture of this", "PNG, as it is seen", () => pngOf(part.beside)],
    ["svg", "Picture of this", "SVG, boxes and letters", () => svgOf(part.beside, "One text, cut in several ways", view.header.provenance)],
    ["csv", "All counts", "CSV, a line a tokenizer and language", () => csvOf(view.header.provenance, COLUMNS, rowsOf(view.header))],
  ]);
  return view;
}

function tell(view, node) {
  if (!node) return (view.part.says.textContent = HINT);
  const [way, side, place] = node.dataset.piece.split("-").map(Number), { name, cuts } = view.header.ways[way];
  const [parts, integer] = cuts[side].pieces[place];
  view.part.says.textContent = `${name}: piece ${place + 1} of ${cuts[side].count}, “${parts.map(([text]) => text).join("")}”, integer ${grouped(integer)}`;
}

function receive(view, bytes) {
  const { header } = unpack(bytes);
  view.header = header;
  const longest = longestOf(header.ways);
  view.part.ways.replaceChildren(...header.ways.map((way, number) => wayItem(header, way, number, longest)));
  view.part.says.textContent = HINT;
  view.part.model.textContent = header.provenance;
  view.part.beside.dataset.drawn = String((view.drawn += 1));
}

function wayItem(header, way, number, longest) {
  const item = element("li", "way"), head = element("div", "head"), ratio = ratioOf(way, header.texts);
  const sizes = [...new Set(way.sizes)].map(grouped).join(" and ");
  head.append(element("h3", "", way.name), element("p", "about", `${way.about} · a vocabulary of ${sizes}`));
  if (ratio !== null) head.append(element("p", "ratio", `${languageOf(header.languages[1])} takes ${ratio.toFixed(2)} × the tokens per word of ${languageOf(header.languages[0])}`));
  const sides = element("div", "sides");
  sides.append(...way.cuts.map((cut, side) => cutBlock(header, cut, side, number, longest)));
  item.append(head, sides);
  return item;
}

function cutBlock({ languages, texts }, { pieces, count, unknown }, side, number, longest) {
  const block = element("div", "cut"), line = element("p", "count"), bar = element("i", "bar"), text = element("p", "pieces");
  const rate = perWord(count, texts[side].words);
  bar.style.setProperty("--share", `${(100 * count) / longest}%`);
  line.append(element("span", "language", languageOf(languages[side])), element("b", "", grouped(count)), ` ${count === 1 ? "token" : "tokens"}${rate === null ? "" : ` · ${rate.toFixed(2)} per word`}${unknown ? ` · ${grouped(unknown)} unknown` : ""}`);
  text.dir = "auto";
  text.append(...pieces.map(([parts, integer], place) => {
    const piece = element("span", integer === 1 && unknown ? "piece lost" : `piece hue${place % 4}`);
    piece.dataset.piece = `${number}-${side}-${place}`;
    for (const [letters, quiet] of parts) piece.append(quiet ? element("span", "q", letters) : letters);
    return piece;
  }));
  if (count > pieces.length) text.append(` … and ${grouped(count - pieces.length)} more`);
  block.append(line, bar, text);
  return block;
}
