"""Megabytes of source text a second, on one core: ``make bench`` prints ratios of one run, nothing is asserted by the clock.

Caveat: the documents are the measures of the packaged plans in another order, with one character in thirty changed so that no sentence
comes twice; no figure here says how well anything is coded.
"""

import platform
import random
import time
from pathlib import Path

import pytest

import policycompare as pc
from policycompare.taxonomy.taxonomy import load_taxonomy

DOCUMENTS = 300
_TENS = "一二三四五六七八九十"


def documents(folder, count=DOCUMENTS):
    """Text files of 9 to 11 kB: a title, numbered headings, and under each numbered measures of the five plans, drawn at random.

    A document keeps to one script, as real ones do: it is drawn from the plans of one script, each script by its share of plans.
    """
    corpus = pc.load_corpus()
    scripts = corpus.plans.set_index("plan")["script"]
    written = {script: corpus.select(plans).measures["text"].tolist() for script, plans in scripts.groupby(scripts).groups.items()}
    signs = {script: sorted({sign for text in texts for sign in text if _may_change(sign)}) for script, texts in written.items()}
    drawn = random.Random(8)
    files = []
    for number in range(count):
        script = drawn.choice(scripts.tolist())
        wanted, size, parts = drawn.uniform(9000, 11000), 0, [f"县{number}年教育工作要点"]
        for tens in _TENS:
            parts.append(f"{tens}、重点任务")
            for item in range(1, 8):
                measure = drawn.choice(written[script]).lstrip("（）()0123456789.、一二三四五六七八九十 ")
                parts.append(f"{item}.{_changed(measure, signs[script], drawn)}")
                size += len(parts[-1].encode("utf-8"))
            if size > wanted:
                break
        files.append(folder / f"plan-{number:04d}.txt")
        files[-1].write_text("\n".join(parts), encoding="utf-8")
    return files


def _may_change(sign):
    return "\u4e00" <= sign <= "\u9fff" and sign not in _TENS


def _changed(text, signs, drawn):
    """The text with one character in thirty exchanged for another one."""
    out = list(text)
    for _ in range(len(text) // 30 + 1):
        at = drawn.randrange(len(text))
        if _may_change(out[at]):
            out[at] = drawn.choice(signs)
    return "".join(out)


def _seconds(work):
    """Processor time of the best of three: other processes on the machine do not count."""
    spent, out = [], None
    for _ in range(3):
        start = time.process_time()
        out = work()
        spent.append(time.process_time() - start)
    return min(spent), out


def _machine():
    """The processor's name, where the machine tells it."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").is_file() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
    return f"{name}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


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
    first = pc.load_corpus(files[:1])
    pc.code(first), pc.find_targets(first)  # the model and the tables that are made once

    spent = {}
    load, corpus = _seconds(lambda: pc.load_corpus(files))
    code, codings = _seconds(lambda: pc.code(corpus))
    rules, _ = _seconds(lambda: pc.code(corpus, coder="rules"))
    find, targets = _seconds(lambda: pc.find_targets(corpus))
    spent["load and outline"] = load
    spent["load, outline and code"] = load + code
    spent["load, outline, code and targets"] = load + code + find
    spent["code alone"], spent["code by rules alone"], spent["targets alone"] = code, rules, find
    spent["jieba.lcut alone"], _ = _seconds(lambda: [jieba.lcut(text) for text in sources])
    spent["one automaton of the terms"], _ = _seconds(lambda: [automaton.find_matches_as_indexes(text) for text in sources])
    spent["reading the bytes"], _ = _seconds(lambda: [file.read_bytes() for file in files])

    print(f"\n{_machine()}; one core, processor time, best of three")
    print(
        f"{len(files)} documents, {megabytes:.2f} MB, {len(corpus.statements):,} statements, {len(codings):,} codes, {len(targets):,} targets"
    )
    print(f"{'':32} {'MB/s':>8} {'docs/s':>8} {'ms/doc':>8} {'× jieba':>8} {'automata':>9} {'readings':>9}")
    for name, seconds in spent.items():
        beside = (spent["jieba.lcut alone"] / seconds, seconds / spent["one automaton of the terms"], seconds / spent["reading the bytes"])
        rate = (megabytes / seconds, len(files) / seconds, 1000 * seconds / len(files))
        print("{:32} {:8.2f} {:8.0f} {:8.2f} {:8.2f} {:9.1f} {:9.0f}".format(name, *rate, *beside))
