//! From received bytes to JSON, forgiving what must never cost a page: U+0000 and lone surrogates,
//! which no database keeps as text, become U+FFFD.

use std::borrow::Cow;

use serde_json::{Map, Value};

const REPLACEMENT: &str = "\u{fffd}";

/// JSON that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) value: Value,
    /// How many characters became U+FFFD.
    pub(super) replaced: u32,
}

/// Why there is no JSON; the words say where it breaks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReadError {
    #[error("the body is not UTF-8: byte {position} cannot be read")]
    NotUtf8 { position: usize },
    #[error("the body is not JSON: {problem}")]
    NotJson { problem: String },
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Read, ReadError> {
    let text = core::str::from_utf8(body).map_err(|error| ReadError::NotUtf8 {
        position: error.valid_up_to() + 1,
    })?;
    // Some senders begin with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (text, mut replaced) = mend_surrogates(text);
    let mut value =
        serde_json::from_str(&text).map_err(|error: serde_json::Error| ReadError::NotJson {
            problem: error.to_string(),
        })?;
    // U+0000 can only come from its escape: JSON allows no raw control characters.
    if text.contains("\\u0000") {
        replace_nul(&mut value, &mut replaced);
    }
    Ok(Read { value, replaced })
}

/// Rewrites escapes of surrogates that have no partner as the escape of U+FFFD, and says how many
/// there were. Any other text, valid JSON or not, comes back as it was.
///
/// Our JSON library refuses such text as a whole and offers no way to read on, hence this pass. It
/// need not know where strings begin and end: a backslash stands nowhere else in valid JSON.
fn mend_surrogates(text: &str) -> (Cow<'_, str>, u32) {
    let mut mended = String::new();
    let mut count = 0;
    // Everything before `kept` has been copied to `mended`.
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        let escape = at + found;
        at = match code_unit(text, escape) {
            Some(0xd800..=0xdbff) if is_low(code_unit(text, escape + 6)) => escape + 12,
            Some(0xd800..=0xdfff) => {
                mended.push_str(text.get(kept..escape).unwrap_or_default());
                mended.push_str("\\ufffd");
                kept = escape + 6;
                count += 1;
                kept
            }
            Some(_) => escape + 6,
            // Another escape, such as `\\` or `\n`: its second character begins no new escape.
            None => escape + 1 + text.get(escape + 1..).map_or(0, first_char_len),
        };
    }
    if count == 0 {
        return (Cow::Borrowed(text), 0);
    }
    mended.push_str(text.get(kept..).unwrap_or_default());
    (Cow::Owned(mended), count)
}

/// The code unit of an escape `\uXXXX` at a place; none if there is no such escape.
fn code_unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex
        .then(|| u16::from_str_radix(digits, 16).ok())
        .flatten()
}

fn is_low(unit: Option<u16>) -> bool {
    matches!(unit, Some(0xdc00..=0xdfff))
}

fn first_char_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// Recursion is as deep as the JSON library lets values nest (128).
fn replace_nul(value: &mut Value, count: &mut u32) {
    match value {
        Value::String(text) => mend_nul(text, count),
        Value::Array(items) => items.iter_mut().for_each(|item| replace_nul(item, count)),
        Value::Object(members) => {
            let old = core::mem::take(members);
            *members = Map::from_iter(old.into_iter().map(|(mut name, mut member)| {
                mend_nul(&mut name, count);
                replace_nul(&mut member, count);
                (name, member)
            }));
        }
        _ => {}
    }
}

fn mend_nul(text: &mut String, count: &mut u32) {
    let found = text.matches('\0').count();
    if found > 0 {
        *text = text.replace('\0', REPLACEMENT);
        *count = count.saturating_add(u32::try_from(found).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(units: &[u16]) -> String {
        let escapes: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{escapes}\"")
    }

    #[test]
    fn lone_surrogates_and_nul_become_replacement_characters() {
        for (body, text, replaced) in [
            (r#""\ud800""#, "\u{fffd}", 1),
            (r#""\udc00\ud83d""#, "\u{fffd}\u{fffd}", 2),
            (r#""\uD83D\uDE00 ok""#, "😀 ok", 0),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀", 1),
            (r#""\\ud800""#, "\\ud800", 0),
            (r#""\\\ud800""#, "\\\u{fffd}", 1),
            (r#""a\u0000b""#, "a\u{fffd}b", 1),
            (r#""\\u0000""#, "\\u0000", 0),
        ] {
            let read = read(body.as_bytes()).unwrap();
            assert_eq!(
                (read.value, read.replaced),
                (Value::from(text), replaced),
                "{body}"
            );
        }
        let read = read(br#"{"k\u0000": ["\u0000", {"x": "\udfff"}]}"#).unwrap();
        assert_eq!(read.value.to_string(), r#"{"k�":["�",{"x":"�"}]}"#);
        assert_eq!(read.replaced, 3);
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let not_utf8 = read(b"{\"a\": \"\xff\"}").unwrap_err();
        assert_eq!(not_utf8, ReadError::NotUtf8 { position: 8 });
        let words = read(b"{\"a\": }").unwrap_err().to_string();
        assert!(words.contains("line 1 column 7"), "{words}");
        assert!(read(b"").is_err() && read(b"{} {}").is_err());
        assert!(read("[".repeat(10_000).as_bytes()).is_err());
        assert!(read("\u{feff}{}".as_bytes()).is_ok());
    }

    proptest! {
        /// The standard library's lossy decoding says what any run of code units must become.
        #[test]
        fn any_code_units_read_as_lossy_utf16(units in prop::collection::vec(
            prop_oneof![any::<u16>(), 0xd7f0_u16..0xe010, Just(0_u16)], 0..40,
        )) {
            let read = read(escaped(&units).as_bytes()).unwrap();
            let expected = String::from_utf16_lossy(&units).replace('\0', "\u{fffd}");
            prop_assert_eq!(read.value, Value::from(expected));
        }

        #[test]
        fn valid_json_is_not_touched(text in any::<String>(), escape in any::<bool>()) {
            let units: Vec<_> = text.encode_utf16().collect();
            let json = if escape { escaped(&units) } else { Value::from(text).to_string() };
            let (mended, count) = mend_surrogates(&json);
            prop_assert!(matches!(mended, Cow::Borrowed(same) if same == json));
            prop_assert_eq!(count, 0);
        }

        #[test]
        fn nothing_panics(text in r#"[\\ud8c0-9"{}é:, ]{0,60}"#, bytes in any::<Vec<u8>>()) {
            let _ = read(text.as_bytes());
            let _ = read(&bytes);
        }
    }
}
