"""What a run learns: to translate, to fill hidden words, to continue a text, or to see."""

from trainer.config import TrainConfig
from trainer.tasks.task import Batch, Losses, Prepared, Task

__all__ = ["Batch", "Losses", "Prepared", "Task", "task_of"]


def task_of(config: TrainConfig) -> Task:
    """The task that a run's config names."""
    from trainer.tasks.continuing import Continue
    from trainer.tasks.fill import Fill
    from trainer.tasks.see import See
    from trainer.tasks.translate import Translate

    tasks: dict[str, type[Task]] = {
        "translate": Translate,
        "fill": Fill,
        "continue": Continue,
        "see": See,
    }
    return tasks[config.task](config)
