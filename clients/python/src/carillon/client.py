"""The calls of the API, named as Zulip's bindings name them."""

import os
import uuid
from urllib.parse import quote

from .backoff import Backoff
from .config import load_config
from .errors import ApiError, ConnectionFailed
from .event_loop import EventLoop
from .transport import Transport
from .version import __version__

#: Longer than a server lets a question wait, and its heartbeat with it.
POLL_TIMEOUT = 90.0
TRIES = 5


class Client:
    """
    Speaks for one account. ``config_file`` is an rc file with ``[api]``, ``email``, ``key`` and ``site``; without
    arguments it is looked for (see ``config``). One client may be used by several threads.
    """

    def __init__(
        self,
        email=None,
        api_key=None,
        config_file=None,
        *,
        site=None,
        client=None,
        timeout=15.0,
        poll_timeout=POLL_TIMEOUT,
        backoff=Backoff,
        **tls,
    ):
        """
        ``client`` names the program to the server. ``timeout`` and ``poll_timeout``: seconds of silence after which a
        call, or a question for events, is given up. ``tls``: ``insecure``, ``cert_bundle``, ``client_cert``,
        ``client_cert_key``.
        """
        unknown = set(tls) - {"insecure", "cert_bundle", "client_cert", "client_cert_key"}
        if unknown:
            raise TypeError(f"Client() knows no {', '.join(sorted(unknown))}")
        self._config = load_config(config_file, email=email, api_key=api_key, site=site, **tls)
        self._transport = Transport(self._config, client or f"Carillon-Python/{__version__}")
        self._timeout = timeout
        self._poll_timeout = poll_timeout
        self._backoff = backoff

    @property
    def email(self):
        return self._config.email

    @property
    def base_url(self):
        return f"{self._config.site}/api/"

    # Events

    def call_on_each_event(self, callback, event_types=None, narrow=None, on_gap=None, **registration):
        """
        Calls back with every event from now on, for ever: through restarts, lost connections and expired queues. An
        exception of the callback leaves the loop. ``on_gap(last_event_id)`` is called when the server no longer had
        what came after that event. Further arguments go to ``register``.
        """
        wanted = {"event_types": event_types, "narrow": narrow, **registration}
        for events in EventLoop(self, wanted, self._backoff(), on_gap).batches():
            for event in events:
                callback(event)

    def call_on_each_message(self, callback, **registration):
        """Calls back with every message that the account receives from now on; see ``call_on_each_event``."""
        self.call_on_each_event(lambda event: callback(event["message"]), ["message"], **registration)

    def register(self, event_types=None, narrow=None, **more):
        """Makes a queue; answers with ``queue_id``, ``last_event_id`` and the state that was asked for."""
        return self._once("POST", "register", {"event_types": event_types, "narrow": narrow, **more})

    def get_events(self, queue_id, last_event_id, dont_block=None):
        """Asks once. Does not try again; ``call_on_each_event`` does."""
        fields = {"queue_id": queue_id, "last_event_id": last_event_id, "dont_block": dont_block}
        return self._once("GET", "events", fields, timeout=self._poll_timeout)

    def deregister(self, queue_id):
        return self.call_endpoint("events", "DELETE", {"queue_id": queue_id})

    # Messages

    def send_message(self, message):
        """``message``: ``type``, ``to``, ``content``, for channels ``topic``. Tried again, it is still sent once."""
        return self.call_endpoint("messages", "POST", message, headers={"Idempotency-Key": uuid.uuid4().hex})

    def get_messages(self, request):
        return self.call_endpoint("messages", "GET", request)

    def get_raw_message(self, message_id):
        return self.call_endpoint(f"messages/{message_id}", "GET")

    def get_message_history(self, message_id):
        return self.call_endpoint(f"messages/{message_id}/history", "GET")

    def update_message(self, message):
        return self.call_endpoint(f"messages/{message['message_id']}", "PATCH", message)

    def delete_message(self, message_id):
        return self.call_endpoint(f"messages/{message_id}", "DELETE")

    def update_message_flags(self, request):
        return self.call_endpoint("messages/flags", "POST", request)

    def add_reaction(self, reaction):
        return self.call_endpoint(f"messages/{reaction['message_id']}/reactions", "POST", reaction)

    def remove_reaction(self, reaction):
        return self.call_endpoint(f"messages/{reaction['message_id']}/reactions", "DELETE", reaction)

    def upload_file(self, file):
        """``file``: open for reading bytes, its name is the upload's."""
        name = os.path.basename(str(getattr(file, "name", "file")))
        return self.call_endpoint("user_uploads", "POST", files=[(name, file.read())])

    # People and channels

    def get_profile(self):
        return self.call_endpoint("users/me", "GET")

    def get_users(self, request=None):
        return self.call_endpoint("users", "GET", request)

    def get_streams(self, **request):
        return self.call_endpoint("streams", "GET", request)

    def get_stream_id(self, stream):
        return self.call_endpoint("get_stream_id", "GET", {"stream": stream})

    def get_stream_topics(self, stream_id):
        return self.call_endpoint(f"users/me/{stream_id}/topics", "GET")

    def get_subscriptions(self, request=None):
        return self.call_endpoint("users/me/subscriptions", "GET", request)

    def add_subscriptions(self, streams, **request):
        return self.call_endpoint("users/me/subscriptions", "POST", {"subscriptions": streams, **request})

    def remove_subscriptions(self, streams, principals=None):
        fields = {"subscriptions": streams, "principals": principals}
        return self.call_endpoint("users/me/subscriptions", "DELETE", fields)

    def set_typing_status(self, request):
        return self.call_endpoint("typing", "POST", request)

    def update_presence(self, request):
        return self.call_endpoint("users/me/presence", "POST", request)

    def get_storage(self, request=None):
        return self.call_endpoint("bot_storage", "GET", request)

    def update_storage(self, request):
        return self.call_endpoint("bot_storage", "PUT", request)

    def get_server_settings(self):
        return self.call_endpoint("server_settings", "GET")

    def call_endpoint(self, url, method="POST", request=None, files=(), headers=None):
        """
        Any call of the API, ``url`` behind ``/api/v1/``. Tries again what fails in passing, where doing it twice is
        the same as doing it once. Answers with the whole answer; raises ``ApiError`` or ``ConnectionFailed``.
        """
        safe = method in ("GET", "PUT", "DELETE") or (headers or {}).get("Idempotency-Key")
        backoff = self._backoff()
        for tried in range(1, TRIES + 1):
            try:
                return self._once(method, quote(url.lstrip("/"), safe="/@:"), request or {}, files, headers)
            except ApiError as error:
                if not error.is_passing or tried == TRIES or not (safe or error.status == 429):
                    raise
                backoff.wait(error.retry_after)
            except ConnectionFailed:
                if not safe or tried == TRIES:
                    raise
                backoff.wait()
        raise AssertionError("a last try either answers or raises")

    def _once(self, method, path, fields, files=(), headers=None, timeout=None):
        return self._transport.send(method, path, fields, files, headers, timeout or self._timeout)
