// What each kind of piece is called and which colour it has.

export const KIND_COLOURS = { start: "#6f87a8", inside: "#b08b5e", byte: "#8a8296", special: "#8d6bd8", unknown: "#8d6bd8" };
export const KIND_WORDS = { start: "begins a word", inside: "goes on inside a word", byte: "single bytes", special: "special", unknown: "special" };
export const SUN = "#dd5a36";
