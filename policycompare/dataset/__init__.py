"""Any number of documents: a stream into a data set of Parquet files, and what is counted where it lies."""
