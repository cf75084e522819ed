// What is counted of a text cut in several ways. Pure functions.

/** Tokens for each word, null where there is no word. */
export const perWord = (count, words) => (words ? count / words : null);

/** How many times as many tokens a word the second language takes; null where one has no words or no tokens. */
export function ratioOf({ cuts }, texts) {
  const [first, second] = cuts.map(({ count }, side) => perWord(count, texts[side].words));
  return first && second !== null ? second / first : null;
}

/** "Italian" for "it"; what is no code of a language stays as it is. */
export function languageOf(code) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code);
  } catch {
    return code;
  }
}

/** The longest of all sequences, by which the bars are drawn. */
export const longestOf = (ways) => ways.reduce((most, { cuts }) => Math.max(most, ...cuts.map(({ count }) => count)), 1);

/** A line a way and a side: name, vocabulary, language, characters, words, tokens, unknown, tokens per word. */
export function rowsOf({ ways, texts, languages }) {
  return ways.flatMap(({ name, sizes, cuts }) => cuts.map(({ count, unknown }, side) => [
    name, sizes[side], languages[side], texts[side].characters, texts[side].words, count, unknown, perWord(count, texts[side].words) ?? "",
  ]));
}
