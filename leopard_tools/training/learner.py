"""Loss, steps and accuracy of the network in training; knows no files and no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from peft import PeftModel
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from .lora import trained
from .packing import IGNORED, Packed

WARM_UP = 30
"""Steps over which the learning rate rises."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question of an evaluation: its kind, and whether greedy decoding gives its answer."""

    kind: str
    right: bool


class Learner:
    """A network with a LoRA put on, and its optimiser."""

    def __init__(self, network: LlamaForCausalLM, model: PeftModel, *, rate: float) -> None:
        self.network = network
        self.model = model
        self.rate = rate
        self.steps = 0
        self.optimiser = torch.optim.AdamW(
            trained(model), lr=rate, betas=(0.9, 0.98), weight_decay=0.0
        )

    def step(self, batch: Sequence[Packed], fraction: float = 1.0) -> float:
        """One update from these contexts; gives the loss for each answer token (nats).

        `fraction` of the learning rate is used, after warm-up.
        """
        count = sum(int((packed.targets != IGNORED).sum()) for packed in batch)
        total = 0.0
        self.model.train()
        self.optimiser.zero_grad(set_to_none=True)
        # One context after the other: padded or joined they would pay for attention twice over.
        for packed in batch:
            logits, targets = self.predict(packed)
            loss = cross_entropy(logits, targets, reduction="sum") / count
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(trained(self.model), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * fraction * min(1.0, (self.steps + 1) / WARM_UP)
        self.optimiser.step()
        self.steps += 1
        return total

    def predict(self, packed: Packed) -> tuple[Tensor, Tensor]:
        """Logits (answer tokens, vocabulary) in float32, and the tokens that they should give.

        The output layer, a fifth of the network, is computed at these positions only.
        """
        packed = packed.to(self.network.device)
        output = self.network.model(
            input_ids=packed.ids[None],
            attention_mask=packed.mask,
            position_ids=packed.positions[None],
            use_cache=False,
        )
        learnt = packed.targets != IGNORED
        logits: Tensor = self.network.lm_head(output.last_hidden_state[0, learnt])
        return logits.float(), packed.targets[learnt]

    @torch.inference_mode()
    def evaluate(self, packed: Packed) -> list[Outcome]:
        """Which questions of a context are answered exactly.

        Greedy decoding gives the answer exactly if every token of it, and its end, is the most
        probable one after those before it: one pass tells, without decoding.
        """
        self.model.eval()
        logits, targets = self.predict(packed)
        hits = (logits.argmax(-1) == targets).tolist()
        owners = packed.segments[packed.targets != IGNORED].tolist()
        wrong = {owner for owner, hit in zip(owners, hits, strict=True) if not hit}
        return [
            Outcome(kind, number not in wrong) for number, kind in enumerate(packed.kinds, start=1)
        ]
