//! Lists of incidents, and how many there are of each kind.

use std::collections::BTreeSet;

use uuid::Uuid;
use wb_core::config::Scope;
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{IncidentId, ServiceId, TeamId, UserId};
use wb_core::incident::IncidentState;
use wb_core::time::Timestamp;

use super::{IncidentRow, incident_row, select};
use crate::db::{Error, P, Row, Sql, Tx, sql, two};
use crate::page::{self, Page};
use crate::params;
use crate::read::{self, folded, text_list};

/// Which incidents a list holds; an empty filter means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Only those in these states.
    pub states: BTreeSet<IncidentState>,
    /// Only those of these services.
    pub services: BTreeSet<ServiceId>,
    /// Only those of these teams.
    pub teams: BTreeSet<TeamId>,
    /// Only those of this urgency.
    pub urgency: Option<Urgency>,
    /// Only those of these severities.
    pub severities: BTreeSet<Severity>,
    /// Only those this person has.
    pub owner: Option<UserId>,
    /// Only those whose title or summary contains this, in whatever case; a number as people write it,
    /// such as `INC-12`, means that one incident.
    pub search: Option<String>,
    /// Only those that opened then or later.
    pub since: Option<Timestamp>,
    /// Only those that opened before.
    pub until: Option<Timestamp>,
}

/// How many incidents have these three in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Where they stand.
    pub state: IncidentState,
    /// How bad they are.
    pub severity: Severity,
    /// The service they are about.
    pub service: ServiceId,
    /// How many.
    pub count: u64,
}

// What sifts, the same for lists and summaries. Ids are ordered by the time of opening, so that a
// span of time is a span of ids, which an index serves; the times say it to the microsecond.
macro_rules! sift_sqlite {
    () => {
        " AND i.opened_at >= $12 AND i.opened_at < $13
          AND ($2 IS NULL OR i.state IN (SELECT value FROM json_each($2)))
          AND ($3 IS NULL OR i.team_id IN (SELECT unhex(value) FROM json_each($3)))
          AND ($4 IS NULL OR i.team_id = $4)
          AND ($5 IS NULL OR i.service_id IN (SELECT unhex(value) FROM json_each($5)))
          AND ($6 IS NULL OR i.service_id = $6)
          AND ($7 IS NULL OR i.urgency = $7)
          AND ($8 IS NULL OR i.severity IN (SELECT value FROM json_each($8)))
          AND ($9 IS NULL OR i.owner_id = $9) "
    };
}
macro_rules! sift_postgres {
    () => {
        " AND i.id < $1 AND i.id >= $11 AND i.opened_at >= $12 AND i.opened_at < $13
          AND ($2::jsonb IS NULL OR i.state IN (SELECT jsonb_array_elements_text($2::jsonb)))
          AND ($3::jsonb IS NULL
               OR i.team_id IN (SELECT jsonb_array_elements_text($3::jsonb)::uuid))
          AND ($4::uuid IS NULL OR i.team_id = $4::uuid)
          AND ($5::jsonb IS NULL
               OR i.service_id IN (SELECT jsonb_array_elements_text($5::jsonb)::uuid))
          AND ($6::uuid IS NULL OR i.service_id = $6::uuid)
          AND ($7::text IS NULL OR i.urgency = $7::text)
          AND ($8::jsonb IS NULL
               OR i.severity IN (SELECT jsonb_array_elements_text($8::jsonb)))
          AND ($9::uuid IS NULL OR i.owner_id = $9::uuid) "
    };
}
macro_rules! span_sqlite {
    () => {
        " AND i.id < $1 AND i.id >= $11 "
    };
}
macro_rules! search_sqlite {
    () => {
        " AND ($10 IS NULL OR i.search LIKE $10 ESCAPE '\\') "
    };
}
macro_rules! search_postgres {
    () => {
        " AND ($10::text IS NULL OR i.search LIKE $10::text ESCAPE '\\') "
    };
}

macro_rules! list {
    ($drive:literal) => {
        two(
            concat!(
                select!("WHERE ", $drive),
                span_sqlite!(),
                sift_sqlite!(),
                search_sqlite!(),
                "ORDER BY i.id DESC LIMIT $14"
            ),
            concat!(
                select!("WHERE ", $drive),
                sift_postgres!(),
                search_postgres!(),
                "ORDER BY i.id DESC LIMIT $14"
            ),
        )
    };
}

// The condition that an index serves stands first and alone; the others only sift.
const LIST: Sql = list!("TRUE");
const LIST_OPEN: Sql = list!("i.state <> 'resolved'");
const LIST_SERVICE: Sql = list!("i.service_id = $6");
const LIST_OWNER: Sql = list!("i.owner_id = $9");
const LIST_TEAM: Sql = list!("i.team_id = $4");

