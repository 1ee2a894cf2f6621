//! Local times of one zone as instants, and back.

use core::cell::Cell;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use crate::time::Timestamp;

/// Local times closer to a clock change than this are worked out with care: more than any offset
/// differs from another.
const NEAR_US: i64 = 50 * 3_600 * 1_000_000;

/// A zone that remembers the stretch without clock changes it was last asked about: most questions
/// about a schedule fall into few of them, and within one a local time is a subtraction.
pub(super) struct Zone {
    zone: TimeZone,
    calm: Cell<Option<Calm>>,
}

/// A stretch of local time, in microseconds as if it were UTC, in which one offset holds.
#[derive(Clone, Copy)]
struct Calm {
    from_us: i64,
    to_us: i64,
    offset_us: i64,
}

impl Zone {
    /// The zone of a name, from the zone data this program runs with.
    pub(super) fn named(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
        Some(Self {
            zone,
            calm: Cell::new(None),
        })
    }

    /// The instant of a local time: later by the gap's length when a clock change skips it, the
    /// first one when it happens twice. A time before the first instant there is counts as that
    /// instant; one after the last is none.
    pub(super) fn instant_of(&self, local: DateTime) -> Option<Timestamp> {
        let wall_us = wall_us(local);
        if let Some(calm) = self.calm.get()
            && calm.from_us <= wall_us
            && wall_us < calm.to_us
        {
            return Some(Timestamp::from_micros(wall_us - calm.offset_us));
        }
        match self.zone.to_ambiguous_timestamp(local).compatible() {
            Ok(instant) => {
                self.calm.set(Some(self.calm_around(instant)));
                Some(Timestamp::from_jiff(instant))
            }
            Err(_) if local.year() < 0 => Some(Timestamp::from_micros(i64::MIN)),
            Err(_) => None,
        }
    }

    /// The local date of an instant.
    pub(super) fn date_of(&self, at: Timestamp) -> Date {
        let calm = self.calm.get().unwrap_or_else(|| {
            let calm = self.calm_around(at.to_jiff());
            self.calm.set(Some(calm));
            calm
        });
        let wall_us = at.as_micros().saturating_add(calm.offset_us);
        if calm.from_us <= wall_us && wall_us < calm.to_us {
            let as_utc = Timestamp::from_micros(wall_us).to_jiff();
            return Offset::UTC.to_datetime(as_utc).date();
        }
        self.zone.to_datetime(at.to_jiff()).date()
    }

    /// The first instant of a local date; none after the last instant there is.
    pub(super) fn begin_of(&self, date: Date) -> Option<Timestamp> {
        self.instant_of(date.to_datetime(Time::midnight()))
    }

    /// Whether a local date has any instant: where the date line moved, a day was skipped whole.
    pub(super) fn has_day(&self, date: Date) -> bool {
        let next = date.tomorrow().ok().and_then(|next| self.begin_of(next));
        next.is_none_or(|next| self.begin_of(date).is_none_or(|begin| begin < next))
    }

    /// The stretch around an instant, without its ends, so that every local time in it happens
    /// exactly once.
    fn calm_around(&self, at: jiff::Timestamp) -> Calm {
        let offset_us = i64::from(self.zone.to_offset(at).seconds()).saturating_mul(1_000_000);
        // The change at the instant itself belongs to the stretch that begins there.
        let next_us = at.as_microsecond().saturating_add(1);
        let after = jiff::Timestamp::from_microsecond(next_us).unwrap_or(at);
        let before = self.zone.preceding(after).next();
        let following = self.zone.following(at).next();
        let local = |at: jiff::Timestamp| at.as_microsecond().saturating_add(offset_us);
        // Far from the ends of time, where instants are clamped.
        let first = jiff::Timestamp::MIN
            .as_microsecond()
            .saturating_add(NEAR_US);
        let last = jiff::Timestamp::MAX
            .as_microsecond()
            .saturating_sub(NEAR_US);
        Calm {
            from_us: before.map_or(first, |c| local(c.timestamp()).saturating_add(NEAR_US)),
            to_us: following.map_or(last, |c| local(c.timestamp()).saturating_sub(NEAR_US)),
            offset_us,
        }
    }
}

/// Microseconds of a local time, as if it were UTC.
fn wall_us(local: DateTime) -> i64 {
    const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    let since = local.duration_since(EPOCH);
    since.as_secs().saturating_mul(1_000_000) + i64::from(since.subsec_micros())
}

/// Microseconds since midnight, cut.
pub(super) fn of_day_us(time: Time) -> i64 {
    let seconds =
        i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1_000
}
