// Elements. What a person or a model wrote goes in by textContent alone.

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function button(className = "", text = "") {
  return Object.assign(element("button", className, text), { type: "button" });
}

/** Adds listeners that all end when `controller` aborts: on(target, type, listener). */
export const listening = (controller) => (target, type, listener, options) =>
  target.addEventListener(type, listener, { ...options, signal: controller.signal });
