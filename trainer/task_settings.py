"""What a run can learn, and which settings only some of the tasks know."""

TASKS = ("translate", "fill", "continue", "see")
TEXT, ONE_TEXT, IMAGES = TASKS[:3], TASKS[1:3], TASKS[3:]
# The tasks that know a setting; one that is not here is known to all.
TASKS_OF = (
    dict.fromkeys(
        ("data", "src_language", "tgt_language", "valid_pairs", "tokenizer", "vocab_size"), TEXT
    )
    | dict.fromkeys(("tokenizer_file", "min_frequency", "max_tokens", "positions"), TEXT)
    | dict.fromkeys(("label_smoothing", "bleu_pairs"), TEXT)
    | dict.fromkeys(("tie_embeddings", "start_from", "graphs", "compile"), ("translate",))
    | {
        "encoder_layers": ("translate", "fill", "see"),
        "decoder_layers": ("translate", "continue"),
        "hidden_share": ("fill", "see"),
    }
    | dict.fromkeys(("images", "eyes", "projection", "groups"), IMAGES)
)
