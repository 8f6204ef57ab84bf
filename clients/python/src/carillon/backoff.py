"""How long to wait before trying again."""

import random
import time

FIRST = 0.5
MOST = 30.0
#: A server that asks for more than this is asked again all the same.
MOST_ASKED = 3600.0


class Backoff:
    """
    Doubles from half a second to half a minute, each time a random part of it, so that the clients of a restarted
    server do not come back in one wave; never less than the server asked for.
    """

    def __init__(self, sleep=time.sleep, chance=random.random):
        self._sleep = sleep
        self._chance = chance
        self._next = FIRST

    def reset(self):
        self._next = FIRST

    def wait(self, at_least=None):
        """``at_least`` in seconds."""
        pause = self._next * self._chance()
        self._next = min(2 * self._next, MOST)
        self._sleep(max(pause, min(at_least or 0.0, MOST_ASKED)))
