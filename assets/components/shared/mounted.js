// How a component lives: Streamlit calls its default export with every change of data or theme, on the same elements.

/** A component's default export. `build(parent)` makes the view of an element once, with `listeners`, the AbortController of
 * all it listens to; `receive(view, bytes)` takes what Python sent; `draw(view)` follows each call, and `end(view)` the last. What else
 * Streamlit hands over (setStateValue, setTriggerValue) is in `view.streamlit`. */
export function mounted({ build, receive, draw = () => {}, end = () => {} }) {
  const views = new WeakMap();
  return ({ parentElement, data, ...streamlit }) => {
    let view = views.get(parentElement);
    if (!view) views.set(parentElement, (view = build(parentElement)));
    view.streamlit = streamlit;
    if (data && data !== view.bytes) {
      receive(view, data);
      view.bytes = data;
    }
    draw(view);
    return () => {
      end(view);
      view.listeners.abort();
      views.delete(parentElement);
    };
  };
}

/** The elements of a view by the names of their classes. */
export const partsOf = (parent, names) => Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
