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


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> pc.Dataset:
    """The packaged plans as a data set of several parts."""
    return pc.write_dataset(None, tmp_path_factory.mktemp("data") / "five", workers=1, batch_bytes=20_000)[0]
