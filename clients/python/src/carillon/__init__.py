"""Carillon's event queues from Python: post, and hear of everything as it happens."""

from .client import Client
from .errors import ApiError, AuthenticationError, CarillonError, ConfigurationError, ConnectionFailed
from .version import __version__

__all__ = [
    "ApiError",
    "AuthenticationError",
    "CarillonError",
    "Client",
    "ConfigurationError",
    "ConnectionFailed",
    "__version__",
]
