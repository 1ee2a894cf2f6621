//! A test message over a contact method or to an endpoint, at once and without the outbox.

use wb_core::config::{Config, ContactMethod, ObjectId, Permission, Settings, User};
use wb_core::ids::{DeliveryId, EndpointId, MethodId, UserId};
use wb_core::incident::FailureReason;
use wb_ports::{Content, Links, Message, MessageRecipient};

use super::settings;
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Zone of an endpoint: nobody reads it in a zone of their own.
const ENDPOINT_ZONE: &str = "UTC";

/// Where a test message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestTarget {
    /// A person's contact method.
    Method(UserId, MethodId),
    /// An endpoint.
    Endpoint(EndpointId),
}

/// What became of a test message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestReport {
    /// Whether the provider took it.
    pub accepted: bool,
    /// Why it did not.
    pub reason: Option<FailureReason>,
    /// What the provider said, in a line.
    pub detail: String,
}

impl TestReport {
    const fn failed(reason: FailureReason, detail: String) -> Self {
        Self {
            accepted: false,
            reason: Some(reason),
            detail,
        }
    }
}

/// Everything a send needs.
pub(crate) struct Address<'a> {
    object: ObjectId,
    holder: String,
    channel: &'a str,
    settings: &'a Settings,
    recipient: MessageRecipient,
}

impl App {
    /// Sends a test message and says what became of it.
    ///
    /// # Errors
    /// Without the right to edit the method's owner or the endpoint. That the message did not go
    /// out is no error but in the report.
    pub async fn test_send(
        &self,
        caller: &Caller,
        target: TestTarget,
    ) -> Result<TestReport, AppError> {
        let config = self.config();
        let address = address(caller, &config, target)?;
        Ok(self.send_at_once(address, Content::Test).await)
    }

    /// Sends something over a channel at once and says what became of it.
    pub(super) async fn send_at_once(&self, address: Address<'_>, content: Content) -> TestReport {
        let id = DeliveryId(self.fresh_id());
        self.send_as(address, content, Links::default(), (id, 1))
            .await
    }

    /// One try of sending something over a channel, under an id that its tries have in common.
    pub(crate) async fn send_as(
        &self,
        address: Address<'_>,
        content: Content,
        links: Links,
        (delivery, attempt): (DeliveryId, u32),
    ) -> TestReport {
        let Some(channel) = self.channels.get(address.channel) else {
            let detail =
                wb_ports::catalogue::text("test_send.no_channel", &[("channel", &address.channel)]);
            return TestReport::failed(FailureReason::Misconfigured, detail);
        };
        let opened = match settings::open(
            &self.vault,
            address.object,
            &address.holder,
            address.settings,
        ) {
            Ok(opened) => opened,
            Err(error) => {
                return TestReport::failed(FailureReason::Misconfigured, error.to_string());
            }
        };
        let message = Message {
            content,
            recipient: address.recipient,
            links,
            delivery_id: delivery.to_string(),
            thread: delivery.to_string(),
            attempt,
            possible_duplicate: false,
            sent_at: self.now(),
        };
        let sent = tokio::time::timeout(channel.deadline(), channel.send(&opened, &message)).await;
        match sent {
            Ok(Ok(receipt)) => TestReport {
                accepted: true,
                reason: None,
                detail: receipt.detail,
            },
            Ok(Err(failure)) => TestReport::failed(failure.reason, failure.detail),
            Err(_) => TestReport::failed(
                FailureReason::NoAnswer,
                wb_ports::catalogue::text("test_send.silent", &[]),
            ),
        }
    }
}

/// Somebody's first contact method that there is a channel for; none when they have none, or are not
/// in use.
pub(crate) fn first_method<'a>(app: &App, config: &'a Config, user: UserId) -> Option<Address<'a>> {
    let owner = &config.users.get(&user)?.value;
    let mut methods = owner.methods.iter().filter(|_| owner.active);
    let method = methods.find(|method| app.channels.get(&method.channel).is_some())?;
    Some(of_method(user, owner, method))
}

/// The contact method that a test is of; none when it is gone, nobody proved it, or there is no
/// channel for it.
pub(crate) fn proved_method<'a>(
    app: &App,
    config: &'a Config,
    (user, method): (UserId, MethodId),
) -> Option<Address<'a>> {
    let owner = &config.users.get(&user)?.value;
    let mut methods = owner.methods.iter().filter(|_| owner.active);
    let method = methods.find(|found| found.id == method)?;
    let works = method.verified_at.is_some() && app.channels.get(&method.channel).is_some();
    works.then(|| of_method(user, owner, method))
}

fn of_method<'a>(user: UserId, owner: &'a User, method: &'a ContactMethod) -> Address<'a> {
    Address {
        object: ObjectId::User(user),
        holder: method.id.to_string(),
        channel: &method.channel,
        settings: &method.settings,
        recipient: MessageRecipient {
            name: owner.name.clone(),
            zone: owner.zone.clone(),
        },
    }
}

pub(super) fn address<'a>(
    caller: &Caller,
    config: &'a Config,
    target: TestTarget,
) -> Result<Address<'a>, AppError> {
    match target {
        TestTarget::Method(user, method) => {
            if caller.actor.user() != Some(user) {
                caller.require_globally(Permission::Manage)?;
            }
            let owner = &config.users.get(&user).ok_or(AppError::NotFound)?.value;
            let method = owner
                .methods
                .iter()
                .find(|m| m.id == method)
                .ok_or(AppError::NotFound)?;
            Ok(of_method(user, owner, method))
        }
        TestTarget::Endpoint(id) => {
            let endpoint = &config.endpoints.get(&id).ok_or(AppError::NotFound)?.value;
            caller.require(Permission::Write, endpoint.team)?;
            Ok(Address {
                object: ObjectId::Endpoint(id),
                holder: id.to_string(),
                channel: &endpoint.channel,
                settings: &endpoint.settings,
                recipient: MessageRecipient {
                    name: endpoint.name.clone(),
                    zone: ENDPOINT_ZONE.to_owned(),
                },
            })
        }
    }
}
