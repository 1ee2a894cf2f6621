//! The store: series, heads, the write-ahead table, chunks and archives.
