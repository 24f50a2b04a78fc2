"""The fields of ChatLeopard and what it is to others: loading, copying, writing, caching, tracing.

Generates nothing: chat.py does. Importing this loads no model and no torch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, NoReturn, Self

from langchain_core.caches import BaseCache
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.globals import get_llm_cache
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LangSmithParams
from langchain_core.language_models.model_profile import ModelProfile
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_core.runnables.base import RunnableSerializable
from langchain_core.runnables.utils import AnyConfigurableField
from langchain_core.utils import from_env
from pydantic import ConfigDict, Field, PrivateAttr, field_validator, model_validator

from leopard_tools import LazyLeopard
from leopard_tools.toolbox.access import Access

from .errors import OptionUnsupported
from .keys import cache_key, cache_name, contents_of, reach_of
from .options import GENERATION, check_names
from .profile import WorkedOut, profile_of
from .sharing import Key, share

if TYPE_CHECKING:
    from leopard_tools import Leopard
else:
    # Naming the class at run time would load torch; any object is taken, and mypy knows better.
    Leopard = object

_REMOTE = ("api_key", "base_url", "max_retries", "model_provider")
"""What LangChain gives to every model; a local one has no use for it."""
_LOADING = ("checkpoint", "device", "dtype", "adapter")
"""Fields that say what is loaded, where no `leopard` was given."""


class LeopardModel(BaseChatModel):
    """See ChatLeopard, which is the model to use."""

    model_config = ConfigDict(populate_by_name=True, arbitrary_types_allowed=True)

    checkpoint: str = Field(
        default_factory=from_env("LEOPARD_CHECKPOINT", default="nano"), alias="model"
    )
    device: str = "auto"
    dtype: str = "auto"
    adapter: str | None = None
    leopard: Leopard | None = Field(default=None, exclude=True, repr=False)
    access: Access | None = Field(default=None, exclude=True)
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 128
    seed: int | None = None
    stop: list[str] | None = None
    timeout: float | None = None
    verbatim: bool = False
    cite: bool = False
    logprobs: bool = False
    streaming: bool = False

    _shared: LazyLeopard = PrivateAttr()
    _others: dict[Key, LazyLeopard] = PrivateAttr(default_factory=dict)
    _contents: str = PrivateAttr(default="")

    @model_validator(mode="before")
    @classmethod
    def _known_arguments(cls, given: Any) -> Any:
        if isinstance(given, Mapping):
            aliases = [field.alias for field in cls.model_fields.values() if field.alias]
            check_names(given, [*cls.model_fields, *aliases, *_REMOTE], "The constructor")
            if isinstance(given.get("profile"), WorkedOut):
                # Another model's, whose fields `configurable_fields` gives beside the changed ones.
                return {**given, "profile": None}
        return given

    @field_validator("stop", mode="before")
    @classmethod
    def _several_stops(cls, given: object) -> object:
        return [given] if isinstance(given, str) else given

    @field_validator("checkpoint", "adapter", mode="before")
    @classmethod
    def _path_as_text(cls, given: object) -> object:
        return fspath(given) if isinstance(given, PathLike) else given

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        if self.leopard is None:
            self._share()

    def _share(self) -> LazyLeopard:
        """What answers with the fields as they are now, kept from now on."""
        self._shared = share(self.checkpoint, self.device, self.dtype, self.adapter)
        return self._shared

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, with `model` for `checkpoint`; the copy answers with what it names."""
        given = dict(update or {})
        if "model" in given:
            given["checkpoint"] = given.pop("model")
        if "checkpoint" in given:
            given.setdefault("leopard", None)
        check_names(given, list(type(self).model_fields), "model_copy")
        made = super().model_copy(update=given, deep=deep)
        made._follow()
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "checkpoint" and self.leopard is not None:
            self.leopard = None
        elif name in ("checkpoint", "leopard"):
            self._follow()

    def _follow(self) -> None:
        """Has the profile tell of what answers now, unless somebody gave one."""
        if isinstance(self.profile, WorkedOut):
            self.profile = self._resolve_model_profile()

    def configurable_fields(self, **kwargs: AnyConfigurableField) -> RunnableSerializable[Any, Any]:
        """As every model's. Raises OptionUnsupported for what a given `leopard` would ignore."""
        ignored = [name for name in _LOADING if name in kwargs and self.leopard is not None]
        if ignored:
            raise OptionUnsupported(
                f"{ignored[0]} cannot be configured here: a leopard was given, which answers "
                "whatever is configured. Configure a ChatLeopard that was made with a checkpoint, "
                "or take configurable_alternatives."
            )
        return super().configurable_fields(**kwargs)

    @property
    def model_name(self) -> str:
        """What answers: the checkpoint's name."""
        return self.checkpoint if self.leopard is None else self.leopard.model

    def load(self) -> Leopard:
        """The Leopard that answers; the first call loads it, where none was given."""
        source = self.source
        return source.load() if isinstance(source, LazyLeopard) else source

    @property
    def source(self) -> Leopard | LazyLeopard:
        """What answers: the Leopard that was given, or what the fields name as they are now."""
        return self._share() if self.leopard is None else self.leopard

    @property
    def _llm_type(self) -> str:
        return "leopard"

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        kept = ("device", "dtype", "adapter", "stop", "logprobs", *GENERATION)
        return {"model_name": self.model_name, **{name: getattr(self, name) for name in kept}}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return super()._get_ls_params(stop=stop or self.stop, **kwargs)

    def _get_llm_string(self, stop: list[str] | None = None, **kwargs: Any) -> str:
        identity = "" if self.leopard is None else cache_name(self.leopard)
        known = {
            "shared": identity,
            "access": reach_of(self.access or Access()),
            "contents": self._contents,
        }
        return cache_key({**self._identifying_params, **known}, stop, kwargs)

    def _generate_with_cache(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        knowing = self._knowing(messages) if self._caches() else self
        return BaseChatModel._generate_with_cache(knowing, messages, stop, run_manager, **kwargs)

    async def _agenerate_with_cache(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        knowing = await asyncio.to_thread(self._knowing, messages) if self._caches() else self
        return await BaseChatModel._agenerate_with_cache(
            knowing, messages, stop, run_manager, **kwargs
        )

    def _caches(self) -> bool:
        """Whether LangChain is going to look for its answers in a cache."""
        found = isinstance(self.cache, BaseCache) or get_llm_cache() is not None
        return found and self.cache is not False

    def _knowing(self, messages: list[BaseMessage]) -> Self:
        """A copy whose key tells what lies in the files that messages name; itself without any.

        LangChain makes the key of the messages as they are written, and of `_get_llm_string`,
        which does not get them. Where the contents cannot be told, the copy does not cache.
        """
        contents = contents_of(messages, self.access or Access())
        if contents is None:
            return self.model_copy(update={"cache": False})
        if not contents:
            return self
        made = self.model_copy()
        made._contents = contents
        return made

    def _resolve_model_profile(self) -> ModelProfile:
        if self.leopard is None:
            return profile_of(self.checkpoint, None)
        return profile_of("", self.leopard.context_length)

    @classmethod
    def is_lc_serializable(cls) -> bool:
        return True

    def to_json(self) -> Any:
        """As every model; one that answers with a `leopard` of this process cannot be written."""
        return super().to_json() if self.leopard is None else self.to_json_not_implemented()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        # What was loaded is shared by copies; fields are values.
        return self.model_copy()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            "A ChatLeopard cannot be pickled: its model lives in this process. Make one in each "
            "process, or write it with langchain_core.load.dumps and read it there with loads."
        )

    def _leopard(self, model: str | None) -> Leopard:
        """What answers: this model's own, or the checkpoint that a call names. Loads it."""
        if model is None or model == self.model_name:
            return self.load()
        key = (model, self.device, self.dtype, None)
        if key not in self._others:
            self._others[key] = share(*key)
        return self._others[key].load()


__all__ = ["LeopardModel"]
