"""HTTP with the standard library: one connection for each thread, kept as long as the server keeps it."""

import base64
import http.client
import json
import platform
import re
import selectors
import ssl
import threading
import uuid
from urllib.parse import urlencode, urlsplit

from .errors import ApiError, AuthenticationError, ConnectionFailed


class Transport:
    """Sends one call and gives its answer, or raises; never tries again."""

    def __init__(self, config, client_name):
        self._config = config
        self._url = urlsplit(config.site)
        self._local = threading.local()
        system = f"{platform.system()} {platform.release()}".strip()
        credentials = f"{config.email}:{config.api_key}".encode()
        self._headers = {
            "Authorization": "Basic " + base64.b64encode(credentials).decode("ascii"),
            "User-Agent": f"{client_name} ({system})",
            "Accept": "application/json",
        }
        self._tls = self._make_tls() if self._url.scheme == "https" else None

    def send(self, method, path, fields, files=(), headers=None, timeout=15.0):
        """
        Fields that are None are left out, text goes as it is, everything else as JSON. Raises ``ConnectionFailed``
        when there is no whole JSON answer within ``timeout`` seconds of silence, ``ApiError`` when it is a refusal.
        """
        encoded = {name: _encoded(value) for name, value in fields.items() if value is not None}
        target = f"{self._url.path}/api/v1/{path}"
        sent = {**self._headers, **(headers or {})}
        body = None
        if files:
            body, sent["Content-Type"] = _multipart(encoded, files)
        elif method == "GET":
            target += f"?{urlencode(encoded)}" if encoded else ""
        else:
            body = urlencode(encoded).encode("ascii")
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        status, retry_after, text = self._exchange(method, target, body, sent, timeout)
        return _read(status, retry_after, text)

    def close(self):
        """Closes this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection:
            connection.close()
        self._local.connection = None

    def _exchange(self, method, target, body, headers, timeout):
        try:
            connection = self._connection(timeout)
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            return response.status, response.headers.get("Retry-After"), response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionFailed(f"{self._config.site}: {error or type(error).__name__}") from error
        except BaseException:
            # Stopped in the middle: the rest of this answer must not be read as the next one.
            self.close()
            raise

    def _connection(self, timeout):
        connection = getattr(self._local, "connection", None)
        if connection and connection.sock and _was_closed(connection.sock):
            self.close()
            connection = None
        connection = self._local.connection = connection or self._connect()
        connection.timeout = timeout
        if connection.sock:
            connection.sock.settimeout(timeout)
        return connection

    def _connect(self):
        host, port = self._url.hostname, self._url.port
        if self._tls:
            return http.client.HTTPSConnection(host, port, context=self._tls)
        return http.client.HTTPConnection(host, port)

    def _make_tls(self):
        config = self._config
        context = ssl.create_default_context(cafile=config.cert_bundle)
        if config.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if config.client_cert:
            context.load_cert_chain(config.client_cert, config.client_cert_key)
        return context


def _read(status, retry_after, text):
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "result" not in answer:
        # A proxy speaks, or a server that starts: its words are for people.
        if status == 401:
            raise AuthenticationError(status, {})
        if status in (408, 429) or status >= 500:
            raise ApiError(status, {}, _seconds(retry_after))
        raise ConnectionFailed(f"HTTP {status} without the answer of a Carillon server")
    if answer["result"] == "success" and 200 <= status < 300:
        return answer
    kind = AuthenticationError if status == 401 else ApiError
    waiting = answer.get("retry-after")
    is_told = isinstance(waiting, (int, float)) and waiting >= 0
    raise kind(status, answer, waiting if is_told else _seconds(retry_after))


def _seconds(text):
    return float(text) if text and re.fullmatch(r"[0-9]+(\.[0-9]+)?", text.strip()) else None


def _encoded(value):
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _was_closed(sock):
    """Whether the server closed a kept connection meanwhile: nothing else can come on it between two calls."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _multipart(fields, files):
    """RFC 7578."""
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
        parts.append(f"{head}{value}\r\n".encode())
    for name, content in files:
        disposition = f'form-data; name="file"; filename="{_quoted(name)}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
        parts.append(head.encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _quoted(name):
    return name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
