"""One attempt of a run: `python -m trainer.train <run folder> --attempt N`, by the supervisor.

Exit codes: 0 finished or stopped as asked (the `end` event says which), 1 failed with a reason.
"""

import argparse
import os
import sys
import time
import warnings
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader

from trainer.batches import PairDataset, TokenBatchSampler, collate
from trainer.callbacks import Control, Ema, Recorder, StopRequested, TrainingFailed, Validation
from trainer.checkpoints import newest_checkpoint, read_checkpoint
from trainer.config import TrainConfig
from trainer.evaluate import encode_pairs, fitting
from trainer.events import EventWriter
from trainer.module import TranslationModule
from trainer.prepare import Prepared, prepare
from trainer.records import read_record
from transformer.bundle import BundleError
from transformer.config import ConfigError
from transformer.tokenizer import TokenizerError


def train(folder: Path, attempt: int) -> None:
    """Run or resume the run in `folder`; what happens is in its events.

    Raises `StopRequested` when asked to stop, `TrainingFailed` and the one-sentence errors of data,
    config, bundle and tokenizer.
    """
    spec = read_record(folder / "spec.json") or {}
    config = TrainConfig.from_dict(spec["config"])
    checkpoint = newest_checkpoint(folder / "checkpoints")
    with EventWriter(folder / "events", attempt) as events:
        from_step = read_checkpoint(checkpoint)["global_step"] if checkpoint else 0
        events.write("resume", step=from_step, from_step=from_step)
        try:
            fit(config, folder, events, checkpoint)
        except StopRequested:
            events.write("end", outcome="stopped", reason="It was asked to stop.")
            raise
        except Exception as error:
            events.write("end", outcome="failed", reason=reason(error))
            raise
        events.write("end", outcome="finished", reason="All steps are done.")


def fit(config: TrainConfig, folder: Path, events: EventWriter, checkpoint: Path | None) -> None:
    """Prepare, train and validate, writing `events`."""
    if config.threads:
        torch.set_num_threads(config.threads)
    pl.seed_everything(config.seed, workers=True, verbose=False)
    events.phase("preparing data", expect=300, step=0)
    prepared = prepare(config, folder, title=folder.name)
    device = pick_device(config)
    precision = pick_precision(config, device)
    sampler = TokenBatchSampler(prepared.train.lengths, config.batch_tokens, config.seed)
    module = TranslationModule(prepared.bundle.model, config, sampler)
    valid, loader = valid_loader(config, prepared)
    validation = Validation(events, prepared.bundle, valid, config.bleu_pairs)
    callbacks: list[pl.Callback] = [
        Recorder(events, config.log_every),
        validation,
    ]
    if config.ema:
        callbacks.append(Ema(config.ema, first=config.warmup))
    callbacks.append(Control(events, folder, config.save_every))
    trainer = pl.Trainer(
        accelerator="gpu" if device == "cuda" else "cpu",
        devices=1,
        precision="bf16-mixed" if precision == "bf16" else "32-true",
        max_steps=config.steps,
        max_epochs=-1,
        accumulate_grad_batches=config.accumulate,
        val_check_interval=config.valid_every * config.accumulate,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        callbacks=callbacks,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=folder,
    )
    events.write(
        "alert",
        step=0,
        level="note",
        message=f"Training on {device} in {precision}: {len(prepared.train)} pairs, "
        f"{sum(p.numel() for p in module.parameters()):,} parameters.",
    )
    events.phase("training", expect=60, step=0)
    train_loader = DataLoader(
        prepared.train, batch_sampler=sampler, collate_fn=collate, num_workers=config.workers
    )
    trainer.fit(module, train_loader, loader, ckpt_path=checkpoint, weights_only=True)
    if trainer.global_step != validation.step:
        trainer.validate(module, loader, verbose=False)


def valid_loader(
    config: TrainConfig, prepared: Prepared
) -> tuple[list[tuple[str, str]], DataLoader[object]]:
    """The held-out pairs that fit in the model, and their batches in a fixed order."""
    encoded = encode_pairs(prepared.bundle, prepared.valid)
    kept = fitting(encoded, config.max_tokens)
    items = [encoded[place] for place in kept]
    dataset = PairDataset([source for source, _ in items], [target for _, target in items])
    batches = TokenBatchSampler(dataset.lengths, config.batch_tokens, seed=0)
    loader: DataLoader[object] = DataLoader(dataset, batch_sampler=batches, collate_fn=collate)
    return [prepared.valid[place] for place in kept], loader


def pick_device(config: TrainConfig) -> str:
    """cuda where there is one, unless the config says otherwise. Raises `TrainingFailed`."""
    if config.device == "cuda" and not torch.cuda.is_available():
        raise TrainingFailed(
            "This machine has no CUDA device that torch can use: set device to cpu."
        )
    return "cuda" if config.device != "cpu" and torch.cuda.is_available() else "cpu"


def pick_precision(config: TrainConfig, device: str) -> str:
    """bf16 on a GPU, and on a CPU where a matrix product is measured to be faster in it."""
    if config.precision != "auto":
        return config.precision
    return "bf16" if device == "cuda" or bf16_is_faster() else "fp32"


def bf16_is_faster(size: int = 512, rounds: int = 5) -> bool:
    """Whether the best of some `size` x `size` products takes less time in bf16 than in fp32."""

    def best(kind: torch.dtype) -> float:
        matrix = torch.ones(size, size, dtype=kind)
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            matrix @ matrix
            seconds.append(time.perf_counter() - started)
        return min(seconds)

    return best(torch.bfloat16) < 0.8 * best(torch.float32)


def reason(error: Exception) -> str:
    """Why a run failed, in one sentence for a person."""
    known = (ConfigError, ValueError, TokenizerError, BundleError, TrainingFailed)
    if isinstance(error, known):
        return str(error)
    if isinstance(error, OSError):
        return f"The disk refused: {error.strerror or error}."
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"


def main() -> int:
    """The command line of the supervisor."""
    parser = argparse.ArgumentParser(prog="python -m trainer.train")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--attempt", type=int, default=1)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    try:
        train(arguments.folder, arguments.attempt)
    except StopRequested:
        print("Stopped as asked; the state is saved.")
    except Exception as error:
        import traceback

        traceback.print_exc()
        print(f"Failed: {reason(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
