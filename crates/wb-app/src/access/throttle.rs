//! Slows down guessing: counts failures per account and per address, in this process only.
//!
//! In memory on purpose: a row per wrong password would let anybody fill the database, and with N
//! nodes a guesser gets N times a very small number.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use wb_core::time::Timestamp;

/// Wrong passwords for one account before it has to wait.
const FREE_FAILURES_ACCOUNT: u32 = 5;

/// Wrong passwords from one address before it has to wait. More than for an account, because a
/// whole office often shares one address, and one person's typing must not lock out the rest.
const FREE_FAILURES_ADDRESS: u32 = 20;

/// The first wait; it doubles with each further failure.
const FIRST_WAIT_S: u32 = 60;

/// The longest wait.
const LONGEST_WAIT_S: u32 = 15 * 60;

/// Failures older than this no longer count.
const FORGET_AFTER_S: i64 = 3_600;

/// Accounts and addresses remembered; beyond that the ones that failed longest ago are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// Who tries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// The account that is tried, whether it exists or not.
    Account(String),
    /// Where the try comes from.
    Address(String),
}

impl Key {
    const fn free_failures(&self) -> u32 {
        match self {
            Self::Account(_) => FREE_FAILURES_ACCOUNT,
            Self::Address(_) => FREE_FAILURES_ADDRESS,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// The failures of the last hour.
#[derive(Debug, Default)]
pub(super) struct Throttle(BTreeMap<Key, Failures>);

impl Throttle {
    /// How many seconds this account or address still has to wait; `None` when it may try.
    pub(super) fn wait_s(&self, account: &str, address: &str, now: Timestamp) -> Option<u32> {
        keys(account, address)
            .iter()
            .filter_map(|key| self.wait_of(key, now))
            .max()
    }

    /// Counts a wrong password.
    pub(super) fn failed(&mut self, account: &str, address: &str, now: Timestamp) {
        for key in keys(account, address) {
            let known = self
                .0
                .get(&key)
                .filter(|f| now.micros_since(f.last) < FORGET_AFTER_S * 1_000_000);
            let count = known.map_or(0, |f| f.count).saturating_add(1);
            self.0.insert(key, Failures { count, last: now });
        }
        if self.0.len() > REMEMBERED_MAX {
            self.shrink(now);
        }
    }

    /// Forgets an account's failures after a right password. Those of the address stay: one right
    /// guess must not make the next thousand free.
    pub(super) fn succeeded(&mut self, account: &str) {
        self.0.remove(&Key::Account(account.to_lowercase()));
    }

    fn wait_of(&self, key: &Key, now: Timestamp) -> Option<u32> {
        let failures = self.0.get(key)?;
        let over = failures.count.checked_sub(key.free_failures())?;
        let wait_s = FIRST_WAIT_S
            .saturating_mul(1_u32.checked_shl(over).unwrap_or(u32::MAX))
            .min(LONGEST_WAIT_S);
        let left = failures.last.plus_secs(i64::from(wait_s)).micros_since(now);
        // Rounded up, so that whoever waits this long has waited long enough.
        u32::try_from(left.saturating_add(999_999).div_euclid(1_000_000))
            .ok()
            .filter(|s| *s > 0)
    }

    /// Drops what is too old to count, then the older half if that was not enough.
    fn shrink(&mut self, now: Timestamp) {
        self.0
            .retain(|_, f| now.micros_since(f.last) < FORGET_AFTER_S * 1_000_000);
        if self.0.len() > REMEMBERED_MAX {
            let mut times: Vec<_> = self.0.values().map(|f| f.last).collect();
            times.sort_unstable();
            let middle = times.get(times.len() / 2).copied().unwrap_or(now);
            self.0.retain(|_, f| f.last > middle);
        }
    }
}

fn keys(account: &str, address: &str) -> [Key; 2] {
    [
        Key::Account(account.to_lowercase()),
        Key::Address(network(address)),
    ]
}

/// The address itself, or its /64 for IPv6: one customer holds that many addresses.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).to_string(),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_s(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000).plus_secs(seconds)
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let mut throttle = Throttle::default();
        let mut at = 0;
        let mut waits = Vec::new();
        for _ in 0..11 {
            throttle.failed("Ana@example.com", "10.0.0.1", after_s(at));
            let wait = throttle.wait_s("ana@example.com", "10.9.9.9", after_s(at));
            waits.push(wait.unwrap_or(0));
            at += i64::from(wait.unwrap_or(0));
            assert_eq!(
                throttle.wait_s("ana@example.com", "10.9.9.9", after_s(at)),
                None
            );
        }
        assert_eq!(waits, [0, 0, 0, 0, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn a_right_password_forgives_the_account_but_not_the_address() {
        let mut throttle = Throttle::default();
        for n in 0..20 {
            throttle.failed(&format!("user{}", n / 4), "2001:db8::1", after_s(0));
        }
        throttle.succeeded("user0");
        assert_eq!(throttle.wait_s("user0", "10.0.0.1", after_s(0)), None);
        assert_eq!(
            throttle.wait_s("user9", "2001:db8::2", after_s(0)),
            Some(60)
        );
        assert_eq!(throttle.wait_s("user9", "2001:db8:1::2", after_s(0)), None);
    }

    #[test]
    fn failures_are_forgotten_after_an_hour() {
        let mut throttle = Throttle::default();
        (0..4).for_each(|_| throttle.failed("ana", "a", after_s(0)));
        throttle.failed("ana", "a", after_s(FORGET_AFTER_S));
        assert_eq!(throttle.wait_s("ana", "a", after_s(FORGET_AFTER_S)), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut throttle = Throttle::default();
        for n in 0..3 * REMEMBERED_MAX {
            let at = after_s(i64::try_from(n / 100).unwrap());
            throttle.failed(&n.to_string(), &n.to_string(), at);
        }
        assert!(throttle.0.len() <= REMEMBERED_MAX);
    }
}
