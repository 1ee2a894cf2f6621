//! Channel settings between a form and the store: checked by the channel, secrets sealed.

use core::fmt::Display;

use wb_core::config::{ObjectId, Setting, Settings};
use wb_core::limits;
use wb_ports::{Channel, Channels, FieldKind, OpenedSettings, Random};

use super::draft::SettingsDraft;
use super::problems::Problems;
use crate::vault::{OpenError, Vault};

/// What a secret is bound to, so that its sealed text opens nowhere else: the object, the contact
/// method in it (or the endpoint itself) and the field.
#[must_use]
pub fn place(object: ObjectId, holder: &dyn Display, field: &str) -> String {
    format!("{object}/{holder}/{field}")
}

/// Opens settings right before they are used.
///
/// # Errors
/// When a secret was sealed under another key or was damaged.
pub fn open(
    vault: &Vault,
    object: ObjectId,
    holder: &dyn Display,
    settings: &Settings,
) -> Result<OpenedSettings, OpenError> {
    let opened = settings.iter().map(|(field, setting)| {
        let value = match setting {
            Setting::Plain(value) => value.clone(),
            Setting::Sealed(sealed) => vault.open(sealed, &place(object, holder, field))?,
        };
        Ok((field.clone(), value))
    });
    opened.collect()
}

/// For what a channel is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Person,
    Endpoint,
}

/// Whose settings they are.
pub(super) struct Holder<'a> {
    pub(super) object: ObjectId,
    pub(super) id: &'a dyn Display,
    pub(super) used_for: Use,
    pub(super) channel: &'a str,
    /// Channel and settings so far.
    pub(super) old: Option<(&'a str, &'a Settings)>,
}

impl Holder<'_> {
    fn place(&self, field: &str) -> String {
        place(self.object, self.id, field)
    }

    /// The old settings, if they are of the same channel.
    fn kept(&self) -> Option<&Settings> {
        self.old
            .filter(|(channel, _)| *channel == self.channel)
            .map(|(_, settings)| settings)
    }
}

/// Checks and seals settings.
pub(super) struct Sealer<'a> {
    pub(super) channels: &'a Channels,
    pub(super) vault: &'a Vault,
    pub(super) random: &'a dyn Random,
}

impl Sealer<'_> {
    /// The settings to store. What is wrong goes to `problems`, under `<path>channel` and
    /// `<path>settings.<field>`; then what comes back is not to be stored.
    pub(super) fn seal(
        &self,
        holder: &Holder<'_>,
        draft: &SettingsDraft,
        path: &str,
        problems: &mut Problems,
    ) -> Settings {
        let Some(channel) = self.channel(holder, path, problems) else {
            return Settings::new();
        };
        let before = problems.len();
        let opened = self.opened(holder, channel, draft, path, problems);
        check(channel, &opened, path, problems);
        if problems.len() > before {
            return Settings::new();
        }
        let secret = |field: &str| {
            channel
                .descriptor()
                .field(field)
                .is_some_and(|f| f.kind == FieldKind::Secret)
        };
        let seal = |(field, value): (String, String)| {
            let setting = if secret(&field) {
                self.seal_one(holder, &field, &value)
            } else {
                Setting::Plain(value)
            };
            (field, setting)
        };
        opened.into_iter().map(seal).collect()
    }

    fn channel(
        &self,
        holder: &Holder<'_>,
        path: &str,
        problems: &mut Problems,
    ) -> Option<&dyn Channel> {
        let at = format!("{path}channel");
        let usable = |person: bool, endpoint: bool| match holder.used_for {
            Use::Person => person,
            Use::Endpoint => endpoint,
        };
        let known: Vec<_> = self
            .channels
            .descriptors()
            .filter(|d| usable(d.capabilities.person, d.capabilities.endpoint))
            .map(|d| d.name)
            .collect();
        let known = known.join(", ");
        let Some(channel) = self.channels.get(holder.channel) else {
            problems.add(
                &at,
                "unknown_channel",
                &[("name", &holder.channel), ("known", &known)],
            );
            return None;
        };
        let can = channel.descriptor().capabilities;
        if !usable(can.person, can.endpoint) {
            let word = match holder.used_for {
                Use::Person => "channel_person",
                Use::Endpoint => "channel_endpoint",
            };
            problems.add(
                &at,
                word,
                &[("channel", &holder.channel), ("known", &known)],
            );
            return None;
        }
        Some(&**channel)
    }

    /// The draft without blanks, with the kept secrets opened.
    fn opened(
        &self,
        holder: &Holder<'_>,
        channel: &dyn Channel,
        draft: &SettingsDraft,
        path: &str,
        problems: &mut Problems,
    ) -> OpenedSettings {
        let is_secret = |name: &str| {
            channel
                .descriptor()
                .field(name)
                .is_some_and(|f| f.kind == FieldKind::Secret)
        };
        let mut opened: OpenedSettings = draft
            .iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| {
                let value = if is_secret(name) {
                    value.as_str()
                } else {
                    value.trim()
                };
                (name.clone(), value.to_owned())
            })
            .collect();
        for (name, setting) in holder.kept().into_iter().flatten() {
            let Setting::Sealed(sealed) = setting else {
                continue;
            };
            if draft.contains_key(name) || !is_secret(name) {
                continue;
            }
            match self.vault.open(sealed, &holder.place(name)) {
                Ok(value) => drop(opened.insert(name.clone(), value)),
                Err(OpenError) => {
                    problems.add(&format!("{path}settings.{name}"), "sealed_elsewhere", &[]);
                }
            }
        }
        opened
    }

    /// The old sealed text when the secret is still the same, so that nothing changes.
    fn seal_one(&self, holder: &Holder<'_>, field: &str, value: &str) -> Setting {
        let place = holder.place(field);
        if let Some(Setting::Sealed(old)) = holder.kept().and_then(|settings| settings.get(field))
            && self.vault.open(old, &place).is_ok_and(|old| old == value)
        {
            return Setting::Sealed(old.clone());
        }
        Setting::Sealed(self.vault.seal(value, &place, self.random))
    }
}

/// Adds what is wrong with settings that are stored as they are: the channel may be gone, or an
/// address not allowed any more.
pub(super) fn check_stored(
    channels: &Channels,
    vault: &Vault,
    holder: &Holder<'_>,
    path: &str,
    problems: &mut Problems,
) {
    let Some((channel, settings)) = holder.old else {
        return;
    };
    let Some(channel) = channels.get(channel) else {
        let known: Vec<_> = channels.descriptors().map(|d| d.name).collect();
        let known = known.join(", ");
        problems.add(
            &format!("{path}channel"),
            "unknown_channel",
            &[("name", &holder.channel), ("known", &known)],
        );
        return;
    };
    match open(vault, holder.object, holder.id, settings) {
        Ok(opened) => check(&**channel, &opened, path, problems),
        Err(OpenError) => problems.add(&format!("{path}settings"), "sealed_elsewhere", &[]),
    }
}

fn check(channel: &dyn Channel, opened: &OpenedSettings, path: &str, problems: &mut Problems) {
    for (name, value) in opened {
        problems.line(
            &format!("{path}settings.{name}"),
            value,
            limits::SETTING_CHARS,
        );
    }
    let mut errors = channel.descriptor().shape_errors(opened);
    errors.extend(channel.check(opened).err().unwrap_or_default());
    for error in errors {
        problems.add_text(&format!("{path}settings.{}", error.field), error.message);
    }
}
