//! Every limit of the domain in one place, with what happens at each.

/// Characters of a summary shown in lists and titles; a longer one is kept whole and cut with "…"
/// where it is shown.
pub const SUMMARY_SHOWN_CHARS: usize = 1_024;

/// Characters of a dedup key; a longer one is refused.
pub const DEDUP_KEY_CHARS: usize = 255;

/// Bytes of one signal's body; a larger one is answered 413.
pub const SIGNAL_BODY_BYTES: usize = 524_288;

/// Pages one incident keeps; at this number escalation stops with a fact, because ever more pages
/// to the same people do not wake them.
pub const PAGES_PER_INCIDENT: usize = 2_000;

/// How often the last of a person's rules is repeated for one page; after that nobody is rung by it any
/// more. A day of every five minutes.
pub const REPEATS_PER_PAGE: usize = 288;

/// Seconds between two repeats of the last rule (a minute to a day); others are refused.
pub const REPEAT_S: core::ops::RangeInclusive<u32> = 60..=86_400;

/// The longest pause of a person, in seconds (90 days); a longer one is refused.
pub const PAUSE_MAX_S: i64 = 7_776_000;

/// People one incident keeps as asked to help; at this number nobody else can be asked.
pub const RESPONDERS_PER_INCIDENT: usize = 200;

/// Characters of what is said to whoever is asked to help; a longer message is refused.
pub const HELP_MESSAGE_CHARS: usize = 1_000;

/// Attempts of one delivery with each provider of its channel; after the last one the delivery is
/// given up, which escalates.
pub const ATTEMPTS_PER_DELIVERY: u32 = 8;

/// Providers that stand behind one channel; more are refused.
pub const PROVIDERS_PER_CHANNEL: u32 = 4;

/// Seconds before the first retry of a delivery; doubles with each attempt.
pub const RETRY_FIRST_S: u32 = 5;

/// Seconds at which the doubling of the retry delay stops.
pub const RETRY_LONGEST_S: u32 = 300;

/// Messages that one contact method is sent within a minute. What comes beyond that, or the two after
/// it, is put together into one message; the first page of a service goes out all the same.
pub const MESSAGES_PER_MINUTE: u32 = 5;

/// Messages that one contact method is sent within 15 minutes; beyond that they are put together.
pub const MESSAGES_PER_QUARTER_HOUR: u32 = 20;

/// Messages that one contact method is sent within an hour; beyond that they are put together. A rule
/// that rings every minute fits in.
pub const MESSAGES_PER_HOUR: u32 = 60;

/// Seconds without a message about a service over a contact method, after which the next page of that
/// service goes out at once, whatever else was sent.
pub const SERVICE_QUIET_S: u32 = 900;

/// Seconds for which a page of high urgency is held back at most, to go out together with others;
/// after that it goes, whatever else was sent.
pub const PAGE_HELD_MAX_S: u32 = 120;

/// Deliveries that one message carries at most; more go with the next one.
pub const DELIVERIES_PER_MESSAGE: u32 = 500;

/// Incidents that one message names, each with its links; of more it says how many, with a link to
/// the list.
pub const INCIDENTS_NAMED_PER_MESSAGE: usize = 200;

/// Bytes of a note; a longer one is refused.
pub const NOTE_BYTES: usize = 65_536;

/// Seconds for which a note can be changed or deleted by who wrote it; later that is refused, because
/// others may have acted on it.
pub const NOTE_EDIT_S: i64 = 900;

/// The longest time for which an incident can be snoozed, in seconds (30 days); longer is refused.
pub const SNOOZE_MAX_S: i64 = 2_592_000;

/// Seconds after which a service may take back an acknowledgement, or end an incident (a minute to 30
/// days); others are refused.
pub const TIMEOUT_S: core::ops::RangeInclusive<u32> = 60..=2_592_000;

/// Alerts one incident keeps by id; a merge that would give it more is refused.
pub const ALERTS_PER_INCIDENT: usize = 1_000;

/// Incidents one bulk command names; more are refused.
pub const BULK_INCIDENTS: usize = 200;

/// Saved filters of one person, and shared ones of one team; more are refused.
pub const FILTERS_PER_OWNER: u32 = 100;

/// Characters of a name (team, service, policy, ...); a longer one is refused.
pub const NAME_CHARS: usize = 120;

/// Characters of a description; a longer one is refused.
pub const DESCRIPTION_CHARS: usize = 4_000;

/// Steps of a policy; more are refused.
pub const STEPS_PER_POLICY: usize = 50;

/// Targets of one step; more are refused.
pub const TARGETS_PER_STEP: usize = 50;

/// How often a policy may repeat; more is refused.
pub const REPEATS_PER_POLICY: u32 = 100;

/// The longest delay of a step or a personal rule, in seconds (a week); longer is refused.
pub const LONGEST_DELAY_S: u32 = 604_800;

/// Contact methods of a user; more are refused.
pub const METHODS_PER_USER: usize = 20;

