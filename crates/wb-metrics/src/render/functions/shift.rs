//! Another time in the place of this one: `timeShift`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::render::error::RenderError;
use crate::render::eval::{Call, Range};
use crate::render::line::Line;
use crate::render::registry::{Default, Function, Kind, Param};

/// What a clock is moved by when daylight saving time begins or ends.
const DAYLIGHT_SAVING_S: i64 = 3_600;

pub(in crate::render) static TIME_SHIFT: Function = Function {
    names: &["timeShift"],
    params: &[
        Param::required("seriesList", Kind::Series),
        Param::required("timeShift", Kind::Interval),
        Param::with_default("resetEnd", Kind::Flag, Default::Flag(true)),
        Param::with_default("alignDST", Kind::Flag, Default::Flag(false)).or_keyword("alignDst"),
    ],
    run: time_shift,
};

fn time_shift(call: &mut Call<'_, '_>) -> Result<Vec<Line>, RenderError> {
    let (mut text, mut seconds) = call.interval(1);
    // A shift without a sign looks back.
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        text.insert(0, '-');
        seconds = -seconds;
    }
    let reset_end = call.flag(2);
    let mut range = shifted(call.range, seconds);
    if call.flag(3) {
        range = shifted(range, daylight_saving(call.range, range, call.zone()));
    }
    let Some(shown) = call.series(0)?.into_iter().next() else {
        return Ok(Vec::new());
    };
    let mut lines = call.series_over(0, range)?;
    for line in &mut lines {
        line.tag("timeShift", text.as_str());
        line.name = format!("timeShift({}, \"{text}\")", line.name);
        line.end_s = if reset_end {
            shown.end_s
        } else {
            line.end_s
                .saturating_sub(line.start_s)
                .saturating_add(shown.start_s)
        };
        line.start_s = shown.start_s;
    }
    Ok(lines)
}

fn shifted(range: Range, seconds: i64) -> Range {
    Range {
        from_s: range.from_s.saturating_add(seconds),
        until_s: range.until_s.saturating_add(seconds),
    }
}

/// What brings the same time of day together when one range is wholly in daylight saving time and
/// the other wholly outside; otherwise nothing would.
fn daylight_saving(shown: Range, other: Range, zone: &TimeZone) -> i64 {
    match (saves_daylight(shown, zone), saves_daylight(other, zone)) {
        ((true, true), (false, false)) => DAYLIGHT_SAVING_S,
        ((false, false), (true, true)) => -DAYLIGHT_SAVING_S,
        _ => 0,
    }
}

fn saves_daylight(range: Range, zone: &TimeZone) -> (bool, bool) {
    let at = |second| {
        Timestamp::from_second(second).is_ok_and(|time| zone.to_offset_info(time).dst().is_dst())
    };
    (at(range.from_s), at(range.until_s))
}
