"""A small network as a picture: what it shows, where it goes, how it looks."""

from .canvas import can_draw as can_draw
from .canvas import svg as svg
