"""The loop behind ``call_on_each_event``: one queue, asked again and again, through everything that passes."""

import logging

from .errors import ApiError, AuthenticationError, ConnectionFailed

log = logging.getLogger("carillon")


class EventLoop:
    """
    Yields batches of events, each once, in order, for ever. What a batch holds is acknowledged by the next question,
    which comes when the batch is done. ``on_gap(last_event_id)`` is called when a server could not go on behind that
    event. Raises ``AuthenticationError`` when the key is refused, ``ApiError`` when the registration itself is.
    """

    def __init__(self, client, registration, backoff, on_gap=None):
        self._client = client
        self._registration = registration
        self._backoff = backoff
        self._on_gap = on_gap
        self._queue = None
        #: The last event that the callback is done with, or where the queue began; None before the first queue.
        self._last = None

    def batches(self):
        while True:
            try:
                if self._queue is None:
                    self._register()
                answer = self._client.get_events(queue_id=self._queue, last_event_id=self._last)
                events = _events_after(self._last, answer)
            except AuthenticationError:
                raise
            except ApiError as error:
                self._refused(error)
                continue
            except ConnectionFailed as error:
                log.warning("%s; trying again", error)
                self._backoff.wait()
                continue
            self._backoff.reset()
            if events:
                yield [event for event in events if event.get("type") != "heartbeat"]
                self._last = max(event["id"] for event in events)
            else:
                # Another poll took this one's place, or the server has odd ideas: not a reason to ask without end.
                self._backoff.wait()
                self._backoff.reset()

    def _register(self):
        # A queue that is gone is replaced by one that goes on where it stopped; -1 is a place in its own queue only.
        had = self._last
        place = {} if had is None or had < 0 else {"last_event_id": had}
        answer = self._client.register(**self._registration, **place)
        queue, start = answer.get("queue_id"), answer.get("last_event_id")
        if not isinstance(queue, str) or not _is_id(start):
            raise ConnectionFailed("the server registered no event queue")
        self._queue, self._last = queue, start
        ignored = "last_event_id" in (answer.get("ignored_parameters_unsupported") or ())
        if had is not None and (not place or ignored or start != had):
            log.warning("the server could not go on behind event %d: events may be missing", had)
            if self._on_gap:
                self._on_gap(had)

    def _refused(self, error):
        if error.is_passing:
            log.warning("%s; trying again", error)
        elif self._queue is None:
            raise error
        else:
            # BAD_EVENT_QUEUE_ID, or a position that this queue does not know: only another queue helps.
            log.warning("%s; registering again", error)
            self._queue = None
        self._backoff.wait(error.retry_after)


def _events_after(last, answer):
    events = answer.get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) and _is_id(event.get("id")) for event in events):
        raise ConnectionFailed("the server answered without events")
    return [event for event in events if event["id"] > last]


def _is_id(value):
    return isinstance(value, int) and not isinstance(value, bool)
