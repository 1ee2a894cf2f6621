//! The outbox: one row per delivery, the fence between claiming and cancelling it.

use std::collections::BTreeSet;

use wb_core::ids::{DeliveryId, IncidentId, MethodId, NodeId, PageId};
use wb_core::incident::Recipient;
use wb_core::planted::{self, Bug};
use wb_core::time::Timestamp;

use crate::db::{Error, P, Row, SetSql, Sql, Tx, id_list, set, sql, two};
use crate::read::{at, number, number32, opt_at, put_checked, recipient};
use crate::{params, row};

/// A delivery's row as a decision about its incident needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// When the attempt that is under way was claimed; none when none is.
    pub claimed_at: Option<Timestamp>,
}

/// A delivery that this node has claimed and now attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// Its incident.
    pub incident: IncidentId,
    /// Its page.
    pub page: PageId,
    /// Who is told.
    pub recipient: Recipient,
    /// The contact method; none for an endpoint.
    pub method: Option<MethodId>,
    /// The channel's name.
    pub channel: String,
    /// When it was due.
    pub due_at: Timestamp,
    /// The number of this attempt: 1 for the first.
    pub attempt: u32,
    /// When it was claimed; with node and delivery this names the claim.
    pub claimed_at: Timestamp,
    /// Since when it was due, when it was held back before.
    pub held_since: Option<Timestamp>,
    /// Whether it asks its recipient to help: it goes out alone, with its own buttons, and at once.
    pub is_asked: bool,
}

/// What the last look before the first byte found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Send.
    Wanted,
    /// The incident was acknowledged or resolved after the claim, or only resolved where the recipient
    /// is asked to help: withhold it and report that.
    Unwanted,
    /// The claim has ended, so somebody else may be sending: stop without a report.
    Lost,
}

/// A claim whose node is not expected to report any more. It ends like every other: by the decision
/// about its attempt's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostClaim {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// Its incident.
    pub incident: IncidentId,
    /// The channel's name.
    pub channel: String,
    /// The number of the attempt that was under way.
    pub attempt: u32,
    /// When it was claimed.
    pub claimed_at: Timestamp,
}

/// How many rows stand in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for their time or a retry.
    pub pending: u64,
    /// An attempt is under way.
    pub claimed: u64,
}

const LOCK: Sql = two(
    "SELECT id, claimed_at FROM outbox
      WHERE incident_id = $1 AND state IN ('pending', 'claimed') ORDER BY id",
    "SELECT id, claimed_at FROM outbox
      WHERE incident_id = $1 AND state IN ('pending', 'claimed') ORDER BY id FOR UPDATE",
);

const CLAIM: Sql = two(
    "UPDATE outbox SET state = 'claimed', claim_node = $1, claimed_at = $2, claim_deadline = $3
      WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' AND due_at <= $2
                    ORDER BY due_at, id LIMIT $4)
     RETURNING id, incident_id, page_id, recipient_kind, recipient_id, method_id, channel, due_at,
            attempts, claimed_at, held_since, kind",
    // Materialised, so that the inner query runs once and the limit holds. Rows that a decision
    // has locked are skipped: it may be cancelling them.
    "WITH due AS MATERIALIZED (
        SELECT id FROM outbox WHERE state = 'pending' AND due_at <= $2
         ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
     UPDATE outbox o SET state = 'claimed', claim_node = $1, claimed_at = $2, claim_deadline = $3
       FROM due WHERE o.id = due.id
     RETURNING o.id, o.incident_id, o.page_id, o.recipient_kind, o.recipient_id, o.method_id,
            o.channel, o.due_at, o.attempts, o.claimed_at, o.held_since, o.kind",
);

