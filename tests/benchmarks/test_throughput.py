"""Megabytes of source text a second, on one core: ``make bench`` prints ratios of one run, nothing is asserted by the clock.

Caveat: the documents are the measures of the packaged plans in another order, so their words repeat; no figure here says how well
anything is coded.
"""

import random
import time

import pytest

import policycompare as pc
from policycompare.lexicon import matcher
from policycompare.taxonomy import load_taxonomy

DOCUMENTS = 300
_TENS = "一二三四五六七八九十"


def documents(folder, count=DOCUMENTS):
    """Text files of 5 to 10 kB: a title, numbered headings, and under each numbered measures of the five plans, drawn at random.

    A document keeps to one script, as real ones do: it is drawn from the plans of one script, each script by its share of plans.
    """
    corpus = pc.load_corpus()
    scripts = corpus.plans.set_index("plan")["script"]
    written = {script: corpus.select(plans).measures["text"].tolist() for script, plans in scripts.groupby(scripts).groups.items()}
    drawn = random.Random(8)
    files = []
    for number in range(count):
        measures = written[drawn.choice(scripts.tolist())]
        wanted, size, parts = drawn.uniform(5000, 10000), 0, [f"县{number}年教育工作要点"]
        for tens in _TENS:
            parts.append(f"{tens}、重点任务")
            for item in range(1, 8):
                parts.append(f"{item}.{drawn.choice(measures).lstrip('（）()0123456789.、一二三四五六七八九十 ')}")
                size += len(parts[-1].encode("utf-8"))
            if size > wanted:
                break
        files.append(folder / f"plan-{number:04d}.txt")
        files[-1].write_text("\n".join(parts), encoding="utf-8")
    return files


def _seconds(work):
    """Processor time of the best of three: other processes on the machine do not count."""
    spent, out = [], None
    for _ in range(3):
        start = time.process_time()
        out = work()
        spent.append(time.process_time() - start)
    return min(spent), out


@pytest.mark.filterwarnings("ignore::policycompare.schema.PolicyCompareWarning")
def test_megabytes_a_second_beside_jieba_and_one_automaton(tmp_path):
    import jieba
    from ahocorasick_rs import AhoCorasick, MatchKind

    files = documents(tmp_path)
    sources = [file.read_text(encoding="utf-8") for file in files]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    taxonomy = load_taxonomy("education")
    terms = sorted({atom for entry in taxonomy.entries for atom in entry.rule.atoms if not atom.startswith("<")})
    automaton = AhoCorasick(terms, matchkind=MatchKind.LeftmostLongest)
    jieba.initialize()
    matcher(taxonomy)
    pc.code(pc.load_corpus(files[:1]))  # the model and the tables that are made once

    spent = {}
    spent["load and outline"], corpus = _seconds(lambda: pc.load_corpus(files))
    spent["code"], codings = _seconds(lambda: pc.code(corpus))
    spent["load, outline and code"] = spent["load and outline"] + spent["code"]
    spent["code, rules alone"], _ = _seconds(lambda: pc.code(corpus, coder="rules"))
    spent["targets"], _ = _seconds(lambda: pc.find_targets(corpus))
    spent["load, outline, code and targets"] = spent["load, outline and code"] + spent["targets"]
    spent["jieba.lcut alone"], _ = _seconds(lambda: [jieba.lcut(text) for text in sources])
    spent["one automaton of the terms"], _ = _seconds(lambda: [automaton.find_matches_as_indexes(text) for text in sources])

    print(
        f"\n{len(files)} documents, {megabytes:.2f} MB, {len(corpus.statements):,} statements, {len(codings):,} codes; one core, processor time"
    )
    for name, seconds in spent.items():
        beside = spent["jieba.lcut alone"] / seconds
        print(f"{name:32} {megabytes / seconds:8.2f} MB/s {len(files) / seconds:9.0f} documents/s   {beside:7.2f} times jieba.lcut")
