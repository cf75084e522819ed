// The vocabulary, searched and sorted. Pure functions.
import { grouped } from "../shared/numbers.js";

export const ORDERS = { id: "integer", longest: "longest first", shortest: "shortest first", most: "most seen first", least: "least seen first" };

/** The integers whose piece holds what is searched for, whatever its case, or that are that very integer; a space finds the dot
 * that stands for it. All of them where nothing is searched for. */
export function search(labels, lowered, query) {
  const wanted = query.replaceAll(" ", "·").toLowerCase(), found = [];
  const integer = /^\d+$/.test(query) ? Number(query) : -1;
  labels.forEach((_, id) => {
    if (lowered[id].includes(wanted) || id === integer) found.push(id);
  });
  return integer >= 0 && found.includes(integer) ? [integer, ...found.filter((id) => id !== integer)] : found;
}

/** The integers in an order of `ORDERS`; equals stay in the order of their integers. */
export function sorted(ids, order, { lengths, seen }) {
  const by = { id: null, longest: (id) => -lengths[id], shortest: (id) => lengths[id], most: (id) => -seen[id], least: (id) => seen[id] }[order];
  return by ? [...ids].sort((a, b) => by(a) - by(b) || a - b) : ids;
}

/** "3957: ·ban, 4 long, made from ·b and an by merge 3,697; seen 12 times in help." */
export function describeEntry({ header, lengths, seen, made }, id) {
  const [left, right, rank] = made.subarray(3 * id, 3 * id + 3);
  const origin = rank ? `, made from ${header.labels[left]} and ${header.labels[right]} by merge ${grouped(rank)}` : "";
  return `${id}: ${header.labels[id]}, ${lengths[id]} long${origin}${seen ? `; seen ${seen[id] === 1 ? "once" : `${grouped(seen[id])} times`} in ${header.counted}` : ""}.`;
}
