"""All routes of the what-ifs: those with a name of their own before those of one what-if."""

from fastapi import APIRouter

from desk.whatif import asking, files, listing, showing

router = APIRouter()
for _part in (asking.router, listing.router, files.router, showing.router):
    router.include_router(_part)
