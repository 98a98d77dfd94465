"""The server of the studio: this machine alone, nothing from the net."""

import socket
from contextlib import nullcontext
from pathlib import Path

from nicegui import ui

from ..errors import DataError
from ..training.workers import Workers
from .pages import opened, register

HOST, PORT, TRIED = "127.0.0.1", 8765, 20
RECONNECT = 30.0  # seconds for which a page that lost its connection is kept


def serve(paths: list[Path], port: int | None = None, browser: bool = True, workers: int = 1) -> None:
    """Open the studio until Ctrl-C.

    Parameters
    ----------
    paths
        Tables, one saved answer or its folder, or one file of snapshots; empty for the page where files are dropped.
    port
        By default the first free one from 8765 on.
    browser
        Whether the page is opened.
    workers
        Processes that fit; 1 for this one.

    Raises
    ------
    CrnsymError
        A file that cannot be read.
    DataError
        A port that is taken.
    """
    chosen = _free(port)
    with Workers(workers) if workers > 1 else nullcontext() as processes:
        project = opened(paths, processes) if paths else None
        register(processes)
        place = "/" if project is None else f"/p/{project.name}"
        print(f"Studio: http://{HOST}:{chosen}{place}   (Ctrl-C ends it)", flush=True)
        ui.run(
            host=HOST,
            port=chosen,
            title="crnsym studio",
            show=place if browser else False,
            reload=False,
            reconnect_timeout=RECONNECT,
            show_welcome_message=False,
        )


def _free(port: int | None) -> int:
    tried = range(PORT, PORT + TRIED) if port is None else [port]
    for number in tried:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, number))
            except OSError:
                continue
            return number
    raise DataError(f"--port {tried[0]}: taken by another program; choose another")
