//! What people are told about their shifts that is no page.

use wb_core::config::Config;
use wb_core::ids::{ScheduleId, UserId};
use wb_core::time::Timestamp;
use wb_ports::catalogue;
use wb_store::notices::Notice;

use crate::app::App;

/// What a notice about a schedule says, by the texts `notice.<word>` of the catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// Which texts.
    pub(crate) word: &'static str,
    /// Whom it is about.
    pub(crate) about: UserId,
    /// Which schedule.
    pub(crate) schedule: ScheduleId,
    /// From when.
    pub(crate) from: Timestamp,
    /// Until when.
    pub(crate) to: Timestamp,
}

impl App {
    /// A notice to somebody, with times as they read them; none when they are not there.
    pub(crate) fn notice(&self, config: &Config, to: UserId, words: Words) -> Option<Notice> {
        let reader = &config.users.get(&to)?.value;
        let about = config.users.get(&words.about);
        let about = about.map_or_else(|| words.about.to_string(), |user| user.value.name.clone());
        let schedule = config.schedules.get(&words.schedule);
        let schedule = schedule.map_or_else(
            || words.schedule.to_string(),
            |found| found.value.name.clone(),
        );
        let local = |at: Timestamp| {
            let (time, city) = at.local_words(&reader.zone);
            catalogue::text("message.time", &[("time", &time), ("city", &city)])
        };
        let (from, until) = (local(words.from), local(words.to));
        let values: [catalogue::Named<'_>; 5] = [
            ("name", &reader.name),
            ("who", &about),
            ("schedule", &schedule),
            ("from", &from),
            ("until", &until),
        ];
        let text = |part: &str| catalogue::text(&format!("notice.{}.{part}", words.word), &values);
        Some(Notice {
            id: self.fresh_id(),
            user: to,
            tests: None,
            title: text("title"),
            body: text("body"),
            path: format!("/schedules/{}", words.schedule),
            due_at: self.now(),
            attempts: 0,
        })
    }
}
