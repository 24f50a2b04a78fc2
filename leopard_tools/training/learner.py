"""Loss, steps and accuracy of the network in training; knows no files and no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from peft import PeftModel
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence
from transformers import AttentionInterface, LlamaForCausalLM

from .attention import ATTENTION, Strands, attention
from .lora import trained
from .packing import IGNORED, Packed, visible

WARM_UP = 30
"""Steps over which the learning rate rises."""
MEAN_OVER = 200
"""Steps over which the weights are averaged, once there are so many."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question of an evaluation: its kind, and whether greedy decoding gives its answer."""

    kind: str
    right: bool


class Learner:
    """A network with a LoRA put on, and its optimiser.

    `mean` are the LoRA's matrices averaged over the last steps, exponentially: at a constant
    learning rate they answer better than those of any one step, as if the rate had been let fall.

    `group_positions`: sequences are computed together, padded to the longest of them, as long as
    they have no more positions than this. 0: one after the other, the best on a CPU, where padding
    costs what it computes; a GPU is idle without.
    """

    def __init__(
        self,
        network: LlamaForCausalLM,
        model: PeftModel,
        *,
        rate: float,
        group_positions: int = 0,
    ) -> None:
        AttentionInterface.register(ATTENTION, attention)
        network.config._attn_implementation = ATTENTION
        self.network = network
        self.model = model
        self.rate = rate
        self.group_positions = group_positions
        self.steps = 0
        self.optimiser = torch.optim.AdamW(
            trained(model), lr=rate, betas=(0.9, 0.98), weight_decay=0.0
        )
        self.mean = [weight.detach().clone() for weight in trained(model)]

    def step(self, batch: Sequence[Packed]) -> float:
        """One update from these contexts; gives the loss for each answer token (nats)."""
        count = sum(int((packed.targets != IGNORED).sum()) for packed in batch)
        total = 0.0
        self.model.train()
        self.optimiser.zero_grad(set_to_none=True)
        for group in grouped(batch, self.group_positions):
            logits, targets = self.predict(*group)
            loss = cross_entropy(logits, targets, reduction="sum") / count
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(trained(self.model), 1.0)
        for settings in self.optimiser.param_groups:
            settings["lr"] = self.rate * min(1.0, (self.steps + 1) / WARM_UP)
        self.optimiser.step()
        self.steps += 1
        for mean, weight in zip(self.mean, trained(self.model), strict=True):
            mean.lerp_(weight.detach(), 1 / min(self.steps, MEAN_OVER))
        return total

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Inside the block the network has the mean of its weights: what a run gives."""
        weights = trained(self.model)
        own = [weight.detach().clone() for weight in weights]
        fill(weights, self.mean)
        try:
            yield
        finally:
            fill(weights, own)

    def predict(self, *group: Packed) -> tuple[Tensor, Tensor]:
        """Logits (answer tokens, vocabulary) in float32, and the tokens that they should give.

        The output layer, a fifth of the network, is computed at these positions only.
        """
        ids, positions, segments, targets = (
            tensor.to(self.network.device, non_blocking=True) for tensor in padded(group)
        )
        seen: dict[str, object]
        if len(group) == 1 and ids.device.type == "cpu":
            seen = {"strands": Strands.of(segments[0])}
        else:
            seen = {"attention_mask": visible(segments)}
        output = self.network.model(input_ids=ids, position_ids=positions, use_cache=False, **seen)
        learnt = targets != IGNORED
        logits: Tensor = self.network.lm_head(output.last_hidden_state[learnt])
        return logits.float(), targets[learnt]

    @torch.inference_mode()
    def evaluate(self, packed: Packed) -> list[Outcome]:
        """Which questions of a context are answered exactly.

        Greedy decoding gives the answer exactly if every token of it, and its end, is the most
        probable one after those before it: one pass tells, without decoding.
        """
        self.model.eval()
        logits, targets = self.predict(packed)
        hits = (logits.argmax(-1) == targets).tolist()
        owners = packed.answers[packed.targets != IGNORED].tolist()
        wrong = {owner for owner, hit in zip(owners, hits, strict=True) if not hit}
        return [
            Outcome(kind, number not in wrong) for number, kind in enumerate(packed.kinds, start=1)
        ]


@torch.no_grad()
def fill(matrices: Sequence[Tensor], values: Sequence[Tensor]) -> None:
    """Gives matrices of a LoRA, or their mean, these values, each to each."""
    for matrix, value in zip(matrices, values, strict=True):
        matrix.copy_(value)


def grouped(batch: Sequence[Packed], most: int) -> list[list[Packed]]:
    """Sequences to be computed together: of like lengths, `most` positions with their padding."""
    groups: list[list[Packed]] = []
    for packed in sorted(batch, key=lambda packed: len(packed.ids)) if most else batch:
        # Sorted by length: the newest is the longest, to which the others are padded.
        if groups and len(packed.ids) * (len(groups[-1]) + 1) <= most:
            groups[-1].append(packed)
        else:
            groups.append([packed])
    return groups


def padded(group: Sequence[Packed]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Ids, positions, segments and targets, each (sequences, length of the longest).

    Padding comes last, in a segment of its own that sees what all share: nothing sees it, and no
    row of the mask is empty.
    """
    columns = (
        ([packed.ids for packed in group], 0),
        ([packed.positions for packed in group], 0),
        ([packed.segments for packed in group], -1),
        ([packed.targets for packed in group], IGNORED),
    )
    ids, positions, segments, targets = (
        pad_sequence(tensors, batch_first=True, padding_value=value) for tensors, value in columns
    )
    return ids, positions, segments, targets
