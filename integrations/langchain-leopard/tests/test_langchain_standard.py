"""LangChain's own standard tests of chat models, on the embedded model, none of them changed."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_leopard import ChatLeopard
from langchain_places import TINY
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from leopard_tools import Leopard

# The suite's async tests have no marker of their own.
pytestmark = pytest.mark.anyio


class TestChatLeopardUnits(ChatModelUnitTests):
    @property
    def chat_model_class(self) -> type[ChatLeopard]:
        return ChatLeopard

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return {"LEOPARD_CHECKPOINT": TINY}, {}, {"checkpoint": TINY}

    @pytest.mark.xfail(
        raises=ValueError,
        reason="langchain-core reads only classes of its own table with allowed_objects='all', and "
        "no package can add itself; allowed_objects=[ChatLeopard] works (test_langchain_chat)",
    )
    def test_serdes(self, model: BaseChatModel, snapshot: Any) -> None:
        super().test_serdes(model, snapshot)


# Timing a stream is for recorded HTTP: without any, the suite streams once and times nothing.
@pytest.mark.filterwarnings("ignore:Benchmark fixture was not used")
@pytest.mark.usefixtures("pictures_of_the_suite")
class TestChatLeopard(ChatModelIntegrationTests):
    @pytest.fixture(autouse=True)
    def _with_nano(self, nano: Leopard) -> None:
        self.nano = nano

    @property
    def chat_model_class(self) -> type[ChatLeopard]:
        return ChatLeopard

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"leopard": self.nano}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_image_urls(self) -> bool:
        return True

    @property
    def supports_pdf_inputs(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def supports_image_tool_message(self) -> bool:
        return True

    @property
    def supports_pdf_tool_message(self) -> bool:
        return True

    @property
    def enable_vcr_tests(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return TINY

    @property
    def supported_usage_metadata_details(
        self,
    ) -> dict[
        Literal["invoke", "stream"],
        list[
            Literal[
                "audio_input",
                "audio_output",
                "reasoning_output",
                "cache_read_input",
                "cache_creation_input",
            ]
        ],
    ]:
        return {"invoke": ["cache_read_input"], "stream": ["cache_read_input"]}

    def invoke_with_cache_read_input(self, *, stream: bool = False) -> AIMessage:
        """The same question twice: the second time all but its last position is known."""
        model: BaseChatModel = ChatLeopard(leopard=self.nano)
        model.invoke("Which of these was read before?")
        if not stream:
            return model.invoke("Which of these was read before?")
        chunks = list(model.stream("Which of these was read before?"))
        found = sum(chunks[1:], chunks[0])
        assert found.usage_metadata and found.usage_metadata["input_token_details"]["cache_read"]
        return found
