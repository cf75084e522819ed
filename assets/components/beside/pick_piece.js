// One piece is read: pointed at, chosen by a press or a touch, or by the arrow keys; what is chosen stays, and is in the address.
import { placeIn } from "../shared/address.js";
import { listening } from "../shared/dom.js";
import { clamp, grouped } from "../shared/numbers.js";

const HINT = "Point at a piece, touch it, or take the arrow keys to read its integer.";

export function listenToPieces(view) {
  const { ways } = view.part, on = listening(view.listeners), at = (target) => target.closest("[data-piece]")?.dataset.piece ?? null;
  on(ways, "pointerover", ({ target }) => tell(view, at(target) ?? view.at));
  on(ways, "pointerleave", () => tell(view, view.at));
  on(ways, "click", ({ target }) => at(target) && chosen(view, at(target) === view.at ? null : at(target)));
  on(ways, "keydown", (event) => {
    const list = event.target.closest("[role=listbox]"), to = list && ledBy(event.key, list, view.at);
    if (to === null || to === undefined) return;
    event.preventDefault();
    chosen(view, to);
    list.querySelector(".at")?.scrollIntoView({ block: "nearest" });
  });
}

/** The piece that a key leads to within a list: "" for none at all, null for a key that leads nowhere. */
function ledBy(key, list, now) {
  const pieces = [...list.querySelectorAll("[data-piece]")], place = pieces.findIndex((piece) => piece.dataset.piece === now);
  if (key === "Escape" && now !== null) return "";
  const turned = getComputedStyle(list).direction === "rtl" ? -1 : 1;
  const step = { ArrowRight: turned, ArrowLeft: -turned, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[key];
  if (step === undefined || !pieces.length) return null;
  return pieces[place < 0 ? (step === Infinity ? pieces.length - 1 : 0) : clamp(0, place + step, pieces.length - 1)].dataset.piece;
}

/** A choice of the person's: it is in the address from now on. */
function chosen(view, piece) {
  choose(view, piece || null);
  view.address.keep(view.at ? { piece: view.at.split("-").map((place) => Number(place) + 1).join(".") } : {});
}

function choose(view, piece) {
  view.at = piece;
  for (const list of view.part.ways.querySelectorAll("[role=listbox]")) list.removeAttribute("aria-activedescendant");
  for (const node of view.part.ways.querySelectorAll("[role=option]")) {
    const here = node.dataset.piece === piece;
    node.classList.toggle("at", here);
    node.setAttribute("aria-selected", String(here));
    if (here) node.parentElement.setAttribute("aria-activedescendant", node.id);
  }
  tell(view, piece);
}

/** "0-1-4" for "1.2.5", a way, a side and a piece from 1; null where there is none. */
export function pieceIn(text, ways) {
  const [way, side, place] = (text ?? "").split("."), number = placeIn(way, ways.length), language = placeIn(side, 2);
  const piece = number === null || language === null ? null : placeIn(place, ways[number].cuts[language].pieces.length);
  return piece === null ? null : `${number}-${language}-${piece}`;
}

/** The piece that the address names is chosen; whether it is not there. */
export function recall(view) {
  const { piece } = view.address.read(), found = pieceIn(piece, view.header.ways);
  choose(view, found);
  return piece !== undefined && !found;
}

function tell({ part, header }, piece) {
  if (!piece) return (part.says.textContent = HINT);
  const [way, side, place] = piece.split("-").map(Number), { name, cuts } = header.ways[way], [parts, integer] = cuts[side].pieces[place];
  part.says.textContent = `${name}: piece ${place + 1} of ${cuts[side].count}, “${parts.map(([text]) => text).join("")}”, integer ${grouped(integer)}`;
}
