"""Prepared networks as text, which crosses processes and is a key for what is compiled."""

import json
from dataclasses import replace
from functools import lru_cache

from ...formats.json import from_dict, to_dict
from ...network.expressions import parse_expression
from ...network.printing import expression_text
from .columns import Prepared


def text_of(prepared: Prepared) -> str:
    """Write a prepared network as text, see `prepared_from`."""
    content = {
        "network": to_dict(replace(prepared.network, metadata={})),
        "columns": {n: expression_text(e) for n, e in prepared.columns.items()},
        "starts": {n: expression_text(e) for n, e in prepared.starts.items()},
        "fitted": prepared.fitted,
        "conditioned": prepared.conditioned,
        "remarks": prepared.remarks,
    }
    return json.dumps(content, default=str)


@lru_cache(256)
def prepared_from(text: str) -> Prepared:
    """Read what `text_of` wrote."""
    content = json.loads(text)
    lists = {name: tuple(content[name]) for name in ("fitted", "conditioned", "remarks")}
    read = {name: {n: parse_expression(e) for n, e in content[name].items()} for name in ("columns", "starts")}
    return Prepared(from_dict(content["network"]), read["columns"], read["starts"], **lists)
