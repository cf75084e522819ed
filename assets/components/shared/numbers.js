export const clamp = (low, value, high) => Math.min(high, Math.max(low, value));

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number of 0 and more with `digits` after the point; from a million on as "3.8·10⁸", so that it fits where it stands. */
export function sized(value, digits) {
  if (value === Infinity) return "∞";
  if (!(value >= 1e6)) return value.toFixed(digits);
  const [head, power] = value.toExponential(1).split("e+");
  return `${head}·10${[...power].map((digit) => RAISED[digit]).join("")}`;
}

/** A signed number with a true minus sign, and `plus` before one that is not negative. */
export const signed = (value, digits, plus = "") => (value < 0 ? "−" : plus) + sized(Math.abs(value), digits);

/** A signed number with three digits that say something; never 0 where it is not. */
export function threeDigits(value, plus = "") {
  const size = Math.abs(value);
  if (size > 0 && size < 0.001) return `${value < 0 ? "−" : plus}${size.toExponential(1).replace("-", "−")}`;
  return signed(value, 3, plus);
}

/** A whole number with its thousands in groups: "8,000". Not by toLocaleString, whose first call takes some 20 ms. */
export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