const COMPANIONS: Sql = two(
    "SELECT id, incident_id, page_id, recipient_kind, recipient_id, method_id, channel, due_at,
            attempts, due_at, held_since, kind
       FROM outbox
      WHERE state = 'pending' AND method_id IN (SELECT unhex(value) FROM json_each($1))
        AND (due_at <= $2 OR held_since IS NOT NULL) AND kind = 'page'
      ORDER BY due_at, id LIMIT $3",
    "SELECT id, incident_id, page_id, recipient_kind, recipient_id, method_id, channel, due_at,
            attempts, due_at, held_since, kind
       FROM outbox
      WHERE state = 'pending'
        AND method_id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid)
        AND (due_at <= $2 OR held_since IS NOT NULL) AND kind = 'page'
      ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED",
);

const CLAIM_THESE: SetSql = set(
    &["id", "claim_node", "claimed_at", "claim_deadline"],
    "UPDATE outbox SET state = 'claimed', claim_node = $2, claimed_at = $3, claim_deadline = $4
      WHERE id = $1 AND state = 'pending'",
    "UPDATE outbox SET state = 'claimed', claim_node = t.claim_node, claimed_at = t.claimed_at,
            claim_deadline = t.claim_deadline
       FROM jsonb_to_recordset($1::jsonb)
            AS t(id uuid, claim_node uuid, claimed_at bigint, claim_deadline bigint)
      WHERE outbox.id = t.id AND outbox.state = 'pending'",
);

const HOLD: SetSql = set(
    &["id", "due_at"],
    "UPDATE outbox SET state = 'pending', held_since = coalesce(held_since, due_at), due_at = $2,
            claim_node = NULL, claimed_at = NULL, claim_deadline = NULL
      WHERE id = $1 AND state = 'claimed'",
    "UPDATE outbox SET state = 'pending', held_since = coalesce(held_since, outbox.due_at),
            due_at = t.due_at, claim_node = NULL, claimed_at = NULL, claim_deadline = NULL
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, due_at bigint)
      WHERE outbox.id = t.id AND outbox.state = 'claimed'",
);

/// What [`Bug::ClaimUnchecked`] does: it claims what was due a moment ago, whatever it is now.
const CLAIM_UNCHECKED: Sql = sql(
    "UPDATE outbox SET state = 'claimed', claim_node = $1, claimed_at = $2, claim_deadline = $3
      WHERE id = $4",
);

const LOOK: Sql = sql(
    "SELECT i.state = 'triggered' OR (o.kind = 'asked' AND i.state <> 'resolved')
       FROM outbox o JOIN incident i ON i.id = o.incident_id
      WHERE o.id = $1 AND o.state = 'claimed' AND o.claim_node = $2 AND o.claimed_at = $3",
);

const LOST: Sql = two(
    "SELECT id, incident_id, channel, attempts, claimed_at FROM outbox
      WHERE state = 'claimed' AND (claim_deadline <= $1
            OR claim_node IN (SELECT unhex(value) FROM json_each($2)))
      ORDER BY claimed_at NULLS LAST, id LIMIT $3",
    "SELECT id, incident_id, channel, attempts, claimed_at FROM outbox
      WHERE state = 'claimed' AND (claim_deadline <= $1
            OR claim_node IN (SELECT jsonb_array_elements_text($2::jsonb)::uuid))
      ORDER BY claimed_at NULLS LAST, id LIMIT $3",
);

const CLAIMANTS: Sql =
    sql("SELECT DISTINCT claim_node FROM outbox WHERE state = 'claimed' ORDER BY claim_node");

const OLDEST: Sql = sql("SELECT min(due_at) FROM outbox WHERE state = 'pending'");

const INCIDENT_OF_DELIVERY: Sql = sql("SELECT incident_id FROM outbox WHERE id = $1");

const INCIDENT_OF_PAGE: Sql = sql("SELECT incident_id FROM outbox WHERE page_id = $1 LIMIT 1");

const COUNTS: Sql = sql(
    "SELECT (SELECT count(*) FROM outbox WHERE state = 'pending'),
            (SELECT count(*) FROM outbox WHERE state = 'claimed')",
);