/// Personal rules per urgency; more are refused.
pub const RULES_PER_URGENCY: usize = 50;

/// Rotations of a schedule; more are refused.
pub const ROTATIONS_PER_SCHEDULE: usize = 50;

/// Slots of a rotation; more are refused.
pub const SLOTS_PER_ROTATION: usize = 200;

/// People of one slot; more are refused.
pub const PEOPLE_PER_SLOT: usize = 50;

/// Windows of a rotation; more are refused.
pub const WINDOWS_PER_ROTATION: usize = 50;

/// Public holidays of one schedule; more are refused. Some decades of them.
pub const HOLIDAYS_PER_SCHEDULE: usize = 500;

/// The longest time for which somebody takes over at once, in seconds (31 days); longer is refused.
pub const TAKE_OVER_MAX_S: i64 = 2_678_400;

/// The longest stretch somebody asks to swap, in seconds (92 days); longer is refused.
pub const SWAP_MAX_S: i64 = 7_948_800;

/// Times off of one person; more are refused.
pub const TIMES_OFF_PER_USER: usize = 500;

/// Hand-offs, windows, edges of overrides and times off, and shifts, that one question about a span of time may hold; more
/// are refused, and a shorter span has to be asked for. A year of twelve rotations that hand off
/// every hour still fits.
pub const SHIFTS_PER_SPAN: usize = 110_000;

/// Characters of an event's details in a message; longer ones are cut with "…" there, and whole in
/// the incident's view.
pub const DETAILS_SHOWN_CHARS: usize = 2_000;

/// Characters of an e-mail address (RFC 5321); a longer one is refused.
pub const EMAIL_CHARS: usize = 254;

/// Characters of one setting of a channel; a longer one is refused.
pub const SETTING_CHARS: usize = 4_096;

/// How many units a turn of a rotation lasts at most (a year of hours); more is refused.
pub const HANDOFF_EVERY_MAX: u32 = 8_784;

/// Characters of an integration key that is given; others are refused.
pub const KEY_CHARS: core::ops::RangeInclusive<usize> = 16..=64;

/// Characters of a password; others are refused. The upper end bounds the work of hashing it.
pub const PASSWORD_CHARS: core::ops::RangeInclusive<usize> = 12..=256;

/// Characters the first admin's token needs at least; a shorter one is refused.
pub const ADMIN_TOKEN_CHARS_MIN: usize = 8;

/// API tokens of one user that are not revoked; more are refused.
pub const TOKENS_PER_USER: usize = 200;

/// Characters of a monitor's target expression; a longer one is refused.
pub const TARGET_CHARS: usize = 4_096;

/// Groups of one monitor; further series are not judged, and its view says so.
pub const GROUPS_PER_MONITOR: usize = 1_000;

/// Charts of a dashboard; more are refused.
pub const CHARTS_PER_DASHBOARD: usize = 60;

/// Targets of one chart; more are refused.
pub const TARGETS_PER_CHART: usize = 8;

/// Characters of a chart's unit; a longer one is refused.
pub const UNIT_CHARS: usize = 20;

/// Columns of a dashboard's grid, of which a chart takes some; others are refused.
pub const CHART_COLUMNS: core::ops::RangeInclusive<u8> = 1..=3;

/// Variables of a dashboard; more are refused.
pub const VARIABLES_PER_DASHBOARD: usize = 10;

/// Choices in a variable's own list; more are refused.
pub const CHOICES_PER_VARIABLE: usize = 200;

/// How often a dashboard asks anew, in seconds (five seconds to an hour); others are refused.
pub const REFRESH_S: core::ops::RangeInclusive<u32> = 5..=3_600;

/// How far back a dashboard looks, in seconds (five minutes to a year); others are refused.
pub const DASHBOARD_SPAN_S: core::ops::RangeInclusive<u32> = 300..=31_622_400;

/// The longest time a monitor looks back over (duration, recovery or silence), in seconds (a day);
/// longer is refused.
pub const LONGEST_STRETCH_S: u32 = 86_400;

/// The longest time between two evaluations of a monitor, in seconds (an hour); longer is refused.
pub const EVERY_S_MAX: u32 = 3_600;

/// Characters of a link people set up, such as a monitor's runbook; a longer one is refused.
pub const URL_CHARS: usize = 2_048;

/// Bytes of the name of a series with its tags; a sample with a longer one is refused.
pub const SERIES_NAME_BYTES: usize = 1_024;

/// Bytes free on the disk of the data directory below which no metrics are taken in, and the admins
/// are told.
pub const DISK_FREE_METRICS_BYTES: u64 = 512 << 20;

/// Bytes free there below which old raw bodies of signals are deleted. Paging goes on to the end.
pub const DISK_FREE_BODIES_BYTES: u64 = 256 << 20;

/// Bytes that deleted rows leave for new ones in a SQLite file, up to which raw bodies are deleted
/// while the disk is that low.
pub const DISK_REUSABLE_BYTES: u64 = 64 << 20;
