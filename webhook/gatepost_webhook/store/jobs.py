"""What the writer is asked to do: work by itself, or an item that costs less among others of its sort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from gatepost_webhook.store.database import Connection

Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)


class Promise(Protocol[T_contra]):
    """What gets the result of a job, as far as the writer knows it: a Future is one."""

    def set_running_or_notify_cancel(self) -> bool:
        """Tell whether anybody still waits; from here on it is not cancelled."""
        ...

    def done(self) -> bool:
        """Tell whether there is a result or an exception."""
        ...

    def set_result(self, result: T_contra, /) -> None:
        """Take the result."""
        ...

    def set_exception(self, exception: BaseException, /) -> None:
        """Take why there is none."""
        ...


class Crowd(Protocol[Item_contra, T_co]):
    """Work on items of one sort that costs less for many at a time than for each by itself."""

    def together(self, connection: Connection, items: Sequence[Item_contra]) -> Mapping[int, T_co]:
        """Deal with as many items as can be dealt with at once; return index -> result of those.

        What is left out is done by `alone`. When it raises, its writes are undone, and each item is done alone.
        """
        ...

    def alone(self, connection: Connection, item: Item_contra) -> T_co:
        """Deal with one item."""
        ...


@dataclass(eq=False, slots=True)
class Job:
    """Work by itself."""

    work: Callable[[Connection], Any]
    future: Future[Any]
    #: To be done on a full disk too, out of the reserve.
    vital: bool


@dataclass(eq=False, slots=True)
class Member(Generic[Item]):
    """A job that others may share the work with."""

    crowd: Crowd[Item, Any]
    item: Item
    future: Promise[Any]
    #: As of a Job.
    vital: bool = False

    def work(self, connection: Connection) -> object:
        """Do it alone."""
        return self.crowd.alone(connection, self.item)


Work: TypeAlias = Job | Member[Any]
