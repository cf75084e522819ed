// A sentence and its translation as several tokenizers cut them: pieces, counts, tokens per word.
import { Address } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { element } from "../shared/dom.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { grouped } from "../shared/numbers.js";
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, offerToSave } from "../shared/save.js";
import { listenToPieces, recall } from "./pick_piece.js";
import { languageOf, longestOf, perWord, ratioOf, rowsOf } from "./ratios.js";

export default mounted({ build, receive });

const COLUMNS = ["tokenizer", "vocabulary", "language", "characters", "words", "tokens", "unknown", "tokens per word"];

function build(parent) {
  const part = partsOf(parent, ["beside", "ways", "says", "model", "save"]), listeners = new AbortController();
  const view = { part, listeners, address: new Address("beside", listeners, () => view.header && recall(view)), drawn: 0, at: null };
  listenToPieces(view);
  offerToSave(part.save, listeners, () => "tokenizers-side-by-side", [
    ["png", "Picture of this", "PNG, as it is seen", () => pngOf(part.beside)],
    ["svg", "Picture of this", "SVG, boxes and letters", () => svgOf(part.beside, "One text, cut in several ways", view.header.provenance)],
    ["csv", "All counts", "CSV, a line a tokenizer and language", () => csvOf(view.header.provenance, COLUMNS, rowsOf(view.header))],
  ]);
  return view;
}

function receive(view, bytes) {
  const first = !view.header, { header } = unpack(bytes);
  view.header = header;
  const longest = longestOf(header.ways);
  view.part.ways.replaceChildren(...header.ways.map((way, number) => wayItem(header, way, number, longest)));
  const lost = recall(view);
  if (lost && first) view.part.says.textContent = "The link asks for a piece that is not here.";
  else if (lost) view.address.keep({});
  view.part.model.textContent = header.provenance;
  view.part.beside.dataset.drawn = String((view.drawn += 1));
}

function wayItem(header, way, number, longest) {
  const item = element("li", "way"), head = element("div", "head"), ratio = ratioOf(way, header.texts);
  const sizes = [...new Set(way.sizes)].map(grouped).join(" and ");
  head.append(element("h3", "", way.name), element("p", "about", `${way.about} · a vocabulary of ${sizes}`));
  if (ratio !== null) head.append(element("p", "ratio", `${languageOf(header.languages[1])} takes ${ratio.toFixed(2)} × the tokens per word of ${languageOf(header.languages[0])}`));
  const sides = element("div", "sides");
  sides.append(...way.cuts.map((cut, side) => cutBlock(header, way.name, cut, side, number, longest)));
  item.append(head, sides);
  return item;
}

function cutBlock({ languages, texts }, name, { pieces, count, unknown }, side, number, longest) {
  const block = element("div", "cut"), line = element("p", "count"), bar = element("i", "bar"), text = element("p", "pieces");
  const rate = perWord(count, texts[side].words);
  bar.style.setProperty("--share", `${(100 * count) / longest}%`);
  line.append(element("span", "language", languageOf(languages[side])), element("b", "", grouped(count)), ` ${count === 1 ? "token" : "tokens"}${rate === null ? "" : ` · ${rate.toFixed(2)} per word`}${unknown ? ` · ${grouped(unknown)} unknown` : ""}`);
  Object.assign(text, { dir: "auto", tabIndex: 0 });
  text.setAttribute("role", "listbox");
  text.setAttribute("aria-label", `Pieces of ${name}, ${languageOf(languages[side])}`);
  text.append(...pieces.map(([parts, integer], place) => {
    const piece = element("span", integer === 1 && unknown ? "piece lost" : `piece hue${place % 4}`);
    piece.id = piece.dataset.piece = `${number}-${side}-${place}`;
    piece.setAttribute("role", "option");
    for (const [letters, quiet] of parts) piece.append(quiet ? element("span", "q", letters) : letters);
    return piece;
  }));
  if (count > pieces.length) text.append(` … and ${grouped(count - pieces.length)} more`);
  block.append(line, bar, text);
  return block;
}
