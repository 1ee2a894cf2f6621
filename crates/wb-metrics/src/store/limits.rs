//! The limits of the store, and its figures.

/// What the store takes at most. Every field has a default that suits one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most series; samples of further ones are refused. Default 1,000,000.
    pub series_max: usize,
    /// The most series that one request may read. Default 10,000.
    pub fetch_series_max: usize,
    /// The most values that one request may read over all its series. Default 20,000,000.
    pub fetch_values_max: usize,
    /// The longest name of a series. Default 1,024.
    pub name_bytes_max: usize,
    /// How far ahead of the clock a sample may be. Default one hour: a clock may be off by minutes,
    /// but a wrong time zone should be seen at once (as refused samples), not hours later.
    pub future_s: i64,
    /// The most samples waiting to be written. Default 200,000.
    pub queue_samples: usize,
    /// How many points may be open in memory (about 20 bytes each) before chunks are sealed early.
    /// At four times as many no samples are taken until upkeep has caught up. Default 4,000,000.
    pub head_points: usize,
    /// How many points the write-ahead table holds, besides twice the open ones, before it is cut.
    /// Default 1,000,000.
    pub wal_points: usize,
    /// After how long without a new point a series is sealed (or 4 of its steps, when that is
    /// longer). Default one hour.
    pub idle_s: i64,
    /// How often upkeep runs by itself; 0: only when [`super::MetricStore::maintain`] is called.
    /// Default 5,000.
    pub upkeep_every_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            series_max: 1_000_000,
            fetch_series_max: 10_000,
            fetch_values_max: 20_000_000,
            name_bytes_max: 1_024,
            future_s: 3_600,
            queue_samples: 200_000,
            head_points: 4_000_000,
            wal_points: 1_000_000,
            idle_s: 3_600,
            upkeep_every_ms: 5_000,
        }
    }
}

/// Figures of the store. Counts are since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreStats {
    /// How many series there are.
    pub series: usize,
    /// How many samples were stored.
    pub appended: u64,
    /// How many samples were refused.
    pub refused: u64,
    /// How many batches were stored.
    pub batches: u64,
    /// How many points are open in memory.
    pub head_points: usize,
    /// How many points the write-ahead table holds.
    pub wal_points: usize,
    /// The size of all sealed chunks, in bytes.
    pub chunk_bytes: u64,
    /// When a sample was last stored, by the clock, in seconds since 1970 UTC.
    pub last_append_at_s: Option<i64>,
}

/// What one run of upkeep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MaintenanceReport {
    /// Coarser steps computed from finer points.
    pub rolled_up: usize,
    /// Points moved from memory into chunks.
    pub sealed_points: usize,
    /// Chunks written.
    pub chunks_written: usize,
    /// Chunks dropped because their points are older than their archive reaches.
    pub chunks_dropped: usize,
    /// Series removed because no points are left.
    pub series_removed: usize,
    /// Points written again into the write-ahead table so that older rows could go.
    pub relogged_points: usize,
    /// Rows taken out of the write-ahead table.
    pub wal_rows_deleted: usize,
}
