"""Carillon's event queues from Python: post, and hear of everything as it happens."""

from .client import Client
from .errors import ApiError, AuthenticationError, CarillonError, ConfigurationError, ConnectionFailed

__version__ = "0.1.0"
__all__ = [
    "ApiError",
    "AuthenticationError",
    "CarillonError",
    "Client",
    "ConfigurationError",
    "ConnectionFailed",
]
