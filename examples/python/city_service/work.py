"""What the service itself does: the part to replace by its own work orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api_types import AcceptBody, AnswerBody, FollowUpRequest


def accept(request: FollowUpRequest) -> AcceptBody:
    """Makes a work order of a request; the team finds its number with the request."""
    return {"externalReference": order_of(request)}


def answer(request: FollowUpRequest) -> AnswerBody | None:
    """Tells what came of a request; nothing while there is still work to do."""
    return {"outcome": "done", "text": f"Uitgevoerd, zie werkbon {order_of(request)}."}


def order_of(request: FollowUpRequest) -> str:
    """Gives the number of the work order of a request."""
    return f"WB-{request['id'][-6:].upper()}"
