"""What can go wrong, for whoever wants to tell it apart."""


class CarillonError(Exception):
    """The base of all errors of this package."""


class ConfigurationError(CarillonError):
    """An address, a key or a server is missing, or an rc file cannot be read; says which and where."""


class ConnectionFailed(CarillonError):
    """The server could not be reached, or broke off in the middle of an answer. Trying again may help."""


class ApiError(CarillonError):
    """The server refused: ``code`` for programs, ``str(error)`` for people, ``status`` of HTTP, ``answer`` whole."""

    def __init__(self, status, answer, retry_after=None):
        super().__init__(answer.get("msg") or f"HTTP {status}")
        self.status = status
        self.code = answer.get("code", "BAD_REQUEST")
        self.answer = answer
        #: Seconds that the server asks to wait before the next call, if it said so.
        self.retry_after = retry_after

    @property
    def is_passing(self):
        """Whether the same call may succeed later."""
        return self.status in (408, 429) or self.status >= 500


class AuthenticationError(ApiError):
    """The key is wrong, was revoked, or its account was deactivated. No retry will help."""