const DUE: Sql = sql(
    "SELECT id, incident_id, page_id, recipient_kind, recipient_id, method_id, channel, due_at,
            attempts, due_at, held_since, kind
       FROM outbox WHERE state = 'pending' AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
);

/// The unfinished deliveries of an incident, in the order of their ids. On PostgreSQL their rows
/// stay locked until the commit, so that no claim can come between this and a cancellation.
///
/// # Errors
/// When the store fails.
pub fn lock(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Unfinished>, Error> {
    tx.query(&LOCK, params![incident.0], |row| {
        Ok(Unfinished {
            delivery: DeliveryId(row.id(0)?),
            claimed_at: opt_at(row, 1)?,
        })
    })
}

/// Claims due deliveries for a node, the longest due first. A delivery that is cancelled, claimed
/// or being decided about is not touched.
///
/// # Errors
/// When the store fails.
pub fn claim(
    tx: &mut Tx<'_>,
    node: NodeId,
    now: Timestamp,
    limit: u32,
    deadline: Timestamp,
) -> Result<Vec<Claimed>, Error> {
    if planted::is(Bug::ClaimUnchecked) {
        return claim_unchecked(tx, node, now, limit, deadline);
    }
    let params = params![node.0, now.as_micros(), deadline.as_micros(), limit];
    let mut claimed = tx.query(&CLAIM, params, claimed_row)?;
    claimed.sort_by_key(|claim| (claim.due_at, claim.delivery));
    Ok(claimed)
}

/// What else waits to go out over these methods: what is due, and what is held back until later.
/// Not claimed; on PostgreSQL the rows stay locked until the commit. `claimed_at` is the due time.
///
/// # Errors
/// When the store fails.
pub fn companions(
    tx: &mut Tx<'_>,
    methods: &BTreeSet<MethodId>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Claimed>, Error> {
    let list = id_list(&methods.iter().map(|id| id.0).collect::<Vec<_>>());
    let params = [
        P::Json(&list),
        P::Int(now.as_micros()),
        P::Int(limit.into()),
    ];
    tx.query(&COMPANIONS, &params, claimed_row)
}

/// Claims deliveries that [`companions`] found in this transaction, for a node.
///
/// # Errors
/// When one of them is not pending any more, or the store fails.
pub fn claim_these(
    tx: &mut Tx<'_>,
    node: NodeId,
    now: Timestamp,
    deadline: Timestamp,
    deliveries: &[DeliveryId],
) -> Result<(), Error> {
    let (now, deadline) = (now.as_micros(), deadline.as_micros());
    let rows: Vec<_> = deliveries
        .iter()
        .map(|id| row![id.0, node.0, now, deadline])
        .collect();
    put_checked(tx, &CLAIM_THESE, &rows)
}

/// Lets deliveries go that were claimed in this transaction: they wait until the given times.
///
/// # Errors
/// When one of them is not claimed, or the store fails.
pub fn hold(tx: &mut Tx<'_>, held: &[(DeliveryId, Timestamp)]) -> Result<(), Error> {
    let rows: Vec<_> = held
        .iter()
        .map(|(id, until)| row![id.0, until.as_micros()])
        .collect();
    put_checked(tx, &HOLD, &rows)
}

fn claim_unchecked(
    tx: &mut Tx<'_>,
    node: NodeId,
    now: Timestamp,
    limit: u32,
    deadline: Timestamp,
) -> Result<Vec<Claimed>, Error> {
    let mut claimed = due(tx, now, limit)?;
    for claim in &mut claimed {
        let (now_us, deadline_us) = (now.as_micros(), deadline.as_micros());
        let params = params![node.0, now_us, deadline_us, claim.delivery.0];
        tx.exec(&CLAIM_UNCHECKED, params)?;
        claim.claimed_at = now;
    }
    Ok(claimed)
}

/// Looks once more right before the first byte: is the claim still ours, and is the delivery still
/// wanted?
///
/// # Errors
/// When the store fails.
pub fn look(
    tx: &mut Tx<'_>,
    node: NodeId,
    delivery: DeliveryId,
    claimed_at: Timestamp,
) -> Result<Look, Error> {
    let params = params![delivery.0, node.0, claimed_at.as_micros()];
    Ok(match tx.query_opt(&LOOK, params, |row| row.bool(0))? {
        Some(true) => Look::Wanted,
        Some(false) => Look::Unwanted,
        None => Look::Lost,
    })
}

/// The claims of nodes that are dead, and those past their deadline, oldest first. Only looked at:
/// whether such an attempt is made again, and how that is marked, is decided with its incident, so
/// that it cannot be claimed anew under an acknowledgement that came in between.
///
/// # Errors
/// When the store fails.
pub fn lost(
    tx: &mut Tx<'_>,
    now: Timestamp,
    dead: &[NodeId],
    limit: u32,
) -> Result<Vec<LostClaim>, Error> {
    let nodes = id_list(&dead.iter().map(|node| node.0).collect::<Vec<_>>());
    let params = [
        P::Int(now.as_micros()),
        P::Json(&nodes),
        P::Int(limit.into()),
    ];
    tx.query(&LOST, &params, |row| {
        Ok(LostClaim {
            delivery: DeliveryId(row.id(0)?),
            incident: IncidentId(row.id(1)?),
            channel: row.text(2)?,
            attempt: number32(row, 3)?.saturating_add(1),
            claimed_at: at(row, 4)?,
        })
    })
}

/// The nodes that hold claims, known or not: a process may be gone without a trace but these.
///
/// # Errors
/// When the store fails.
pub fn claimants(tx: &mut Tx<'_>) -> Result<Vec<NodeId>, Error> {
    tx.query(&CLAIMANTS, &[], |row| row.id(0).map(NodeId))
}

/// When the next delivery is due; in the past while deliveries wait longer than they should.
///
/// # Errors
/// When the store fails.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one(&OLDEST, &[], |row| opt_at(row, 0))
}

/// How many deliveries wait and how many are under way.
///
/// # Errors
/// When the store fails.
pub fn counts(tx: &mut Tx<'_>) -> Result<Counts, Error> {
    tx.query_one(&COUNTS, &[], |row| {
        Ok(Counts {
            pending: number(row, 0)?,
            claimed: number(row, 1)?,
        })
    })
}

/// What would go out now, the longest due first, without claiming it: for `watchbell resume`.
/// `claimed_at` is the due time.
///
/// # Errors
/// When the store fails.
pub fn due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<Claimed>, Error> {
    tx.query(&DUE, params![now.as_micros(), limit], claimed_row)
}

/// The incident a delivery is about.
///
/// # Errors
/// When the store fails.
pub fn incident_of_delivery(
    tx: &mut Tx<'_>,
    delivery: DeliveryId,
) -> Result<Option<IncidentId>, Error> {
    let found = tx.query_opt(&INCIDENT_OF_DELIVERY, params![delivery.0], |row| row.id(0))?;
    Ok(found.map(IncidentId))
}

/// The incident a page is about. A page without a single delivery is not known here.
///
/// # Errors
/// When the store fails.
pub fn incident_of_page(tx: &mut Tx<'_>, page: PageId) -> Result<Option<IncidentId>, Error> {
    let found = tx.query_opt(&INCIDENT_OF_PAGE, params![page.0], |row| row.id(0))?;
    Ok(found.map(IncidentId))
}

fn claimed_row(row: &Row<'_>) -> Result<Claimed, Error> {
    Ok(Claimed {
        delivery: DeliveryId(row.id(0)?),
        incident: IncidentId(row.id(1)?),
        page: PageId(row.id(2)?),
        recipient: recipient(row, 3)?,
        method: row.opt_id(5)?.map(MethodId),
        channel: row.text(6)?,
        due_at: at(row, 7)?,
        attempt: number32(row, 8)?.saturating_add(1),
        claimed_at: at(row, 9)?,
        held_since: opt_at(row, 10)?,
        is_asked: row.text(11)? == "asked",
    })
}
