//! Target expressions: parsed and evaluated over a metric source.
