/** Pieces that hold what is looked for: the same word first, then beginnings, then the rest; a space counts as "·". */
export function search(labels, wanted) {
  const needle = wanted.toLowerCase().replaceAll(" ", "·");
  if (!needle.trim()) return [];
  const found = [];
  labels.forEach((label, number) => {
    const text = label.toLowerCase(), bare = text.replace(/^·/, "");
    const rank = text === needle || bare === needle ? 0 : bare.startsWith(needle) ? 1 : text.includes(needle) ? 2 : null;
    if (rank !== null) found.push([rank, label.length, number]);
  });
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map((entry) => entry[2]);
}
