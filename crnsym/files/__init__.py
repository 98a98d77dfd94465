"""Writing files and folders, whole or not at all."""

from .folder import fill_folder, finish_folder
from .locking import alone, lock, only_writer
from .single import write_by, write_bytes, write_text, written

__all__ = [
    "alone",
    "fill_folder",
    "finish_folder",
    "lock",
    "only_writer",
    "write_by",
    "write_bytes",
    "write_text",
    "written",
]
