"""Read a YAML file whose faults must name their lines: mappings, lists and texts that know where they stand.

Caveat: every scalar is a text (``no`` stays "no"); anchors, aliases and tags are refused, so no file can grow when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

#: A file may not be larger (bytes), nest deeper, or hold more entries.
LARGEST_FILE, DEEPEST, MOST_ENTRIES = 2_000_000, 8, 60_000
#: Signs without width, as copying from a page brings them: a word that holds one is in no text.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


class Node(dict[str, Any]):
    """A mapping with the line of each key."""

    lines: dict[str, int]


class Text(str):
    """A scalar with its line."""

    line: int


def read_nodes(path: Path, faults: list[str]) -> Node:
    """The file as nested mappings, lists and texts that know their lines; faults are added to the list."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        faults.append(f"{path}: {size:,} bytes; a taxonomy has at most {LARGEST_FILE:,}: is this the right file?")
        return empty_node()
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except UnicodeDecodeError as error:
        faults.append(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8.")
        return empty_node()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        faults.append(f"{path}{line}: not YAML ({getattr(error, 'problem', None) or error}); mend the indent, quotes or brackets there.")
        return empty_node()
    seen: set[int] = set()
    value = _plain(root, path, faults, seen, 0) if root is not None else ""
    if not isinstance(value, Node):
        faults.append(f"{path}: must be a mapping with the key themes.")
        return empty_node()
    return value


def empty_node() -> Node:
    """A mapping with nothing in it."""
    node = Node()
    node.lines = {}
    return node


def _plain(node: yaml.Node, path: Path, faults: list[str], seen: set[int], depth: int) -> Any:
    line = node.start_mark.line + 1
    if id(node) in seen:
        faults.append(f"{path}, line {line}: an anchor (&) is used again by an alias (*); write the entries out, or use a set.")
        return ""
    seen.add(id(node))
    if depth > DEEPEST or len(seen) > MOST_ENTRIES:
        if not faults or "too deep or too long" not in faults[-1]:
            faults.append(f"{path}, line {line}: too deep or too long (at most {DEEPEST} levels, {MOST_ENTRIES:,} entries).")
        return ""
    if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
        faults.append(f"{path}, line {line}: the tag {node.tag} is not allowed; leave it out.")
        return ""
    if isinstance(node, yaml.ScalarNode):
        if unseen := _UNSEEN.search(node.value):
            faults.append(
                f"{path}, line {line}: {node.value!r} holds a sign that cannot be seen (U+{ord(unseen[0]):04X}); write it again without."
            )
        text = Text(node.value)
        text.line = line
        return text
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, path, faults, seen, depth + 1) for item in node.value]
    out = empty_node()
    for key_node, value_node in node.value:
        key = str(key_node.value)
        at = key_node.start_mark.line + 1
        if key in out:
            faults.append(f"{path}, line {at}: key {key!r} stands twice (first in line {out.lines[key]}); join the two.")
            continue
        out[key] = _plain(value_node, path, faults, seen, depth + 1)
        out.lines[key] = at
    return out


def check_keys(data: Node, allowed: tuple[str, ...], path: Path, faults: list[str], what: str) -> None:
    """Add a fault for every key that is not allowed."""
    for key in data:
        if key not in allowed:
            faults.append(f"{path}, line {data.lines[key]}: unknown key {key!r} in {what}; use {', '.join(allowed)}.")


def texts(data: Any, key: str, path: Path, faults: list[str]) -> list[str]:
    """A list of texts; lines of several comma-free words may be written as one block of words."""
    value = data.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        for item in value:
            if not item.strip():
                faults.append(f"{path}, line {getattr(item, 'line', 0)}: {key} has an empty entry; delete it.")
        return [item for item in value if item.strip()]
    faults.append(f"{path}, line {line_of(data, key)}: {key} must be a list of texts, such as [教师, 校长].")
    return []


def mapping(data: Node, key: str, path: Path, faults: list[str]) -> Iterator[tuple[str, Any]]:
    """Keys and values of a mapping under a key, if it is one."""
    value = data.get(key, {})
    if isinstance(value, dict):
        yield from value.items()
    else:
        faults.append(f"{path}, line {line_of(data, key)}: {key} must be a mapping.")


def items(data: Node, key: str, path: Path, faults: list[str]) -> list[Node]:
    """The mappings of a list under a key."""
    value = data.get(key, [])
    if isinstance(value, list) and all(isinstance(item, Node) for item in value):
        return value
    faults.append(f"{path}, line {line_of(data, key)}: {key} must be a list of mappings.")
    return []


def line_of(data: Any, key: str) -> int:
    """Line of a key, or 0."""
    return data.lines.get(key, 0) if isinstance(data, Node) else getattr(data.get(key), "line", 0)
