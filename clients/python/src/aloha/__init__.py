"""The name that the real-time guide uses; the same as ``carillon``."""

from carillon import *  # noqa: F403
from carillon import __all__  # noqa: F401
