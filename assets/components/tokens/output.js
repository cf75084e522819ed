// The sentence as text, as pieces or as integers, to copy.
import { button, listening } from "../shared/dom.js";
import { copied } from "../shared/save.js";

const FORMS = { __proto__: null, text: "Text", pieces: "Pieces", ids: "Integers" };

/** What is written and copied: the text itself, or a list that Python and JSON read. */
export const outputOf = (output, form) => (form === "text" ? output.text : `[${output[form].map((one) => JSON.stringify(one)).join(", ")}]`);

export function listenToOutput(view) {
  const find = (name) => view.root.querySelector(`.output .${name}`), on = listening(view.listeners);
  Object.assign(view, { forms: find("forms"), written: find("written") });
  recallForm(view);
  view.forms.append(...Object.entries(FORMS).map(([form, label]) => {
    const made = button("form", label);
    made.dataset.form = form;
    return made;
  }));
  on(view.forms, "click", ({ target }) => {
    view.form = target.closest("[data-form]")?.dataset.form ?? view.form;
    view.address.keep(view.form === "ids" ? {} : { as: view.form });
    showOutput(view);
  });
  on(find("copy"), "click", async () => {
    const done = await copied(outputOf(view.header.output, view.form));
    find("done").textContent = done ? "Copied." : "The browser keeps its clipboard shut: select the text.";
  });
}

export function recallForm(view) {
  const { as = "ids" } = view.address.read();
  Object.assign(view, as in FORMS ? { form: as, told: "" } : { form: "ids", told: "The link asks for a form that there is not." });
}

export function showOutput(view) {
  for (const made of view.forms.children) made.setAttribute("aria-pressed", String(made.dataset.form === view.form));
  view.written.textContent = outputOf(view.header.output, view.form);
  view.root.querySelector(".output").hidden = !view.header.segments.length;
  view.root.querySelector(".output .done").textContent = view.told;
  view.told = "";
}
