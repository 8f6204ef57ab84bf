"""Streams with Mastodon.py, unmodified. Says what it hears as lines of JSON; is told what to do by lines on stdin."""

import json
import sys
import threading

from mastodon import Mastodon, StreamListener

url = sys.argv[1]
tag = sys.argv[2]
speaking = threading.Lock()


def say(**facts):
    with speaking:
        print(json.dumps(facts), flush=True)


class Listener(StreamListener):
    def __init__(self, stream):
        self.stream = stream
        self.ready = False
        self.handled = None

    def handle_heartbeat(self):
        if not self.ready:
            self.ready = True
            say(kind="ready", stream=self.stream)

    # What the client's own parser found, beside what its callback is given.
    def _dispatch(self, event):
        self.handled = None
        super()._dispatch(event)
        say(kind="heard", stream=self.stream, event=event["event"], data=event["data"], handled=self.handled)

    def on_update(self, status):
        self.handled = str(status["id"])

    def on_status_update(self, status):
        self.handled = str(status["id"])

    def on_delete(self, status_id):
        self.handled = str(status_id)

    def on_notification(self, notification):
        self.handled = str(notification["id"])

    def on_conversation(self, conversation):
        self.handled = str(conversation["id"])

    def on_announcement(self, announcement):
        self.handled = str(announcement["id"])

    def on_announcement_delete(self, announcement_id):
        self.handled = str(announcement_id)

    def on_filters_changed(self):
        self.handled = ""

    def on_unknown_event(self, name, unknown_event=None):
        say(kind="problem", text="unknown event %s on %s" % (name, self.stream))

    def on_abort(self, err):
        say(kind="problem", text="%s aborted: %r" % (self.stream, err))


client_id, client_secret = Mastodon.create_app(
    "Mastodon.py", scopes=["read", "write", "follow"], api_base_url=url
)
client = Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=url)
say(kind="authorize", url=client.auth_request_url(scopes=["read", "write", "follow"]))
code = sys.stdin.readline().strip()
client.log_in(code=code, scopes=["read", "write", "follow"])
me = client.account_verify_credentials()
say(kind="signed-in", acct=me["acct"])
lists = client.lists()


# A stream that Mastodon.py has no method for in this version.
def stream_notifications(listener):
    return client._Mastodon__stream("/api/v1/streaming/user/notification", listener, run_async=True)


handles = [
    client.stream_user(Listener("user"), run_async=True),
    stream_notifications(Listener("user:notification")),
    client.stream_public(Listener("public"), run_async=True),
    client.stream_hashtag(tag, Listener("hashtag"), run_async=True),
    client.stream_list(lists[0]["id"], Listener("list"), run_async=True),
    client.stream_direct(Listener("direct"), run_async=True),
]
sys.stdin.readline()
for handle in handles:
    handle.close()
