"""Words do not depend on what other people left on the machine."""

import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

import policycompare
from policycompare.tokens import tokenize

TEXT = "加强教师队伍建设,促进义务教育均衡发展"


@pytest.mark.parametrize("cache", ["fresh", "file in the way"])
def test_a_shared_cache_is_not_trusted_and_ones_own_not_needed(tmp_path, cache):
    shared, own = tmp_path / "shared", tmp_path / "own"
    shared.mkdir()
    (shared / "jieba.cache").write_bytes(marshal.dumps(({"加强教师": 10**9}, 10**9)))
    if cache != "fresh":
        own.write_text("")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", f"from policycompare.tokens import tokenize; print(*tokenize([{TEXT!r}])[0])"],
        cwd=Path(policycompare.__file__).parents[1],
        env={**os.environ, "TMPDIR": str(shared), "XDG_CACHE_HOME": str(own)},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.stdout.split(), done.stderr) == (tokenize([TEXT])[0], "")
    assert own.is_file() or [file.name for file in (own / "policycompare").iterdir()] == ["jieba-0.42.1.cache"]
