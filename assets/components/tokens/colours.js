// Colours: one for each row, and one for each value of it.

const HUES = ["#4583d6", "#dd5a36", "#1f9a91", "#c2901a", "#8d6bd8", "#d0548c", "#7a9e3b", "#6f87a8"];
const NIGHT = [45, 111, 181], SUN = [221, 90, 54];

/** The colour of a signed value, faded into the paper at 0: [red, green, blue, alpha]. */
export function diverging(value, limit) {
  const strength = Math.min(1, Math.abs(value) / (limit || 1));
  return [...(value < 0 ? NIGHT : SUN), Math.round(255 * strength)];
}

export const hue = (row) => HUES[row % HUES.length];
