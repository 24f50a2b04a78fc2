"""The server with the fixtures that the conformance suite asks for; for that suite alone.

    make conformance

starts it and runs the suite, which npm fetches. Everything but the fixtures is the server that
users run, with its guards.
"""

from __future__ import annotations

import base64
import sys
import warnings
from io import BytesIO
from typing import Annotated

import anyio
import uvicorn
from leopard_mcp import Policy, make_server
from leopard_mcp.http import Endpoint, guard
from mcp.server.mcpserver import Audio, Context, Image, UserMessage
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPDeprecationWarning
from mcp.types import (
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    SamplingMessage,
    TextContent,
    TextResourceContents,
)
from PIL import Image as Pictures
from pydantic import BaseModel, Field

warnings.simplefilter("ignore", MCPDeprecationWarning)
server = make_server(Policy())


def picture() -> ImageContent:
    stream = BytesIO()
    Pictures.new("RGB", (1, 1), "red").save(stream, "PNG")
    return Image(data=stream.getvalue(), format="png").to_image_content()


def embedded(uri: str, text: str) -> EmbeddedResource:
    contents = TextResourceContents(uri=uri, mime_type="text/plain", text=text)
    return EmbeddedResource(resource=contents)


@server.tool()
def test_simple_text() -> str:
    """Fixture of the suite."""
    return "This is a simple text response for testing."


@server.tool(structured_output=False)
def test_image_content() -> list[ContentBlock]:
    """Fixture of the suite."""
    return [picture()]


@server.tool(structured_output=False)
def test_audio_content() -> Audio:
    """Fixture of the suite."""
    return Audio(data=b"RIFF$\x00\x00\x00WAVE", format="wav")


@server.tool(structured_output=False)
def test_embedded_resource() -> list[ContentBlock]:
    """Fixture of the suite."""
    return [embedded("test://embedded-resource", "This is an embedded resource content.")]


@server.tool(structured_output=False)
def test_multiple_content_types() -> list[ContentBlock]:
    """Fixture of the suite."""
    text = TextContent(text="Multiple content types test:")
    return [text, picture(), embedded("test://mixed-content-resource", '{"test": "data"}')]


@server.tool()
async def test_tool_with_logging(ctx: Context) -> str:
    """Fixture of the suite."""
    for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(message)
        await anyio.sleep(0.05)
    return "Logged."


@server.tool()
async def test_tool_with_progress(ctx: Context) -> str:
    """Fixture of the suite."""
    for progress in (0, 50, 100):
        await ctx.report_progress(progress, 100)
        await anyio.sleep(0.05)
    return "Progressed."


@server.tool()
def test_error_handling() -> str:
    """Fixture of the suite."""
    raise ToolError("This tool intentionally returns an error for testing")


@server.tool()
async def test_sampling(prompt: str, ctx: Context) -> str:
    """Fixture of the suite."""
    message = SamplingMessage(role="user", content=TextContent(text=prompt))
    answer = await ctx.session.create_message(
        [message], max_tokens=100, related_request_id=ctx.request_id
    )
    return f"LLM response: {answer.content}"


class Contact(BaseModel):
    username: str = Field(description="User's response")
    email: str = Field(description="User's email address")


@server.tool()
async def test_elicitation(message: str, ctx: Context) -> str:
    """Fixture of the suite."""
    outcome = await ctx.elicit(message, Contact)
    return f"User response: {outcome.action}"


class Defaults(BaseModel):
    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: Annotated[str, Field(json_schema_extra={"enum": ["active", "inactive", "pending"]})] = (
        "active"
    )
    verified: bool = True


@server.tool()
async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
    """Fixture of the suite."""
    outcome = await ctx.elicit("Please confirm the defaults", Defaults)
    return f"Elicitation completed: action={outcome.action}"


@server.resource("test://static-text", mime_type="text/plain")
def static_text() -> str:
    return "This is the content of the static text resource."


@server.resource("test://static-binary", mime_type="image/png")
def static_binary() -> bytes:
    return base64.b64decode(picture().data)


@server.resource("test://template/{name}/data", mime_type="application/json")
def template_data(name: str) -> str:
    return f'{{"id": "{name}", "templateTest": true}}'


@server.prompt()
def test_simple_prompt() -> str:
    """A prompt without arguments."""
    return "This is a simple prompt for testing."


@server.prompt()
def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
    """A prompt with arguments."""
    return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"


@server.prompt(name="test_prompt_with_embedded_resource")
def prompt_with_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803  # the suite's name
    """A prompt with a resource."""
    return [UserMessage(embedded(resourceUri, "Embedded resource content for testing."))]


@server.prompt()
def test_prompt_with_image() -> list[UserMessage]:
    """A prompt with a picture."""
    return [UserMessage(picture()), UserMessage("Please analyze the image above.")]


if __name__ == "__main__":
    endpoint = Endpoint(port=int(sys.argv[1]))
    uvicorn.run(guard(server, endpoint), port=endpoint.port, log_level="warning")
