"""Where a client finds its address, its key and its server: arguments, then the environment, then an rc file."""

import configparser
import os
from dataclasses import dataclass
from typing import Optional
from urllib.parse import urlsplit

from .errors import ConfigurationError

PREFIXES = ("CARILLON", "ALOHA", "ZULIP")
RC_FILES = ("~/.carillonrc", "~/aloharc", "~/.aloharc")


@dataclass(frozen=True)
class Config:
    email: str
    api_key: str
    #: ``https://chat.example.org``, without a slash at the end.
    site: str
    #: A file of certificates to trust instead of the system's.
    cert_bundle: Optional[str] = None
    client_cert: Optional[str] = None
    client_cert_key: Optional[str] = None
    #: Trusts any certificate.
    insecure: bool = False


def load_config(config_file=None, **given):
    """Raises ``ConfigurationError`` when something is missing or unreadable."""
    values = {name: value for name, value in given.items() if value is not None}
    for name in ("email", "api_key", "site", "cert_bundle", "client_cert", "client_cert_key", "insecure"):
        values.setdefault(name, _from_environment(name))
    path = config_file or _from_environment("config_file") or (_first_existing() if _missing(values) else None)
    in_file = _read_rc(path) if path else {}
    merged = {name: in_file.get(name) if value is None else value for name, value in values.items()}
    missing = _missing(merged)
    if missing:
        place = f"in {path}" if path else f"(no rc file among {', '.join(RC_FILES)})"
        cure = f"pass {missing[0]}= or set CARILLON_{missing[0].upper()}"
        raise ConfigurationError(f"{' and '.join(missing)} missing {place}: {cure}")
    merged["site"] = _site(merged["site"])
    merged["insecure"] = _flag(merged.get("insecure"))
    return Config(**merged)


def _missing(values):
    return [name for name in ("email", "api_key", "site") if not values.get(name)]


def _from_environment(name):
    words = {"config_file": "CONFIG", "cert_bundle": "CERT_BUNDLE", "insecure": "ALLOW_INSECURE"}
    words = {**words, "client_cert": "CERT", "client_cert_key": "CERT_KEY"}
    for prefix in PREFIXES:
        value = os.environ.get(f"{prefix}_{words.get(name, name.upper())}")
        if value:
            return value
    return None


def _first_existing():
    return next((path for path in RC_FILES if os.path.exists(os.path.expanduser(path))), None)


def _read_rc(path):
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            parser.read_file(file)
    except (OSError, configparser.Error, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error
    if not parser.has_section("api"):
        raise ConfigurationError(f"{path} has no section [api]")
    section = dict(parser["api"])
    section["api_key"] = section.pop("key", None)
    known = ("email", "api_key", "site", "cert_bundle", "client_cert", "client_cert_key", "insecure")
    return {name: section.get(name) for name in known}


def _site(site):
    address = site if "://" in site else f"https://{site}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"{site} is no address of a server")
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path[: -len('/api')] if path.endswith('/api') else path}"


def _flag(value):
    if value is None or isinstance(value, bool):
        return bool(value)
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ConfigurationError(f"insecure is true or false, not {value}")
