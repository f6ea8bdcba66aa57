"""The `.env` file: names and values, or what is wrong with which line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from worker.errors import SettingsError

MAX_BYTES = 64 * 1024


def read_env_file(path: Path) -> dict[str, str]:
    """Read a `.env` file; one that does not exist is an empty one.

    Byte order mark, CRLF, quotes, comments and `export` are understood; `${…}` is not expanded, so
    a key may hold any sign.

    Raises:
        SettingsError: The file cannot be read, or names each line that is not NAME=value.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError([f"{path.name} cannot be read: {error.strerror}."]) from None
    if len(data) > MAX_BYTES:
        raise SettingsError([f"{path.name} must be at most {MAX_BYTES // 1024} KiB long."])
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError([f"{path.name} must be text in UTF-8."]) from None
    return _values(path.name, content)


def _values(file: str, content: str) -> dict[str, str]:
    bindings = list(parse_stream(StringIO(content)))
    if problems := [_problem(file, binding) for binding in bindings if _is_wrong(binding)]:
        raise SettingsError(problems)
    return {b.key: b.value for b in bindings if b.key is not None and b.value is not None}


def _is_wrong(binding: Binding) -> bool:
    key, value = binding.key or "", binding.value or ""
    return binding.error or "=" in key or "\0" in key + value


def _problem(file: str, binding: Binding) -> str:
    # The parser counts from the end of the line before: a blank line belongs to what follows it.
    blank = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
    line = binding.original.line + binding.original.string[:blank].count("\n")
    return f"{file} line {line} must be NAME=value, with quotes closed where there are any."
