// The three kinds of attention, with the words and the names that belong to each.

export const KINDS = {
  encoder: { title: "Encoder self", rows: "src", cols: "src", dims: "b h s s", tensor: (l) => `encoder.layers.${l}.self_attention.weights`,
    caption: "Every piece of the source (a row) looks at every piece of the source (a column). This is how a word learns what its sentence makes of it." },
  decoder: { title: "Decoder self", rows: "tgt", cols: "tgt", dims: "b h t t", tensor: (l) => `decoder.layers.${l}.self_attention.weights`, causal: true,
    caption: "Every piece of the target looks at itself and at what was written before it. The hatched cells are the future: masked, so that the model cannot peek." },
  cross: { title: "Cross", rows: "tgt", cols: "src", dims: "b h t s", tensor: (l) => `decoder.layers.${l}.cross_attention.weights`,
    caption: "Every piece of the target (a row) looks into the source (a column). A row is a piece that was just read, and the model is about to write the next one, so many heads look one word ahead." },
};
