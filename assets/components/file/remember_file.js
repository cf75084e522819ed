// What is searched, sorted, pointed at and open, in the address.
import { brief } from "../shared/address.js";
import { ORDERS } from "./entries.js";
import { pick } from "./list.js";

const MOST_OPEN = 30;

/** What is kept: only what is not as at the start. */
export function keptOf({ query, order, id, open }) {
  const kept = {};
  if (query) kept.find = brief(query);
  if (order !== "id") kept.by = order;
  if (id !== null) kept.at = id;
  if (open.length) kept.open = open.slice(0, MOST_OPEN).join(".");
  return kept;
}

/** The same back from an address, and a sentence where it asks for what is not there. */
export function askedIn({ find = "", by = "id", at, open = "" }, orders, count, parts) {
  const wrong = [], places = open.split(".").filter(Boolean), id = at === undefined ? null : Number(at);
  const known = (text, below) => /^\d{1,7}$/.test(text) && Number(text) < below;
  if (!orders.includes(by)) wrong.push("no such order");
  if (id !== null && !known(at, count)) wrong.push("no such piece");
  if (!places.every((place) => known(place, parts))) wrong.push("no such part");
  return {
    query: brief(find), order: orders.includes(by) ? by : "id", id: id !== null && known(at, count) ? id : null,
    open: places.filter((place) => known(place, parts)).map(Number), told: wrong.length ? `The link asks for what is not here: ${wrong.join(", ")}.` : "",
  };
}

const branches = ({ part }) => [...part.parts.querySelectorAll("details")];

export function remember(view) {
  const { part, at, shown } = view;
  const open = branches(view).flatMap((node, place) => (node.open ? [place] : []));
  view.address.keep(keptOf({ query: part.query.value, order: part.order.value || "id", id: at < 0 ? null : shown[at], open }));
}

export function recall(view, renew) {
  const { part, header } = view, all = branches(view), orders = Object.keys(ORDERS).filter((name) => view.seen || !["most", "least"].includes(name));
  const asked = askedIn(view.address.read(), orders, header.labels.length, all.length);
  part.query.value = asked.query;
  part.order.value = asked.order;
  all.forEach((node, place) => (node.open = asked.open.includes(place)));
  renew(view);
  const place = asked.id === null ? -1 : view.shown.indexOf(asked.id);
  if (place >= 0) pick(view, place);
  if (asked.told) part.says.textContent = asked.told;
}
