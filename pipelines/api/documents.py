"""The documents that say how to speak with us: open to everybody, made once at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_contracts.cloudevents import short_of
from data_contracts.fact_schemas import DRAFT, data_schemas
from pipelines.api.asyncapi import asyncapi
from pipelines.api.openapi import openapi
from pipelines.api.problems import Refused, answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from pipelines.api.openapi import Document

OPEN = {"Access-Control-Allow-Origin": "*"}
"""Anybody's browser may read the documents (NL API Design Rules 2.2, /core/publish-openapi)."""


class Documents:
    """The documents of one installation."""

    def __init__(self, public_url: str, *, email: str) -> None:
        self.openapi_document = openapi(public_url, email=email)
        self.asyncapi_document = asyncapi(public_url, email=email)
        self.schemas: dict[str, Document] = {
            f"{short_of(kind)}.json": {
                "$schema": DRAFT,
                "$id": f"{public_url}/v1/schemas/{short_of(kind)}.json",
                **schema,
            }
            for kind, schema in data_schemas().items()
        }

    async def openapi(self, _request: Request) -> Response:
        """Give the OpenAPI document."""
        return answer(self.openapi_document, headers=OPEN)

    async def asyncapi(self, _request: Request) -> Response:
        """Give the AsyncAPI document."""
        return answer(self.asyncapi_document, headers=OPEN)

    async def schema(self, request: Request) -> Response:
        """Give the JSON Schema of the data of a kind of fact."""
        found = self.schemas.get(request.path_params["bestand"])
        if found is None:
            raise Refused(404)
        return answer(found, headers=OPEN)
