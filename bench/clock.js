// The bench's clock in the page: when an input happened, what came from the server, when it was painted.
globalThis.dawn = {
  input: 0, // performance.now() of the last key, click or move
  clicked: 0, // of the last click alone
  received: [], // {at, size} of every message from the server

  /** The first element that matches, shadow roots included. */
  find(selector, root = document) {
    const found = root.querySelector(selector)
    if (found) return found
    for (const node of root.querySelectorAll("*")) {
      const inside = node.shadowRoot && dawn.find(selector, node.shadowRoot)
      if (inside) return inside
    }
    return null
  },

  /** Every element below, shadow roots included. */
  below: (root) => [...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? [node, ...dawn.below(node.shadowRoot)] : [node])),

  /** The opacity of each element that matches, as its own style says. */
  opacities: (selector) => [...document.querySelectorAll(selector)].map((node) => Number(node.style.opacity)),

  /** A promise that does not wait for ever. */
  limited(what, begin) {
    return Promise.race([new Promise(begin), new Promise((_, fail) => setTimeout(() => fail(new Error(`60 s without: ${what}`)), 60000))])
  },

  /** Milliseconds since 1970 when a frame was painted in which the condition held. */
  until(condition) {
    return dawn.limited(condition, (done) => {
      const look = () => requestAnimationFrame(() => {
        if (condition()) setTimeout(() => done(performance.timeOrigin + performance.now()))
        else look()
      })
      look()
    })
  },

  /** From the last input to the paint of the next change of `data-drawn`. */
  drawn(selector) {
    const node = dawn.find(selector), was = node.dataset.drawn
    return dawn.limited(`${selector} drawn`, (done) => new MutationObserver((_, observer) => {
      if (node.dataset.drawn === was) return
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - dawn.input)))
    }).observe(node, { attributeFilter: ["data-drawn"] }))
  },

  /** From the next move of the pointer to the paint of its frame, in which `answered` has to hold. */
  moved(answered) {
    return dawn.limited("a move", (done, fail) => addEventListener("pointermove", ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => {
      const taken = performance.now() - timeStamp
      if (answered()) done(taken)
      else fail(new Error(`not in the frame of the move: ${answered}`))
    })), { capture: true, once: true }))
  },

  /** Milliseconds from html with scripts, as text, to the paint in which it has brought about what matches. */
  shown(html, selector) {
    const begin = performance.timeOrigin + performance.now()
    document.body.replaceChildren(document.createRange().createContextualFragment(html))
    return dawn.until(() => dawn.find(selector)).then((painted) => painted - begin)
  },

  /** The first marks of these names, in this order, after the next input: milliseconds since it. */
  marks(...names) {
    const asked = performance.now(), found = []
    return dawn.limited(names.join(), (done) => new PerformanceObserver((list, observer) => {
      for (const { name, startTime } of list.getEntries()) {
        if (name === names[found.length] && dawn.input > asked && startTime >= dawn.input) found.push(startTime - dawn.input)
      }
      if (found.length < names.length) return
      observer.disconnect()
      done(found)
    }).observe({ type: "mark" }))
  },

  /** The first time of a mark of that name since the page was opened, or null. */
  mark: (name) => performance.getEntriesByName(name)[0]?.startTime ?? null,

  /** The largest message from the server so far. */
  largest: () => dawn.received.reduce((a, b) => (b.size > a.size ? b : a), { at: 0, size: 0 }),
}

for (const type of ["keydown", "pointerdown", "pointerup", "pointermove"]) {
  addEventListener(type, (event) => { dawn.input = event.timeStamp }, { capture: true, passive: true })
}

addEventListener("click", (event) => { dawn.clicked = event.timeStamp }, { capture: true, passive: true })

globalThis.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given)
    this.addEventListener("message", ({ data }) => dawn.received.push({ at: performance.now(), size: data.byteLength ?? data.size ?? data.length }))
  }
}
