"""Where an answer stands: boxes for the nodes that it rests on.

Finding an answer's words in pages is leopard_tools' work; this brings nodes to it and marks them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, SupportsIndex

from llama_index.core.base.response.schema import PydanticResponse, Response
from llama_index.core.bridge.pydantic import Field
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from leopard_tools import Citation, Frame
from leopard_tools.images.wanted import Check, nothing
from leopard_tools.reading.locate import cite
from leopard_tools.schema import leaves
from leopard_tools.waiting import awaited

from .base import Leopard
from .content import has_image

Opened = Sequence[tuple[int, Sequence[Frame]]]
"""The pictures of nodes that have any, with the node's place among all."""
EVIDENCE = "evidence"
"""The key of a node's metadata: [{"text", "box": [left, top, width, height], "page"}, …]."""


class LeopardEvidence(BaseNodePostprocessor):
    """Marks the nodes that an answer rests on with the boxes where it stands.

    As a node_postprocessor of an engine it comes before the answer is written, so it asks
    `llm` the question itself, about the image nodes; the engine's own request then finds the pages
    read already. `mark` takes an answer that is there and looks only for its words, without
    asking anything. Boxes are in the pixels of the node's image, in metadata["evidence"], which
    neither embeddings nor prompts get.
    """

    llm: Leopard = Field(description="What is asked, and whose reader reads.")
    cited_only: bool = Field(default=False, description="Whether nodes without evidence go.")

    @classmethod
    def class_name(cls) -> str:
        return "LeopardEvidence"

    def to_dict(self, **kwargs: Any) -> dict[str, Any]:
        """The settings. Raises LeopardError where a given Leopard answers for the llm."""
        self.llm._check_own("written")
        return super().to_dict(**kwargs)

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        # Else LlamaIndex leaves out what cannot be pickled, and this would come back without llm.
        self.llm._check_own("pickled")
        return super().__reduce_ex__(protocol)

    def mark(
        self, response: Response | PydanticResponse, query: str | None = None
    ) -> Response | PydanticResponse:
        """The response with its source nodes marked. query: what was asked, to tell apart places.

        Of an object (PydanticResponse) each value is looked for.

        Of source nodes that share a node with an index, copies are marked.
        """
        nodes = response.source_nodes
        opened, question = self._frames(nodes), query or ""
        if isinstance(response, PydanticResponse):
            held = response.response
            # As its values would be written in an image.
            answers = [] if held is None else [*map(str, leaves(held.model_dump(mode="json")))]
            marked = self._marked(nodes, opened, question, answers, best=1)
            return replace(response, source_nodes=marked)
        marked = self._marked(nodes, opened, question, [str(response)])
        return Response(str(response), source_nodes=marked, metadata=response.metadata)

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        question = query_bundle.query_str if query_bundle else ""
        opened = self._frames(nodes)
        frames = [frame for _, found in opened for frame in found]
        if not question or not frames:
            return nodes
        answer = self.llm.leopard.ask(question, frames)
        return self._marked(nodes, opened, question, [answer.text])

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        question = query_bundle.query_str if query_bundle else ""
        with awaited() as check:
            opened = await asyncio.to_thread(self._frames, nodes, check)
            frames = [frame for _, found in opened for frame in found]
            if not question or not frames:
                return nodes
            answer = await self.llm.leopard.aask(question, frames)
            answers = [answer.text]
            return await asyncio.to_thread(
                self._marked, nodes, opened, question, answers, check=check
            )

    def _frames(self, nodes: Sequence[NodeWithScore], check: Check = nothing) -> Opened:
        """The pictures of these nodes."""
        return [
            (place, [*self.llm.opener.deferred(each.node).open(check)])
            for place, each in enumerate(nodes)
            if has_image(each.node)
        ]

    def _marked(
        self,
        nodes: Sequence[NodeWithScore],
        opened: Opened,
        question: str,
        answers: Sequence[str],
        best: int | None = None,
        check: Check = nothing,
    ) -> list[NodeWithScore]:
        """The nodes with the places of the answers, of each at most the `best` of them."""
        places = [place for place, found in opened for _ in found]
        frames = [frame for _, found in opened for frame in found]
        readings = [self.llm.leopard.read(frame, check=check) for frame in frames]
        evidence: dict[int, list[dict[str, Any]]] = {}
        for citation in (c for answer in answers for c in cite(answer, question, readings)[:best]):
            place = places[citation.image]
            page = frames[citation.image].page or nodes[place].node.metadata.get("page")
            evidence.setdefault(place, []).append(_entry(citation, page))
        return [
            _with_evidence(each, evidence[place]) if place in evidence else each
            for place, each in enumerate(nodes)
            if place in evidence or not self.cited_only
        ]


def _entry(citation: Citation, page: int | None) -> dict[str, Any]:
    found: dict[str, Any] = {"text": citation.text, "box": citation.box.to_list()}
    return found if page is None else {**found, "page": page}


def _with_evidence(given: NodeWithScore, found: list[dict[str, Any]]) -> NodeWithScore:
    """A copy: the node itself belongs to the index."""
    node = given.node.model_copy(deep=True)
    node.metadata[EVIDENCE] = found
    node.excluded_llm_metadata_keys = [*node.excluded_llm_metadata_keys, EVIDENCE]
    node.excluded_embed_metadata_keys = [*node.excluded_embed_metadata_keys, EVIDENCE]
    return NodeWithScore(node=node, score=given.score)


__all__ = ["EVIDENCE", "LeopardEvidence"]
