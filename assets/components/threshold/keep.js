// What a threshold keeps of words that are sorted by their counts. Pure functions.

const SPECIAL = 4; // [PAD] [UNK] [SOS] [EOS] come first

/** How many words are seen at least `least` times; counts fall. */
export function keptOf(counts, least) {
  let low = 0, high = counts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (counts[middle] >= least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Running sums: how many words of the running text are among the first n. */
export function sumsOf(counts) {
  const sums = new Float64Array(counts.length + 1);
  counts.forEach((count, place) => (sums[place + 1] = sums[place] + count));
  return sums;
}

/** The integer of the word at a place of the list; 1, [UNK], where it falls under the threshold or was never seen. */
export const integerOf = (place, kept) => (place >= 0 && place < kept ? place + SPECIAL : 1);

/** Places of the list to tell: its beginning, and both sides of the border; null stands for a gap. */
export function placesToTell(kept, total, first = 4, around = 4) {
  const places = new Set();
  for (let place = 0; place < Math.min(first, total); place++) places.add(place);
  for (let place = Math.max(0, kept - around); place < Math.min(total, kept + around); place++) places.add(place);
  const sorted = [...places].sort((a, b) => a - b);
  return sorted.flatMap((place, at) => (at && place > sorted[at - 1] + 1 ? [null, place] : [place]));
}
