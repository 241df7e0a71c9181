import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policycompare.coding.texts import BODY, HEADING, TITLE, Parts, text_of, whole

signs = "教师，《》。 \n\u3000\U00020000"


@given(st.lists(st.lists(st.text(signs, max_size=8), max_size=4), max_size=4), st.text(signs, max_size=3))
def test_every_character_leads_back_to_its_own(documents, gap):
    """Parts with something between them that is no part."""
    texts = [gap.join(parts) for parts in documents]
    rows = [
        (document, start := sum(map(len, parts[:n])) + n * len(gap), start + len(part), BODY)
        for document, parts in enumerate(documents)
        for n, part in enumerate(parts)
    ]
    text = text_of(texts, Parts(*np.array(rows, dtype=np.int64).reshape(-1, 4).T))
    assert text.plain.split("\n")[:-1] == ["".join(part.split()) for parts in documents for part in parts]
    assert text.plain == "".join(text.plain[start:end] + "\n" for start, end in zip(text.start, text.end, strict=True))
    for at, sign in enumerate(text.plain):
        if sign != "\n":
            assert texts[rows[text.part[at]][0]][text.origin(np.array([at]))[0]] == sign


def test_a_space_alone_and_nothing_are_parts_too():
    assert whole([" ", "", "安"]).plain == "\n\n安\n"


@pytest.mark.parametrize("blank", ["\u2002", "\u202f", "\x1f", "\x85", "\u00ad", "\u200d", "\u2060"])
def test_no_blank_of_any_width_parts_a_word(blank):
    assert whole([f"教{blank}师"]).plain == "教师\n"


def test_the_last_of_a_kind_at_or_above_stays_within_the_document():
    parts = Parts(np.array([0, 0, 0, 2, 2]), *np.zeros((2, 5), dtype=int), np.array([BODY, HEADING, BODY, BODY, TITLE]))
    assert parts.last(parts.kind == HEADING).tolist() == [-1, 1, 1, -1, -1]
    assert parts.last(parts.kind == TITLE).tolist() == [-1, -1, -1, -1, 4]
