//! Vendors' dialects that are read as well as sent to, a folder each.

pub mod graphite;
