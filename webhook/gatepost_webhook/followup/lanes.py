"""Several mails on their way at once: each lane takes the next claimed mail when its last one has ended."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from gatepost_webhook.channels.channel import Away, Misconfigured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gatepost_webhook.channels.channel import Outcome
    from gatepost_webhook.followup.claimed import Claimed

    #: Claims some more mails: how many were dealt with, and those that are to be handed over. Nothing due: 0.
    Claim = Callable[[], Awaitable[tuple[int, list[Claimed]]]]
    #: Hands one mail over.
    Deliver = Callable[[Claimed], Awaitable[Outcome]]
    #: Takes note of how one ended.
    Keep = Callable[[Claimed, Outcome], None]


class Lanes:
    """One round of sending, until nothing is due, the road is closed, or somebody asks to stop."""

    def __init__(self, claim: Claim, deliver: Deliver, keep: Keep, *, stopped: Callable[[], bool]) -> None:
        self._claim = claim
        self._deliver = deliver
        self._keep = keep
        self._stopped = stopped
        self._waiting: deque[Claimed] = deque()
        #: A claim that is being made; and how few may wait before the next is.
        self._claiming: asyncio.Task[None] | None = None
        self._few = 0
        self._seen = 0
        self._put_back = 0
        self._under_way = 0
        self._dry = False
        #: How the road was found closed: Away or Misconfigured.
        self.closed: Outcome | None = None

    async def run(self, count: int) -> int:
        """Send on so many lanes, and return how many mails were dealt with. Raises what claiming raises."""
        # Several lanes are kept busy while more is claimed; one has nobody to wait for.
        self._few = count // 2
        ends = await asyncio.gather(*(self._lane() for _ in range(count)), return_exceptions=True)
        if self._claiming:
            ends += await asyncio.gather(self._claiming, return_exceptions=True)
        for claimed in self._waiting:
            self._give_back(claimed)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return self._seen - self._put_back

    async def _lane(self) -> None:
        while claimed := await self._next():
            self._under_way += 1
            try:
                outcome = await self._deliver(claimed)
            finally:
                self._under_way -= 1
            if self._is_open_after(outcome):
                self._keep(claimed, outcome)
                continue
            self._give_back(claimed)
            return

    async def _next(self) -> Claimed | None:
        """Return the next mail; more are claimed when few are left."""
        while not self._is_over():
            if len(self._waiting) <= self._few and not self._claiming and not self._dry:
                self._claiming = asyncio.create_task(self._claim_more())
            if self._waiting:
                return self._waiting.popleft()
            if self._claiming:
                await self._claiming
        return None

    async def _claim_more(self) -> None:
        try:
            seen, claimed = await self._claim()
        except BaseException:
            # It would go wrong for every other lane, too.
            self._dry = True
            raise
        self._claiming = None
        self._dry = not seen
        self._seen += seen
        self._waiting += claimed

    def _is_over(self) -> bool:
        over = self._dry and not self._waiting and not self._claiming
        return self._stopped() or self.closed is not None or over

    def _is_open_after(self, outcome: Outcome) -> bool:
        """Tell whether this lane may go on. One that is turned away while others talk was simply one too many."""
        if isinstance(outcome, Misconfigured) or (isinstance(outcome, Away) and not self._under_way):
            self.closed = self.closed or outcome
        return not isinstance(outcome, (Away, Misconfigured))

    def _give_back(self, claimed: Claimed) -> None:
        self._put_back += 1
        self._keep(claimed, Away("put back"))
