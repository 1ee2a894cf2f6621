//! What a channel has to render: everything needed, and nothing that needs looking up.

use wb_core::event::{EventImage, EventLink, Severity, Urgency};
use wb_core::ids::IncidentId;
use wb_core::incident::IncidentState;
use wb_core::time::Timestamp;

/// One message to one recipient over one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub content: Content,
    /// Whom it is for.
    pub recipient: MessageRecipient,
    /// Where the recipient can go from it.
    pub links: Links,
    /// The same for every attempt of one delivery, so that a provider can drop a repeat.
    pub delivery_id: String,
    /// The same for all messages that belong together (the incident's id), so that clients thread.
    pub thread: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// An earlier attempt's answer was lost, so the recipient may have been told already.
    pub possible_duplicate: bool,
    /// The time of this attempt, by the caller's clock.
    pub sent_at: Timestamp,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The recipient is to be told about an incident.
    Page {
        /// The incident.
        incident: Box<IncidentView>,
        /// Which step of the policy led here, counted from 1; none when a person reassigned it.
        step: Option<u32>,
        /// Why this recipient, in one sentence from the catalogue.
        why: String,
    },
    /// The recipient is to be told about several incidents at once.
    Bundle(Box<BundleView>),
    /// Somebody tries out the contact method or endpoint.
    Test,
    /// Somebody proves that a contact method reaches them.
    Code {
        /// What they have to type.
        code: String,
        /// For how many minutes it counts.
        minutes: u32,
    },
    /// The recipient is to know something that is no incident, such as a shift that moved.
    Notice {
        /// It, in a line.
        title: String,
        /// It, in a sentence or two.
        body: String,
    },
}

/// An incident as a message shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentView {
    /// Its id.
    pub id: IncidentId,
    /// Its number, shown as INC-12.
    pub number: u64,
    /// What is wrong, in a line.
    pub title: String,
    /// What is wrong, whole; may repeat the title or be empty.
    pub summary: String,
    /// The name of the service it is about.
    pub service: String,
    /// How bad it is.
    pub severity: Severity,
    /// How loudly it is told.
    pub urgency: Urgency,
    /// Where it stands.
    pub state: IncidentState,
    /// Since when.
    pub opened_at: Timestamp,
    /// What is affected, if the sender said so.
    pub source: Option<String>,
    /// The sender's details, as shortened text; none when there are none.
    pub details: Option<String>,
    /// Links the sender attached.
    pub links: Vec<EventLink>,
    /// Images the sender attached.
    pub images: Vec<EventImage>,
    /// The dedup keys of its alerts, the first one first; empty when declared by hand.
    pub dedup_keys: Vec<String>,
}

/// Several incidents in one message, by service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleView {
    /// How many incidents it tells of.
    pub count: u32,
    /// How bad the worst of them is.
    pub severity: Severity,
    /// How loudly the loudest of them is told.
    pub urgency: Urgency,
    /// The services, the one with the most incidents first.
    pub services: Vec<BundledService>,
    /// How many incidents it tells of without naming them.
    pub more: u32,
}

/// A service with its incidents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledService {
    /// Its name.
    pub name: String,
    /// How many incidents of it the message tells of.
    pub count: u32,
    /// Those it names.
    pub incidents: Vec<BundledIncident>,
}

/// An incident as a line of a message shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledIncident {
    /// Its id.
    pub id: IncidentId,
    /// Its number, shown as INC-12.
    pub number: u64,
    /// What is wrong, in a line.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// How loudly it is told.
    pub urgency: Urgency,
    /// Since when.
    pub opened_at: Timestamp,
    /// Where the recipient can go with this one.
    pub links: Links,
    /// An earlier attempt's answer was lost, so the recipient may have been told already.
    pub possible_duplicate: bool,
}

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRecipient {
    /// The person's or endpoint's name.
    pub name: String,
    /// IANA zone in which times are shown to them; `UTC` for endpoints.
    pub zone: String,
}

/// Where a recipient can go from a message; absolute addresses. Empty when the instance has no
/// public address, or the message needs none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// The incident's view.
    pub view: Option<String>,
    /// The signed page with the acknowledge button.
    pub acknowledge: Option<String>,
    /// The signed page with the resolve button.
    pub resolve: Option<String>,
    /// The signed page on which somebody who is asked to help says that they do.
    pub accept: Option<String>,
    /// The one on which they say that they do not.
    pub decline: Option<String>,
    /// The one on which somebody confirms that a test reached them.
    pub confirm: Option<String>,
}