macro_rules! count {
    ($drive:literal, $span_sqlite:expr, $search_sqlite:expr, $search_postgres:expr) => {
        two(
            concat!(
                "SELECT i.state, i.severity, i.service_id, count(*) FROM incident i WHERE ",
                $drive,
                $span_sqlite,
                sift_sqlite!(),
                $search_sqlite,
                "GROUP BY i.state, i.severity, i.service_id"
            ),
            concat!(
                "SELECT i.state, i.severity, i.service_id, count(*) FROM incident i WHERE ",
                $drive,
                sift_postgres!(),
                $search_postgres,
                "GROUP BY i.state, i.severity, i.service_id"
            ),
        )
    };
}

// Without a search the index `incident_facets` holds all that is asked for. An unused parameter stays
// in the text, because PostgreSQL wants to know the type of each; on SQLite the plus keeps a span
// that is none from being looked up.
const COUNT: Sql = count!(
    "TRUE",
    " AND +i.id < $1 AND +i.id >= $11 ",
    "",
    " AND $10::text IS NULL "
);
const COUNT_OPEN: Sql = count!(
    "i.state IN ('triggered', 'acknowledged')",
    " AND +i.id < $1 AND +i.id >= $11 ",
    "",
    " AND $10::text IS NULL "
);
const COUNT_SINCE: Sql = count!("TRUE", span_sqlite!(), search_sqlite!(), search_postgres!());
const COUNT_FOUND_OPEN: Sql = count!(
    "i.state IN ('triggered', 'acknowledged')",
    " AND +i.id < $1 AND +i.id >= $11 ",
    search_sqlite!(),
    search_postgres!()
);

const BY_NUMBER: Sql = sql("SELECT id FROM incident WHERE number = $1");

/// The parameters of a filter in the forms that the statements want.
struct Sieve {
    before: Uuid,
    from: Uuid,
    since: i64,
    until: i64,
    states: Option<String>,
    teams: Option<String>,
    team: Option<Uuid>,
    services: Option<String>,
    service: Option<Uuid>,
    severities: Option<String>,
    search: Option<String>,
    only_open: bool,
    /// Whether the span of ids holds one incident at most.
    is_one: bool,
}

impl Sieve {
    fn new(scope: &Scope, filter: &IncidentFilter, before: Uuid) -> Self {
        let teams = page::teams(scope, &filter.teams);
        let team = teams
            .as_ref()
            .filter(|t| t.len() == 1)
            .and_then(|t| t.first())
            .map(|t| t.0);
        let service = (filter.services.len() == 1)
            .then(|| filter.services.first().map(|s| s.0))
            .flatten();
        let services = (!filter.services.is_empty()).then(|| filter.services.iter().map(|s| s.0));
        let words = |words: Vec<&str>| (!words.is_empty()).then(|| text_list(words));
        // The millisecond of an id is whole, so the one in which the span ends belongs to it.
        let end = filter.until.map(|until| first_id(until.plus_millis(1)));
        let is_open = |states: &BTreeSet<IncidentState>| {
            !states.is_empty() && !states.contains(&IncidentState::Resolved)
        };
        Self {
            before: end.map_or(before, |end| end.min(before)),
            from: filter.since.map_or(Uuid::nil(), first_id),
            since: filter.since.map_or(i64::MIN, Timestamp::as_micros),
            until: filter.until.map_or(i64::MAX, Timestamp::as_micros),
            states: words(filter.states.iter().map(|state| state.word()).collect()),
            teams: page::ids(teams.map(|t| t.into_iter().map(|t| t.0))),
            team,
            services: page::ids(services),
            service,
            severities: words(filter.severities.iter().map(|one| one.word()).collect()),
            search: filter.search.as_deref().map(pattern),
            only_open: is_open(&filter.states),
            is_one: false,
        }
    }

    /// Leaves only the incident that is searched by its number, if that is what is searched.
    fn narrow(&mut self, tx: &mut Tx<'_>, filter: &IncidentFilter) -> Result<(), Error> {
        let Some(number) = filter.search.as_deref().and_then(number) else {
            return Ok(());
        };
        let found = tx.query_opt(&BY_NUMBER, params![read::int(number)], |row| row.id(0))?;
        // Without such an incident the span is empty.
        let id = found.unwrap_or(Uuid::max());
        self.from = self.from.max(id);
        self.before = self
            .before
            .min(Uuid::from_u128(id.as_u128().saturating_add(1)));
        self.search = None;
        self.is_one = true;
        Ok(())
    }

    fn params<'a>(&'a self, filter: &'a IncidentFilter) -> Vec<P<'a>> {
        let json = |text: &'a Option<String>| text.as_deref().map_or(P::Null, P::Json);
        vec![
            P::Id(self.before),
            json(&self.states),
            json(&self.teams),
            P::from(self.team),
            json(&self.services),
            P::from(self.service),
            P::from(filter.urgency.map(Urgency::word)),
            json(&self.severities),
            P::from(filter.owner.map(|id| id.0)),
            self.search.as_deref().map_or(P::Null, P::Text),
            P::Id(self.from),
            P::Int(self.since),
            P::Int(self.until),
        ]
    }
}

/// The least id of what opened in this millisecond or later.
fn first_id(at: Timestamp) -> Uuid {
    let millis = u128::try_from(at.as_millis()).unwrap_or(0);
    Uuid::from_u128(millis.min((1 << 48) - 1) << 80)
}

