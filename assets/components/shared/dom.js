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

const filled = new WeakMap();

/** The children of `parent`, one for each name. A child stays as it is where its name is what it was there before; else
 * `make(place)` makes it: so a key in a sentence touches what it changes, and no more. */
export function refill(parent, names, make) {
  const before = filled.get(parent) ?? [];
  if (!before.length) parent.replaceChildren();
  names.forEach((name, place) => {
    const old = parent.childNodes[place];
    if (!old) parent.append(make(place));
    else if (before[place] !== name) old.replaceWith(make(place));
  });
  while (parent.childNodes.length > names.length) parent.lastChild.remove();
  filled.set(parent, names);
}
