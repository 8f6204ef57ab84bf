"""A build backend of one file (PEP 517, PEP 660), so that installing needs no network and no other package."""

import base64
import hashlib
import pathlib
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "carillon"
PACKAGES = ("carillon", "aloha")
TAG = "py3-none-any"


def _field(name, file="pyproject.toml"):
    """Both files are ours: one ``name = "value"`` a line is all they need to be read for."""
    for line in (ROOT / file).read_text("utf-8").splitlines():
        key, _, value = line.partition(" = ")
        if key == name:
            return value.strip().strip('"')
    raise KeyError(f"{file} names no {name}")


def _version():
    return _field("__version__", "src/carillon/version.py")


def _metadata():
    head = [
        "Metadata-Version: 2.1",
        f"Name: {NAME}",
        f"Version: {_version()}",
        f"Summary: {_field('description')}",
        f"License: {_field('license')}",
        f"Requires-Python: {_field('requires-python')}",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(head) + "\n\n" + (ROOT / "README.md").read_text("utf-8")


def _info():
    return f"{NAME}-{_version()}.dist-info"


def _info_files():
    wheel = f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: true\nTag: {TAG}\n"
    return {f"{_info()}/METADATA": _metadata().encode(), f"{_info()}/WHEEL": wheel.encode()}


def _sources():
    files = {}
    for package in PACKAGES:
        for path in sorted((ROOT / "src" / package).rglob("*.py")):
            files[path.relative_to(ROOT / "src").as_posix()] = path.read_bytes()
    files["carillon/py.typed"] = b""
    return files


def _write_wheel(directory, files):
    """Writes the wheel with the list of its files and their digests (binary distribution format, RECORD)."""
    name = f"{NAME}-{_version()}-{TAG}.whl"
    record = []
    with zipfile.ZipFile(pathlib.Path(directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{path},sha256={digest},{len(content)}")
            wheel.writestr(path, content)
        record.append(f"{_info()}/RECORD,,")
        wheel.writestr(f"{_info()}/RECORD", "\n".join(record) + "\n")
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _write_wheel(wheel_directory, {**_sources(), **_info_files()})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    link = {f"__editable__{NAME}.pth": f"{ROOT / 'src'}\n".encode()}
    return _write_wheel(wheel_directory, {**link, **_info_files()})


def build_sdist(sdist_directory, config_settings=None):
    base = f"{NAME}-{_version()}"
    name = f"{base}.tar.gz"
    with tarfile.open(pathlib.Path(sdist_directory) / name, "w:gz") as archive:
        for part in ("pyproject.toml", "README.md", "build_backend", "src"):
            archive.add(ROOT / part, f"{base}/{part}", filter=_without_caches)
        info = pathlib.Path(sdist_directory) / "PKG-INFO"
        info.write_text(_metadata(), "utf-8")
        archive.add(info, f"{base}/PKG-INFO")
        info.unlink()
    return name


def _without_caches(entry):
    return None if "__pycache__" in entry.name else entry


def get_requires_for_build_wheel(config_settings=None):
    return []


get_requires_for_build_editable = get_requires_for_build_wheel
get_requires_for_build_sdist = get_requires_for_build_wheel