/// The incidents the caller may read, newest first: one query, along one index.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &IncidentFilter,
    page: Page<IncidentId>,
) -> Result<Vec<IncidentRow>, Error> {
    let mut sieve = Sieve::new(scope, filter, page.before(|id| id.0));
    sieve.narrow(tx, filter)?;
    let sql = match (sieve.only_open, filter.owner, sieve.service, sieve.team) {
        _ if sieve.is_one => &LIST,
        (true, ..) => &LIST_OPEN,
        (_, Some(_), ..) => &LIST_OWNER,
        (_, _, Some(_), _) => &LIST_SERVICE,
        (_, _, _, Some(_)) => &LIST_TEAM,
        _ => &LIST,
    };
    let mut params = sieve.params(filter);
    params.push(P::Int(page.rows()));
    tx.query(sql, &params, incident_row)
}

/// How many of the incidents the caller may read there are, by state, severity and service, in one
/// query.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn summary(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &IncidentFilter,
) -> Result<Vec<Counted>, Error> {
    let mut sieve = Sieve::new(scope, filter, Uuid::max());
    sieve.narrow(tx, filter)?;
    let sql = match (sieve.only_open, &sieve.search, filter.since) {
        _ if sieve.is_one => &COUNT_SINCE,
        (true, None, _) => &COUNT_OPEN,
        (true, Some(_), _) => &COUNT_FOUND_OPEN,
        (false, None, None) => &COUNT,
        (false, ..) => &COUNT_SINCE,
    };
    tx.query(sql, &sieve.params(filter), counted)
}

fn counted(row: &Row<'_>) -> Result<Counted, Error> {
    Ok(Counted {
        state: read::word(row, 0, IncidentState::from_word)?,
        severity: read::word(row, 1, Severity::from_word)?,
        service: ServiceId(row.id(2)?),
        count: read::number(row, 3)?,
    })
}

/// The number in what people call an incident, such as `INC-12` or `#12`.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = match text.strip_prefix('#') {
        Some(digits) => digits,
        None => {
            let (prefix, digits) = text.split_at_checked(4)?;
            prefix.eq_ignore_ascii_case("inc-").then_some(digits)?
        }
    };
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// A LIKE pattern for "contains", with its special characters taken literally.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in folded(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::db::Engine;

    #[test]
    fn an_incident_is_known_by_its_number() {
        for text in ["INC-12", " inc-12 ", "Inc-012", "#12"] {
            assert_eq!(number(text), Some(12), "{text}");
        }
        for text in [
            "12",
            "INC-",
            "#",
            "INC-1 again",
            "INC-+1",
            "price",
            "",
            "ïnc-1",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    const SCHEMA: [&str; 3] = [
        include_str!("../../migrations/sqlite/V1__base.sql"),
        include_str!("../../migrations/sqlite/V2__domain.sql"),
        include_str!("../../migrations/sqlite/V4__incidents.sql"),
    ];

    /// How SQLite answers a statement, step by step.
    fn plan(sql: &Sql) -> Vec<String> {
        let db = Connection::open_in_memory().expect("a database");
        for text in SCHEMA {
            db.execute_batch(text).expect("the schema");
        }
        let text = format!("EXPLAIN QUERY PLAN {}", sql.text(Engine::Sqlite));
        let mut statement = db.prepare(&text).expect("a statement");
        // Without values: the plan depends on the text alone.
        let steps = statement.raw_query().mapped(|row| row.get(3));
        steps.collect::<Result<_, _>>().expect("its steps")
    }

    #[test]
    fn a_page_is_read_along_one_index_and_never_sorted() {
        for (sql, index) in [
            (&LIST, "sqlite_autoindex_incident_1"),
            (&LIST_OPEN, "incident_open"),
            (&LIST_SERVICE, "incident_service"),
            (&LIST_OWNER, "incident_owner"),
            (&LIST_TEAM, "incident_team"),
        ] {
            let plan = plan(sql);
            let first = plan.first().map(String::as_str).unwrap_or_default();
            assert!(first.starts_with("SEARCH i USING INDEX"), "{plan:#?}");
            assert!(first.contains(index), "{index}: {plan:#?}");
            assert!(
                !plan.iter().any(|step| step.contains("B-TREE")),
                "{plan:#?}"
            );
        }
    }

    #[test]
    fn a_summary_is_counted_along_one_index_alone_unless_it_searches() {
        for (sql, first_step) in [
            (&COUNT, "SCAN i USING COVERING INDEX incident_facets"),
            (&COUNT_OPEN, "SEARCH i USING COVERING INDEX incident_facets"),
            (
                &COUNT_SINCE,
                "SEARCH i USING INDEX sqlite_autoindex_incident_1",
            ),
            (&COUNT_FOUND_OPEN, "SEARCH i USING INDEX incident_facets"),
        ] {
            let plan = plan(sql);
            let first = plan.first().map(String::as_str).unwrap_or_default();
            assert!(first.starts_with(first_step), "{first_step}: {plan:#?}");
        }
    }
}
