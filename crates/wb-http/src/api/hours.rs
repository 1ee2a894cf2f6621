//! Hours as people write them: of an office, or in which nobody wants to be disturbed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_core::config::{Hours, Weekdays, Window};

use super::schedules::every_day;
use crate::values::{ClockTime, WeekdayWord, Word};

/// Stretches of local time on some weekdays, such as the hours of an office.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursBody {
    /// IANA zone in which they are meant, such as `Europe/Berlin`.
    pub zone: String,
    /// The stretches; at least one.
    pub windows: Vec<StretchBody>,
}

/// A stretch of local time, on some weekdays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StretchBody {
    /// The weekdays on which it begins; all of them when left out.
    #[serde(default = "every_day")]
    pub days: Vec<WeekdayWord>,
    /// Local time at which it begins.
    pub from: ClockTime,
    /// Local time at which it ends: on the same day when later than `from`, else on the next one.
    pub to: ClockTime,
}

impl HoursBody {
    /// The body of hours.
    #[must_use]
    pub fn of(hours: &Hours) -> Self {
        let windows = hours.windows.iter().map(|window| StretchBody {
            days: window.days.iter().map(Word).collect(),
            from: ClockTime(window.from),
            to: ClockTime(window.to),
        });
        Self {
            zone: hours.zone.clone(),
            windows: windows.collect(),
        }
    }

    /// The hours as the domain knows them.
    #[must_use]
    pub fn hours(self) -> Hours {
        let windows = self.windows.into_iter().map(|one| Window {
            days: one.days.into_iter().map(|day| day.0).collect::<Weekdays>(),
            from: one.from.0,
            to: one.to.0,
            coordinate_only: false,
        });
        Hours {
            zone: self.zone.trim().to_owned(),
            windows: windows.collect(),
        }
    }
}
