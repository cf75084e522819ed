// A text on its way to integers and back; the merges of one word are replayed here, forward and back, without the server.
import { Address, placeIn } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { choose, listenMerges } from "./act_merges.js";
import { paintText } from "./paint_merges.js";
import { mostMerged } from "./replay.js";
import { saveMerges } from "./save_merges.js";

export default mounted({ build, receive });

const NAMES = ["merges", "save", "text", "normalised", "changed", "words", "border", "merging", "bench", "first", "previous", "play", "next", "last", "scrub", "says", "picks", "back", "returned", "model"];

function build(parent) {
  const part = partsOf(parent, NAMES), listeners = new AbortController();
  const tables = [["head", ".merging thead"], ["body", ".merging tbody"], ["numbersHead", ".integers thead"], ["numbers", ".integers tbody"]];
  for (const [name, selector] of tables) part[name] = parent.querySelector(selector);
  const view = { part, listeners, address: new Address("merges", listeners), drawn: 0, timer: null, chosen: null, count: 0 };
  listenMerges(view);
  saveMerges(view);
  return view;
}

function receive(view, bytes) {
  const before = view.header, { header, arrays } = unpack(bytes, "float32");
  Object.assign(view, { header, values: arrays.values });
  paintText(view);
  const asked = before ? {} : view.address.read(), kept = before && JSON.stringify(before.words[view.chosen]) === JSON.stringify(header.words[view.chosen]);
  const place = kept ? view.chosen : placeIn(asked.word, header.words.length) ?? mostMerged(header.words);
  choose(view, place, kept ? view.count : Number(asked.made) || 0);
  view.part.merges.dataset.drawn = String((view.drawn += 1));
}
