"""Documents → hits of a taxonomy's rules in their statements: one pass over the text, then clause logic on whole columns.

Caveat: words are matched in *simplified* text with white space taken out, and offsets are given back in the text as it was passed. The
text must therefore be one-to-one in length with the source (as :mod:`policycompare.script` makes it).

How a statement is read:

1. Every word of every rule is looked up at once (one trie, overlapping). A word inside a longer one that carries a rule or is a
   guard is hidden; what stands inside a guard is dropped.
2. Rules are decided clause by clause.
3. A frame (以……为指导) masks what stands in it, or demotes it to means; a title in 《》 is demoted too.
4. A term well before the last term of its clause, of another theme and not co-ordinate, serves that one and is demoted (unless the
   taxonomy says that it may stand ``beside`` it).
5. A term directly before a head of another theme (美育|教师) only modifies it and is dropped; so are its co-ordinates (体育、美育|教师).
6. ``terms`` code; ``weak`` only where no other theme has a term in the clause; ``faint`` only where nothing else was coded.
7. A statement that is framing (总体要求是……), or about another sector alone, carries nothing.
8. A statement without a code takes its heading's theme, if that has one and its other statements bear it.

How a document is read: where many statements have words of other sectors it is a general report, and only clauses about education
count, and of some themes only the ``terms`` (4 and 8 do not apply). Where most coded statements bear one theme it has a topic:
statements without a code take it, and in a document that is all about one thing every coded statement bears it, and other themes need
a term.
"""

from __future__ import annotations

import numpy as np

from policycompare.coding.clauses import Held, parts_with, rules_held
from policycompare.coding.lending import with_lent
from policycompare.coding.lexicon import OTHER, Matcher
from policycompare.coding.texts import Text
from policycompare.coding.words import find_words

#: Chance that a hit of the tier alone is right, before anything is calibrated.
WEIGHTS = (0.85, 0.7, 0.55, 0.5)
#: A document is general where at least this share of its statements has a word of another sector.
GENERAL_FROM_SHARE = 0.25
#: Below so many statements a share says nothing.
GENERAL_FROM = 8


def hits_of(text: Text, *, made: Matcher) -> Held:
    """Rules that hold in the statements of some documents, and what these were lent.

    Parameters
    ----------
    text
        The documents' statements, headings and titles, in simplified script.
    made
        The taxonomy's matcher.

    Returns
    -------
    Held
        One row a rule at a word of a body statement; its ``part`` counts these alone, not headings and titles; ``start`` and ``end`` are
        places in the document's own text. Rows that are not ``used`` lost to precedence, and are what a model or a researcher may want
        to see.

    Examples
    --------
    >>> from policycompare.coding.lexicon import matcher
    >>> from policycompare.coding.texts import Parts, text_of
    >>> from policycompare.taxonomy.taxonomy import load_taxonomy
    >>> made, text = matcher(load_taxonomy("education")), "推动师德师风建设。"
    >>> held = hits_of(text_of([text], Parts(*(np.array([value]) for value in (0, 0, 9, 0)))), made=made)
    >>> [(made.themes[theme], text[start:end]) for theme, start, end in zip(held.theme, held.start, held.end)]
    [('teachers', '师德师风')]
    """
    words = find_words(made, text)
    parts, document = text.parts, text.parts.document
    others = parts_with(words, OTHER, len(document))
    size, of_others = (np.bincount(rows, minlength=int(document.max(initial=-1)) + 1) for rows in (document, document[others]))
    general = ((size >= GENERAL_FROM) & (of_others >= GENERAL_FROM_SHARE * size))[document]
    held, closed = rules_held(made, text, words, others, general)
    held = held._replace(start=text.origin(held.start), end=text.origin(held.end - 1) + 1)
    lent = with_lent(held, parts, lends=made.lends, closed=closed, general=general)
    return lent._replace(part=(np.cumsum(parts.body) - 1)[lent.part])
