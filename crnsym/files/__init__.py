"""Writing files and folders, whole or not at all."""

from .folder import fill_folder, finish_folder
from .single import write_by, write_bytes, write_text, written

__all__ = ["fill_folder", "finish_folder", "write_by", "write_bytes", "write_text", "written"]
