"""What of a what-if is no page: its charts, and the reports that one takes along."""

# Annotations are read at run time here: FastAPI asks what every route wants to be given.
import io
import zipfile
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from desk.desk import desk_of
from desk.paper.pdf import printed
from desk.paper.whatif import charts
from desk.paper.whatif.book import workbook
from desk.paper.whatif.report import page as report
from desk.paper.whatif.tables import parquet
from desk.paper.whatif.writing import SECONDS
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from desk.whatif.study import FILE_PATIENCE, Results, results, seen, study_of

router = APIRouter()
Planner = Annotated[Viewer, Depends(only(Role.PLANNER))]
Stage = Annotated[int | None, Query(ge=0, le=10_000_000)]
Kind = Literal["html", "pdf", "xlsx", "parquet.zip"]
TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet.zip": "application/zip",
}
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""When a file in a zip was made, as far as anybody needs to know: equal figures, equal bytes."""


@router.get("/wat-als/{simulation}/grafiek/{chart}.svg")
def picture(
    request: Request, simulation: str, chart: str, viewer: Planner, stand: Stage = None
) -> Response:
    """Draw a chart of the stage that is being read. 404 for a chart that there is not."""
    desk = desk_of(request)
    one = seen(desk, viewer, simulation)
    found = results(request, desk, one, stage=stand, patience=FILE_PATIENCE)
    if found is None or chart not in found.charts:
        raise NotFound
    key = (one.simulation.corporation, one.simulation.id, id(found), chart)
    drawn = study_of(request).drawn.of(key, lambda: charts.svg(found.charts[chart]))
    return Response(drawn, media_type="image/svg+xml")


@router.get("/wat-als/{simulation}/rapport.{kind}")
def taken_along(request: Request, simulation: str, kind: str, viewer: Planner) -> Response:
    """Give the report as one file. 404 for another kind, or while there is nothing to read."""
    desk = desk_of(request)
    one = seen(desk, viewer, simulation)
    found = results(request, desk, one, patience=FILE_PATIENCE)
    if found is None or kind not in TYPES:
        raise NotFound
    name = f"wat-als-{one.simulation.id}.{kind}"
    given = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content(found, kind), media_type=TYPES[kind], headers=given)


def content(found: Results, kind: str) -> bytes:
    """Write a report. Raises NotPrinted when the press is busy."""
    if kind == "pdf":
        return printed(report(found.told, printed=True), seconds=SECONDS)
    if kind == "xlsx":
        return workbook(found.told)
    if kind == "html":
        return report(found.told).encode()
    return zipped(parquet(found.comparison))


def zipped(files: dict[str, bytes]) -> bytes:
    """Put files into one zip; equal files give equal bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content_ in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.parquet", LONG_AGO), content_)
    return whole.getvalue()
