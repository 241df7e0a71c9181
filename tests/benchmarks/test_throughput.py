"""Megabytes of source text a second, on one core, beside what a user would pick instead: ``make bench`` prints, nothing is asserted by the clock.

Caveat: the documents are the measures of the packaged plans in another order, with one character in thirty changed so that no sentence
comes twice; no figure here says how well anything is coded. The others do less than we do, most of them only counting words; quanteda
and KH Coder are not Python, BERTopic needs gigabytes of torch, cntext 2 older pandas.
"""

import multiprocessing
import platform
import random
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

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


# What is measured, each in a process of its own: a function that makes all ready and returns the work.


def reading(files):
    return lambda: [file.read_bytes() for file in files]


def automaton(files):
    from ahocorasick_rs import AhoCorasick, MatchKind

    terms = {atom for entry in load_taxonomy("education").entries for atom in entry.rule.atoms if not atom.startswith("<")}
    found = AhoCorasick(sorted(terms), matchkind=MatchKind.LeftmostLongest)
    texts = _texts(files)
    return lambda: [found.find_matches_as_indexes(text) for text in texts]


def load(files):
    pc.load_corpus(files[:1])
    return lambda: pc.load_corpus(files)


def load_and_code(files):
    pc.code(pc.load_corpus(files[:1]))
    return lambda: pc.code(pc.load_corpus(files))


def whole(files):
    first = pc.load_corpus(files[:1])
    pc.code(first), pc.find_targets(first)

    def work():
        corpus = pc.load_corpus(files)
        return pc.code(corpus), pc.find_targets(corpus)

    return work


def code_alone(files):
    corpus = pc.load_corpus(files)
    pc.code(corpus)
    return lambda: pc.code(corpus)


def rules_alone(files):
    corpus = pc.load_corpus(files)
    return lambda: pc.code(corpus, coder="rules")


def targets_alone(files):
    corpus = pc.load_corpus(files)
    return lambda: pc.find_targets(corpus)


def jieba_alone(files):
    import jieba

    jieba.initialize()
    texts = _texts(files)
    return lambda: [jieba.lcut(text) for text in texts]


def jieba_and_tfidf(files):
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer

    jieba.initialize()
    texts = _texts(files)
    return lambda: TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None).fit_transform(texts)


def characters_and_tfidf(files):
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = _texts(files)
    return lambda: TfidfVectorizer(analyzer="char", ngram_range=(1, 3)).fit_transform(texts)


def rjieba_and_tfidf(files):
    import rjieba
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = _texts(files)
    return lambda: TfidfVectorizer(tokenizer=rjieba.cut, token_pattern=None).fit_transform(texts)


def textacy_terms(files):
    import spacy
    import textacy
    from textacy.extract import words
    from textacy.representations import Vectorizer

    chinese = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    texts = _texts(files)
    return lambda: Vectorizer().fit_transform(
        [word.text for word in words(doc, filter_stops=False)] for doc in textacy.Corpus(chinese, texts)
    )


def scattertext_scores(files):
    import pandas as pd
    import scattertext

    texts = pd.DataFrame({"text": _texts(files)})

    def work():
        parsed = texts.assign(parsed=texts["text"].map(scattertext.chinese_nlp), half=["a" if at % 2 else "b" for at in texts.index])
        built = scattertext.CorpusFromParsedDocuments(parsed, category_col="half", parsed_col="parsed").build()
        return built.get_scaled_f_scores("a")

    return work


FLOOR, JIEBA = "one automaton of the terms", "jieba alone"
JOBS = {
    "reading the bytes": reading,
    FLOOR: automaton,
    "load and outline": load,
    "load, outline and code": load_and_code,
    "load, outline, code and targets": whole,
    "code alone": code_alone,
    "code by rules alone": rules_alone,
    "targets alone": targets_alone,
    JIEBA: jieba_alone,
    "jieba, TF-IDF of scikit-learn": jieba_and_tfidf,
    "characters, TF-IDF of it": characters_and_tfidf,
    "rjieba, TF-IDF of it": rjieba_and_tfidf,
    "textacy (spaCy with jieba)": textacy_terms,
    "scattertext (with jieba)": scattertext_scores,
}


def _texts(files):
    return [file.read_text(encoding="utf-8") for file in files]


def measured(job, files):
    """Processor time of the best of three (other processes on the machine do not count), and the peak memory in MB; None where a library is missing."""
    warnings.simplefilter("ignore")
    try:
        work = job(files)
    except ImportError:
        return None
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent), _peak()


def _peak():
    if sys.platform == "win32":
        return float("nan")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _machine():
    """The processor's name, where the machine tells it."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").is_file() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
    return f"{name}, {platform.system()} {platform.machine()}, {platform.python_implementation()} {platform.python_version()}"


def test_megabytes_a_second_beside_what_a_user_would_pick(tmp_path):
    files = documents(tmp_path)
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    spent = {}
    for name, job in JOBS.items():
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
            spent[name] = alone.submit(measured, job, files).result()

    print(f"\n{_machine()}; one core, processor time, best of three, each in a process of its own")
    print(f"{len(files)} documents, {megabytes:.2f} MB")
    print(f"{'':32} {'MB/s':>8} {'docs/s':>8} {'ms/doc':>8} {'× jieba':>8} {'automata':>9} {'MB':>6}")
    for name, found in spent.items():
        if found is None:
            print(f"{name:32} is not installed: `make bench` does it")
            continue
        seconds, peak = found
        rate = (megabytes / seconds, len(files) / seconds, 1000 * seconds / len(files))
        beside = (spent[JIEBA][0] / seconds, seconds / spent[FLOOR][0], peak)
        print("{:32} {:8.2f} {:8.0f} {:8.2f} {:8.2f} {:9.1f} {:6.0f}".format(name, *rate, *beside))
