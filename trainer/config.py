"""Every setting of a run: data, sizes, optimisation, hardware; and what does not go together."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any

from trainer.engine_settings import ENGINES, sbatch_options
from trainer.task_settings import TASKS, TASKS_OF
from transformer.config import ConfigError, ModelConfig, check_fields, known_fields, option
from transformer.tokenizer import SMALLEST_BPE

PRESET_NAMES = ("nano", "tiny", "base", "lesson", "fill", "continue", "digits", "scenes")

_data = partial(option, group="Data")
_sizes = partial(option, group="Sizes")
_learning = partial(option, group="Learning")
_machine = partial(option, group="Machine")
_engine = partial(option, group="Engine")


@dataclass(frozen=True)
class TrainConfig:
    """Every setting of a run. Raises `ConfigError`, one sentence, for a value without sense."""

    preset: str = _data("nano", "The preset it started from.", choices=PRESET_NAMES)
    task: str = _data(
        "translate",
        "What is learned: to translate, to fill hidden words (encoder-only), to continue a text "
        "(decoder-only), to see what is in an image.",
        choices=TASKS,
    )
    data: str = _data(
        "libreoffice-help",
        "Training text: a corpus that ships, a file of source<TAB>target lines, or hf:owner/name; "
        "several with commas, each with an optional :cap.",
    )
    src_language: str = _data("en", "Language of the first column.")
    tgt_language: str = _data("it", "Language of the second column.")
    valid_pairs: int = _data(1000, "Pairs held out for validation.", min=10, max=100_000)
    tokenizer: str = _data(
        "bpe", "Joint byte-level BPE, or the lesson's words.", choices=("bpe", "words")
    )
    vocab_size: int = _data(8000, "Pieces in the vocabulary, at most.", min=8, max=1_000_000)
    tokenizer_file: str = _data(
        "",
        "A tokenizer.json to take for both languages instead of training one; kind and size are "
        "its own.",
    )
    min_frequency: int = _data(2, "Words seen less often become [UNK].", min=1, max=1_000_000)

    images: str = _data("digits", "What there is to see.", choices=("digits", "emoji"))

    encoder_layers: int = _sizes(4, "Layers of the encoder.", min=1, max=48)
    decoder_layers: int = _sizes(4, "Layers of the decoder.", min=1, max=48)
    d_model: int = _sizes(256, "Width of the model (D).", min=4, max=8192)
    d_ff: int = _sizes(1024, "Width inside the feed-forward (F).", min=4, max=65_536)
    heads: int = _sizes(4, "Attention heads (H); they share D between them.", min=1, max=128)
    dropout: float = _sizes(0.1, "Share of numbers dropped while training.", min=0.0, max=0.9)
    norm: str = _sizes("pre", "The paper's post-norm, or pre-norm.", choices=("pre", "post"))
    positions: str = _sizes(
        "sinusoidal",
        "What tells the order: the paper's sinusoids, a learned vector each, or nothing.",
        choices=("sinusoidal", "learned", "none"),
    )
    tie_embeddings: bool = _sizes(True, "One matrix for source, target and output embeddings.")
    eyes: str = _sizes(
        "vision",
        "What sees: the vision encoder, or a small convolutional network.",
        choices=("vision", "cnn"),
    )
    projection: str = _sizes(
        "linear",
        "How a patch becomes a vector: a linear layer, the same as a convolution, or a small CNN.",
        choices=("linear", "convolution", "cnn"),
    )
    groups: int = _sizes(1, "Parts into which the convolutions of a CNN are cut.", min=1, max=4096)
    max_tokens: int = _sizes(256, "Longest sentence, in tokens.", min=4, max=10_000)

    steps: int = _learning(1000, "Updates of the weights.", min=1, max=10_000_000)
    batch_tokens: int = _learning(
        4096, "Padded tokens a batch holds, at most.", min=16, max=10_000_000
    )
    accumulate: int = _learning(1, "Batches summed up for one update.", min=1, max=1024)
    optimiser: str = _learning(
        "adamw", "Adam with or without decoupled decay.", choices=("adamw", "adam")
    )
    rate: float = _learning(1e-3, "Peak learning rate.", min=1e-8, max=10.0)
    warmup: int = _learning(
        100,
        "Updates until the peak is reached; unless set, at most a quarter of the steps.",
        min=0,
        max=1_000_000,
    )
    schedule: str = _learning(
        "trapezoid",
        "After the warm-up: flat, then down to zero in the last part (trapezoid), the paper's "
        "1/sqrt(step), or constant.",
        choices=("trapezoid", "paper", "constant"),
    )
    decay_share: float = _learning(
        0.4, "Share of the updates in which a trapezoid goes down.", min=0.0, max=1.0
    )
    weight_decay: float = _learning(
        0.01, "Pull of the weights towards zero (adamw).", min=0.0, max=10.0
    )
    label_smoothing: float = _learning(0.1, "Probability spread over all pieces.", min=0.0, max=0.9)
    hidden_share: float = _learning(
        0.15, "Share of the words or patches that are hidden.", min=0.0, max=0.95
    )
    clip: float = _learning(1.0, "Longest gradient, 0 for none.", min=0.0, max=1e6)
    ema: float = _learning(
        0.0, "Decay of the average of the weights, 0 for none.", min=0.0, max=0.99999
    )
    seed: int = _learning(1, "Seed of all that is drawn at random.", min=0, max=2**31 - 1)
    start_from: str = _learning("", "Folder of a bundle whose weights and tokenizer to start from.")

    device: str = _machine("auto", "Where to train.", choices=("auto", "cpu", "cuda"))
    precision: str = _machine(
        "auto", "auto: bf16 where it is faster here.", choices=("auto", "fp32", "bf16")
    )
    graphs: str = _machine(
        "auto",
        "Record the training step as CUDA graphs; auto: on one GPU.",
        choices=("auto", "on", "off"),
    )
    compile: bool = _machine(
        False,
        "Compile the layers and the loss with torch.compile: worth its minute in a long run on a "
        "GPU, where base learned 1.7 times as fast.",
    )
    threads: int = _machine(0, "CPU threads, 0 for all.", min=0, max=1024)
    workers: int = _machine(0, "Processes that prepare batches.", min=0, max=64)
    log_every: int = _machine(1, "Updates between two logged points.", min=1, max=100_000)
    valid_every: int = _machine(100, "Updates between two validations.", min=1, max=1_000_000)
    save_every: int = _machine(100, "Updates between two checkpoints.", min=1, max=1_000_000)
    bleu_pairs: int = _machine(
        200, "Held-out pairs translated for BLEU and chrF.", min=1, max=100_000
    )

    engine: str = _engine(
        "local",
        "What starts the training: one process here, torchrun for several that train together, or "
        "SLURM as a job.",
        choices=ENGINES,
    )
    processes: int = _engine(
        1, "Processes on each machine that share every batch, one for each GPU.", min=1, max=64
    )
    nodes: int = _engine(1, "Machines that train together.", min=1, max=1024)
    parallel: str = _engine(
        "ddp",
        "Each process holds the whole model (ddp), or a share of it (fsdp).",
        choices=("ddp", "fsdp"),
    )
    partition: str = _engine("", "SLURM partition; empty for the cluster's own choice.")
    minutes: int = _engine(
        60, "Minutes that SLURM gives the job at most; then it is ended.", min=1, max=100_000
    )
    sbatch: str = _engine(
        "", "More for sbatch, as name=value with commas, such as gres=gpu:2,mem=16G."
    )

    def __post_init__(self) -> None:
        check_fields(self)
        self._check_data()
        self._check_updates()
        self._check_engine()
        self._check_task()
        self.model_config(self.vocab_size, self.vocab_size)  # which refuses what makes no model

    def _check_data(self) -> None:
        if not self.data.strip():
            raise ConfigError("data is empty: name a corpus or a file.")
        for side in ("src_language", "tgt_language"):
            if not getattr(self, side).strip():
                raise ConfigError(f"{side} is empty: name a language, such as en.")
        if self.tokenizer_file and self.start_from:
            raise ConfigError("start_from brings its own tokenizer: leave tokenizer_file empty.")
        if self.tokenizer == "bpe" and self.vocab_size < SMALLEST_BPE:
            raise ConfigError(
                f"vocab_size is {self.vocab_size}, but byte-level BPE needs {SMALLEST_BPE} or more."
            )
        if not self.joint and self.tie_embeddings:
            raise ConfigError(
                "tie_embeddings needs one joint vocabulary, but words make two: set it to false."
            )

    def _check_task(self) -> None:
        usual = {spec.name: spec.default for spec in fields(self)}
        for name in ("start_from", "graphs", "compile"):
            value = getattr(self, name)
            if self.task not in TASKS_OF[name] and value not in (usual[name], "off"):
                raise ConfigError(
                    f"{name} is {value!r}, which the task {self.task} does not know: leave it at "
                    f"{usual[name]!r}."
                )
        if self.task in ("fill", "continue") and not self.joint:
            raise ConfigError(
                f"tokenizer makes a vocabulary for each language, but the task {self.task} reads "
                "all lines with one: set it to bpe."
            )
        if self.task != "translate" and self.parallel == "fsdp":
            raise ConfigError(
                f"parallel is fsdp, which the task {self.task} does not know: set it to ddp."
            )

    def _check_updates(self) -> None:
        if self.warmup >= self.steps and self.schedule == "trapezoid":
            raise ConfigError(
                f"warmup is {self.warmup}, but must be less than steps ({self.steps})."
            )
        if self.max_tokens > self.batch_tokens:
            raise ConfigError(
                f"batch_tokens is {self.batch_tokens}, but a sentence may have {self.max_tokens}: "
                "raise batch_tokens or lower max_tokens."
            )

    def _check_engine(self) -> None:
        if self.engine == "local" and self.ranks > 1:
            name = "processes" if self.processes > 1 else "nodes"
            raise ConfigError(
                f"{name} is {getattr(self, name)}, but engine local starts one process: set engine "
                "to torchrun or slurm."
            )
        if self.parallel == "fsdp" and self.ranks == 1:
            raise ConfigError(
                "parallel is fsdp, but one process has nobody to share with: raise processes, or "
                "set it to ddp."
            )
        if self.parallel == "fsdp" and self.ema:
            raise ConfigError(
                "ema needs the whole model in each process: set it to 0, or parallel to ddp."
            )
        wrong = [part for part in sbatch_options(self.sbatch) if not all(part)]
        if wrong or (self.sbatch and self.engine != "slurm"):
            raise ConfigError(
                f"sbatch is {self.sbatch!r}: write name=value, with commas between, and only with "
                "engine slurm."
            )

    @property
    def joint(self) -> bool:
        """Whether one vocabulary serves both languages."""
        return self.tokenizer == "bpe" or bool(self.tokenizer_file)

    @property
    def ranks(self) -> int:
        """How many processes train together."""
        return self.processes * self.nodes

    def model_config(self, src_vocab: int, tgt_vocab: int) -> ModelConfig:
        """The sizes of the model for vocabularies of these sizes. Raises `ConfigError`."""
        own = {spec.name for spec in fields(ModelConfig)} - {"src_vocab", "tgt_vocab"}
        sizes = {name: getattr(self, name) for name in own}
        return ModelConfig(src_vocab, tgt_vocab, **sizes)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainConfig":
        """Back from `to_dict`; raises `ConfigError` for a stranger."""
        return cls(**known_fields(cls, values))
