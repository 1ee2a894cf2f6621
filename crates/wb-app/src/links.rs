//! Links that acknowledge, resolve, or answer a request to help: signed, expiring, usable from any device without a login.
//!
//! A link's token is `base64url(version, action, incident, delivery, expiry, signature)`. Opening it
//! has no effect; the form on the page carries a nonce, so that a mail scanner that follows links,
//! or a page elsewhere that posts blindly, changes nothing.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::config::{Role, Scope};
use wb_core::ids::{DeliveryId, IncidentId};
use wb_core::incident::{Incident, Recipient};
use wb_core::time::Timestamp;
use wb_store::db::Tx;

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::incidents::Changed;

const VERSION: u8 = 1;
const BODY_BYTES: usize = 1 + 1 + 16 + 16 + 8;
const SIGNATURE_BYTES: usize = 16;

/// How often an incident may have been merged on for its links to follow.
const MERGES_FOLLOWED: usize = 32;

/// How long a rendered form may lie open before its button is pressed, in seconds.
const NONCE_LIFETIME_S: i64 = 24 * 3_600;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAction {
    /// Take the incident.
    Acknowledge,
    /// End the incident.
    Resolve,
    /// Help with the incident.
    Accept,
    /// Do not help with it.
    Decline,
}

impl LinkAction {
    /// The `rel` of the link, and the word for it in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
            Self::Accept => "accept",
            Self::Decline => "decline",
        }
    }

    /// Whether it answers a request to help.
    #[must_use]
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::Accept | Self::Decline)
    }
}

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it does.
    pub action: LinkAction,
    /// To which incident.
    pub incident: IncidentId,
    /// The message it was in.
    pub delivery: DeliveryId,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Why a link does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is not one of ours, or was cut or changed on the way.
    #[error("this is not a complete link of this instance")]
    Malformed,
    /// It was ours, and ended.
    #[error("this link ended at {}", .0.expires_at)]
    Expired(Link),
}

impl App {
    /// The token of a link, as it stands in an address.
    #[must_use]
    pub fn link_token(&self, link: &Link) -> String {
        let mut bytes = encode(link);
        let signature = self.vault.sign_link("link", &bytes);
        bytes.extend_from_slice(&signature);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The absolute address of a link; `None` when this instance has no public address.
    #[must_use]
    pub fn link_address(
        &self,
        action: LinkAction,
        incident: IncidentId,
        delivery: DeliveryId,
        now: Timestamp,
    ) -> Option<String> {
        let base = self.settings.public_url.as_deref()?;
        let lifetime_s = i64::try_from(self.settings.link_lifetime.as_secs()).unwrap_or(i64::MAX);
        let link = Link {
            action,
            incident,
            delivery,
            expires_at: now.plus_secs(lifetime_s),
        };
        Some(format!("{base}/l/{}", self.link_token(&link)))
    }

    /// Reads a link's token.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn read_link(&self, token: &str) -> Result<Link, LinkError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| LinkError::Malformed)?;
        let (body, signature) = bytes
            .split_at_checked(BODY_BYTES)
            .ok_or(LinkError::Malformed)?;
        if signature.len() != SIGNATURE_BYTES || !self.vault.check_link("link", body, signature) {
            return Err(LinkError::Malformed);
        }
        let link = decode(body).ok_or(LinkError::Malformed)?;
        if link.expires_at <= self.now() {
            Err(LinkError::Expired(link))
        } else {
            Ok(link)
        }
    }

