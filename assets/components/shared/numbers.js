export const clamp = (low, value, high) => Math.min(high, Math.max(low, value));

/** A signed number with a true minus sign, and `plus` before one that is not negative. */
export const signed = (value, digits, plus = "") => (value < 0 ? "−" : plus) + Math.abs(value).toFixed(digits);

/** Thousands in groups: "8,000". */
export const grouped = (number) => number.toLocaleString("en");
