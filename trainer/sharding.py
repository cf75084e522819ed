"""A model that several processes hold in shares: PyTorch's fully sharded data parallel.

Each layer is put together while it is needed, and its gradients are handed out again.
"""

from __future__ import annotations

from typing import cast

from pytorch_lightning.strategies import ModelParallelStrategy
from torch.distributed.fsdp import FSDPModule, fully_shard, register_fsdp_forward_method

from trainer import ranks
from trainer.module import TrainingModule
from transformer.model import Transformer


class ShardedModule(TrainingModule):
    """A `TrainingModule` of which each rank trains its share."""

    def configure_model(self) -> None:
        """Cut each layer in shares, then what lies outside of them."""
        if isinstance(self.model, FSDPModule):
            return
        assert self.device_mesh is not None
        mesh = self.device_mesh["data_parallel"]
        model = cast(Transformer, self.model)  # the one task that is trained in shares
        for layer in (*model.encoder.layers, *model.decoder.layers):
            fully_shard(layer, mesh=mesh)
        fully_shard(self.model, mesh=mesh)
        for way in ("encode", "decode"):  # decoding enters the model by these
            register_fsdp_forward_method(self.model, way)


def sharded(size: int) -> ModelParallelStrategy:
    """Lightning's strategy for `size` ranks; a checkpoint is one file, as of one process."""
    return ModelParallelStrategy(
        data_parallel_size=size,
        tensor_parallel_size=1,
        save_distributed_checkpoint=False,
        timeout=ranks.PATIENCE,
    )
