"""
Plays scenarios of ``clients/vectors``: one JSON object a line in (the scenario, its ``site``, and ``random``), one a
line out for everything that happens. A wait is over when an empty line comes in.
"""

import json
import logging
import sys

from carillon import ApiError, Client
from carillon.backoff import Backoff


class Thrown(Exception):
    """What the callback throws."""


def tell(**happened):
    print(json.dumps(happened), flush=True)


def play(scenario):
    call = scenario["call"]

    def sleep(seconds):
        tell(waitMs=round(seconds * 1000))
        sys.stdin.readline()

    def hear(event):
        tell(heard=event)
        if event["id"] == call.get("throwAt"):
            raise Thrown

    def run(client):
        wished = {**call.get("fields", {})}
        if call["method"] == "sendMessage":
            return client.send_message(call["message"])
        if call["method"] == "call":
            return client.call_endpoint(call["path"], call["verb"], call["fields"])
        wished["on_gap"] = lambda last_event_id: tell(gap=last_event_id)
        if "narrow" in call:
            wished["narrow"] = call["narrow"]
        if call["method"] == "callOnEachMessage":
            return client.call_on_each_message(hear, **wished)
        return client.call_on_each_event(hear, call.get("eventTypes"), **wished)

    client = Client(
        scenario["email"],
        scenario["apiKey"],
        site=scenario["site"],
        poll_timeout=scenario.get("pollTimeoutMs", 90_000) / 1000,
        backoff=lambda: Backoff(sleep, lambda: scenario["random"]),
    )
    try:
        tell(ends={"answer": run(client)})
    except Thrown:
        tell(ends={"thrown": True})
    except ApiError as error:
        tell(ends={"error": {"status": error.status, "code": error.code}})


logging.disable()
for line in iter(sys.stdin.readline, ""):
    play(json.loads(line))
