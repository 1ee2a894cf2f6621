//! Lists in pages: `limit`, an opaque `cursor`, and the answer's `items` and `next`.

use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::limits;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    #[schema(value_type = Option<String>)]
    pub next: Option<Cursor>,
}

/// Where a page begins: after the item of this id. Opaque to callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub Uuid);

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl FromStr for Cursor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| Uuid::from_slice(&bytes).ok())
            .map(Self)
            .ok_or_else(|| "not a cursor: take the `next` of the page before".to_owned())
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// How many items a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    /// The number, as the store wants it.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number, for lists in memory.
    #[must_use]
    pub fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The part of a stored list to read: one row more than the page holds tells whether there is
    /// a next one.
    #[must_use]
    pub fn before<I>(
        self,
        cursor: Option<Cursor>,
        id: impl FnOnce(Uuid) -> I,
    ) -> wb_store::Page<I> {
        wb_store::Page {
            before: cursor.map(|cursor| id(cursor.0)),
            limit: self.0.saturating_add(1),
        }
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(limits::PAGE_ITEMS)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = u32::deserialize(deserializer)?;
        if (1..=limits::PAGE_ITEMS_MAX).contains(&limit) {
            Ok(Self(limit))
        } else {
            let most = limits::PAGE_ITEMS_MAX;
            Err(D::Error::custom(format!("give a limit from 1 to {most}")))
        }
    }
}

impl<T> Page<T> {
    /// The page of a list that stands whole in memory, in the order of its ids.
    pub fn cut(
        all: impl IntoIterator<Item = (Uuid, T)>,
        cursor: Option<Cursor>,
        limit: Limit,
    ) -> Self {
        let mut rest = all
            .into_iter()
            .filter(|(id, _)| cursor.is_none_or(|after| *id > after.0));
        let mut last = None;
        let mut items = Vec::new();
        for (id, item) in rest.by_ref().take(limit.size()) {
            last = Some(Cursor(id));
            items.push(item);
        }
        let next = if rest.next().is_some() { last } else { None };
        Self { items, next }
    }

    /// The page of rows that were read with one more than the limit.
    pub fn of_rows<R>(
        mut rows: Vec<R>,
        limit: Limit,
        id: impl Fn(&R) -> Uuid,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let more = rows.len() > limit.size();
        rows.truncate(limit.size());
        let next = if more {
            rows.last().map(|row| Cursor(id(row)))
        } else {
            None
        };
        Self {
            items: rows.into_iter().map(view).collect(),
            next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_meet_without_gap_or_overlap() {
        let all = || (1..=5_u128).map(|n| (Uuid::from_u128(n), n));
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = Page::cut(all(), cursor, Limit(2));
            seen.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, [1, 2, 3, 4, 5]);
        assert_eq!(Page::cut(all(), None, Limit(5)).next, None);
    }

    #[test]
    fn a_cursor_round_trips_and_another_text_is_refused() {
        let cursor = Cursor(Uuid::from_u128(7));
        let text = serde_json::to_string(&cursor).expect("text");
        assert_eq!(
            serde_json::from_str::<Cursor>(&text).expect("a cursor"),
            cursor
        );
        assert!("nonsense".parse::<Cursor>().is_err());
    }
}