    /// A nonce for the form of a link's page: bound to the link and to the time of rendering.
    #[must_use]
    pub fn nonce(&self, token: &str) -> String {
        let at = self.now().as_secs().to_be_bytes();
        let mut bytes = at.to_vec();
        bytes.extend_from_slice(&self.vault.sign_link("nonce", &nonce_input(&at, token)));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether a nonce is ours, belongs to this link and is not too old. Usable again, so that a
    /// repeated post is answered like the first.
    #[must_use]
    pub fn check_nonce(&self, token: &str, nonce: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(nonce) else {
            return false;
        };
        let Some((at, signature)) = bytes.split_at_checked(8) else {
            return false;
        };
        let Ok(at) = <[u8; 8]>::try_from(at) else {
            return false;
        };
        let age_s = self.now().as_secs().saturating_sub(i64::from_be_bytes(at));
        (0..=NONCE_LIFETIME_S).contains(&age_s)
            && self
                .vault
                .check_link("nonce", &nonce_input(&at, token), signature)
    }

    /// Who acts by a link: the person to whom its message was sent; nobody in particular when it
    /// went to an endpoint.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the incident or its delivery is gone.
    pub async fn caller_of_link(&self, link: &Link, from: String) -> Result<Caller, AppError> {
        let delivery = link.delivery;
        let trail = self.trail_of_link(link).await?;
        let told = trail.first().ok_or(AppError::NotFound)?;
        let (page, _) = told.delivery(delivery).ok_or(AppError::NotFound)?;
        let actor = match page.recipient {
            Recipient::Person(user) => Actor::User(user),
            Recipient::Endpoint(_) => Actor::Anonymous,
        };
        // Whoever was told of it may take it where it goes on, too.
        let teams = trail.iter().map(|incident| (incident.team, Role::Member));
        let scope = Scope::new(None, teams.collect());
        Ok(Caller {
            actor,
            via: Via::Link(delivery),
            scope,
            from,
        })
    }

    /// Does what an acknowledge link says. Where its incident was merged into another one, that one is
    /// acknowledged: it is what still pages.
    ///
    /// # Errors
    /// As [`App::acknowledge`].
    pub async fn acknowledge_by_link(
        self: &Arc<Self>,
        caller: &Caller,
        link: &Link,
    ) -> Result<Changed, AppError> {
        let trail = self.trail_of_link(link).await?;
        let goes_on = trail.last().ok_or(AppError::NotFound)?;
        self.acknowledge(caller, goes_on.id).await
    }

    async fn trail_of_link(&self, link: &Link) -> Result<Vec<Incident>, AppError> {
        let incident = link.incident;
        self.store.read(move |tx| trail(tx, incident)).await
    }
}

/// An incident and, where it was merged, those it went on as, one after the other: the last one is where people work.
/// Empty when there is none.
///
/// # Errors
/// When the store fails.
pub fn trail(tx: &mut Tx<'_>, id: IncidentId) -> Result<Vec<Incident>, AppError> {
    let mut trail = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next
        && trail.len() < MERGES_FOLLOWED
    {
        let loaded = wb_store::incidents::load(tx, id)?;
        next = None;
        if let Some(loaded) = loaded {
            next = loaded.state.merged.as_ref().map(|merged| merged.into);
            trail.push(loaded.state);
        }
    }
    Ok(trail)
}

fn nonce_input(at: &[u8; 8], token: &str) -> Vec<u8> {
    let mut input = at.to_vec();
    input.extend_from_slice(token.as_bytes());
    input
}

fn encode(link: &Link) -> Vec<u8> {
    let action = match link.action {
        LinkAction::Acknowledge => 1,
        LinkAction::Resolve => 2,
        LinkAction::Accept => 3,
        LinkAction::Decline => 4,
    };
    let mut bytes = vec![VERSION, action];
    bytes.extend_from_slice(link.incident.0.as_bytes());
    bytes.extend_from_slice(link.delivery.0.as_bytes());
    bytes.extend_from_slice(&link.expires_at.as_secs().to_be_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<Link> {
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    let (incident, rest) = rest.split_first_chunk::<16>()?;
    let (delivery, rest) = rest.split_first_chunk::<16>()?;
    let expiry = i64::from_be_bytes(*rest.first_chunk::<8>()?);
    let action = match head {
        [VERSION, 1] => LinkAction::Acknowledge,
        [VERSION, 2] => LinkAction::Resolve,
        [VERSION, 3] => LinkAction::Accept,
        [VERSION, 4] => LinkAction::Decline,
        _ => return None,
    };
    Some(Link {
        action,
        incident: IncidentId(Uuid::from_bytes(*incident)),
        delivery: DeliveryId(Uuid::from_bytes(*delivery)),
        expires_at: Timestamp::EPOCH.plus_secs(expiry),
    })
}
