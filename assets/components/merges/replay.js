// A word between its characters and its pieces, and the words for it. Pure functions.
import { grouped } from "../shared/numbers.js";

/** The pieces after `count` merges, and the rank of each pair of neighbours (null: no such merge). */
export function stateAt({ start, ranks, merges }, count) {
  const state = { pieces: [...start], ranks: [...ranks], made: null };
  for (const [, place, left, right, , label] of merges.slice(0, count)) {
    state.pieces.splice(place, 2, label);
    state.ranks.splice(place, 1);
    if (place > 0) state.ranks[place - 1] = left;
    if (place < state.pieces.length - 1) state.ranks[place] = right;
    state.made = place;
  }
  return state;
}

export const piecesText = (parts) => parts.map(([text]) => text).join("");

/** "Merge 2 of 5: ·b + an → ·ban, rank 33, seen 1,203 times in libreoffice-help." */
export function describeMerge(word, count, counted) {
  const { merges } = word, total = merges.length;
  if (!total) return "Nothing to merge: no pair in this word is among the merges.";
  const next = merges[count], done = count ? `${count} of ${total} merges made.` : `${word.start.length} bytes, and ${total} ${total === 1 ? "merge" : "merges"} to come.`;
  if (!next) return `${done} No pair that is left has a rank: these are the tokens.`;
  const state = stateAt(word, count), [rank, place, , , seen] = next;
  const pair = `${piecesText(state.pieces[place])} + ${piecesText(state.pieces[place + 1])}`;
  return `${done} Next: ${pair}, the lowest rank here, ${grouped(rank + 1)}${seen === null ? "" : `; seen ${timesOf(seen)} in ${counted}`}.`;
}

export const timesOf = (count) => (count === 1 ? "once" : `${grouped(count)} times`);

/** The word to begin with: the one with most merges. */
export const mostMerged = (words) => words.reduce((best, { merges }, at) => (merges.length > (words[best]?.merges.length ?? -1) ? at : best), 0);

/** A row for each merge: step, rank, left, right, result, times seen. */
export function mergeRows(word) {
  return word.merges.map(([rank, place, , , seen, label], step) => {
    const { pieces } = stateAt(word, step);
    return [step + 1, rank + 1, piecesText(pieces[place]), piecesText(pieces[place + 1]), piecesText(label), seen];
  });
}
