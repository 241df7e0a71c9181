"""The packaged five plans, read and coded once for all tests."""

import pandas as pd
import pytest

import policycompare as pc


@pytest.fixture(scope="session")
def corpus() -> pc.Corpus:
    return pc.load_corpus()


@pytest.fixture(scope="session")
def codings(corpus: pc.Corpus) -> pd.DataFrame:
    return pc.code(corpus)
