//! Statements and the values that go into them.

use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use super::Engine;

/// A statement: one text for both engines, or one for each where the dialects differ.
///
/// Texts are static, so they can be cached for ever and no value can end up inside one.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    sqlite: &'static str,
    postgres: &'static str,
}

/// One text in the common dialect, with `$1` placeholders.
pub const fn sql(text: &'static str) -> Sql {
    Sql {
        sqlite: text,
        postgres: text,
    }
}

/// Two texts where the dialects differ; both take the same parameters.
pub const fn two(sqlite: &'static str, postgres: &'static str) -> Sql {
    Sql { sqlite, postgres }
}

impl Sql {
    /// The text for an engine.
    pub fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// A statement for many rows at once: see [`Tx::put_many`](super::Tx::put_many).
#[derive(Debug, Clone, Copy)]
pub struct SetSql {
    pub(crate) columns: &'static [&'static str],
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A statement for many rows.
///
/// `columns` names the values of a row in their order. The SQLite text is run once for each row with `$1..$n` in that
/// order. The PostgreSQL text is run once, with one parameter: a JSON array of objects with those names, to be opened
/// by `jsonb_to_recordset($1::jsonb) AS t(id uuid, n bigint, body text)`. Bytes arrive there as hex: declare them
/// `text` and write `decode(t.body, 'hex')`. JSON values arrive as text: write `t.detail::jsonb`.
///
/// ```
/// # use wb_store::db::{SetSql, set};
/// const PUT: SetSql = set(
///     &["id", "body"],
///     "INSERT INTO fact (id, body) VALUES ($1, $2)",
///     "INSERT INTO fact (id, body) SELECT t.id, decode(t.body, 'hex')
///        FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, body text)",
/// );
/// ```
pub const fn set(
    columns: &'static [&'static str],
    sqlite: &'static str,
    postgres: &'static str,
) -> SetSql {
    SetSql {
        columns,
        sqlite,
        postgres,
    }
}

/// A borrowed parameter. `P::from` takes `bool`, integers, `&str`, `&String`, `&[u8]`, `&Vec<u8>`, `Uuid`, `&Value`
/// and an `Option` of any of them; the macro [`params!`](crate::params) calls it for a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum P<'a> {
    /// NULL of any type.
    Null,
    /// A truth value: INTEGER 0/1 on SQLite, BOOLEAN on PostgreSQL.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text; U+0000 in it is refused on both engines (PostgreSQL cannot hold it).
    Text(&'a str),
    /// JSON text: TEXT on SQLite; TEXT, JSON or JSONB on PostgreSQL. Never for what is hashed: use `Blob`.
    Json(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// An id: 16 bytes on SQLite, UUID on PostgreSQL.
    Id(Uuid),
}

/// An owned parameter, for the rows of [`Tx::put_many`](super::Tx::put_many). Variants are as in [`P`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL of any type.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text.
    Text(String),
    /// JSON text.
    Json(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// An id.
    Id(Uuid),
}

/// Makes a parameter list: `params![id, "text", 5_i64, None::<i64>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::db::P::from($value)),*] as &[$crate::db::P<'_>] };
}

/// Makes an owned row: `row![id, "text".to_owned(), 5_i64]`.
#[macro_export]
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}

macro_rules! from {
    ($target:ty, $($source:ty => |$v:ident| $make:expr),* $(,)?) => {
        $(impl<'a> From<$source> for $target { fn from($v: $source) -> Self { $make } })*
    };
}

from! { P<'a>,
    bool => |v| P::Bool(v),
    i64 => |v| P::Int(v),
    i32 => |v| P::Int(v.into()),
    i16 => |v| P::Int(v.into()),
    u32 => |v| P::Int(v.into()),
    u16 => |v| P::Int(v.into()),
    u8 => |v| P::Int(v.into()),
    &'a str => |v| P::Text(v),
    &'a String => |v| P::Text(v.as_str()),
    &'a [u8] => |v| P::Blob(v),
    &'a Vec<u8> => |v| P::Blob(v.as_slice()),
    Uuid => |v| P::Id(v),
    &'a Uuid => |v| P::Id(*v),
}

impl<'a, const N: usize> From<&'a [u8; N]> for P<'a> {
    fn from(v: &'a [u8; N]) -> Self {
        P::Blob(v)
    }
}

impl<'a, T: Into<P<'a>>> From<Option<T>> for P<'a> {
    fn from(v: Option<T>) -> Self {
        v.map_or(P::Null, Into::into)
    }
}

impl<'a> From<&'a Value> for P<'a> {
    fn from(v: &'a Value) -> Self {
        match v {
            Value::Null => P::Null,
            Value::Bool(v) => P::Bool(*v),
            Value::Int(v) => P::Int(*v),
            Value::Text(v) => P::Text(v),
            Value::Json(v) => P::Json(v),
            Value::Blob(v) => P::Blob(v),
            Value::Id(v) => P::Id(*v),
        }
    }
}

impl From<P<'_>> for Value {
    fn from(v: P<'_>) -> Self {
        match v {
            P::Null => Value::Null,
            P::Bool(v) => Value::Bool(v),
            P::Int(v) => Value::Int(v),
            P::Text(v) => Value::Text(v.to_owned()),
            P::Json(v) => Value::Json(v.to_owned()),
            P::Blob(v) => Value::Blob(v.to_vec()),
            P::Id(v) => Value::Id(v),
        }
    }
}

from! { Value,
    bool => |v| Value::Bool(v),
    i64 => |v| Value::Int(v),
    i32 => |v| Value::Int(v.into()),
    u32 => |v| Value::Int(v.into()),
    String => |v| Value::Text(v),
    &'a str => |v| Value::Text(v.to_owned()),
    Vec<u8> => |v| Value::Blob(v),
    &'a [u8] => |v| Value::Blob(v.to_vec()),
    Uuid => |v| Value::Id(v),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Value::Null, Into::into)
    }
}

/// A set of ids as one text parameter, read by both engines: `IN (SELECT unhex(value) FROM json_each($1))` on SQLite,
/// `IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid)` on PostgreSQL. Bind it as [`P::Json`].
pub fn id_list(ids: &[Uuid]) -> String {
    let mut text = String::with_capacity(2 + ids.len() * 35);
    text.push('[');
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(id.simple().encode_lower(&mut Uuid::encode_buffer()));
        text.push('"');
    }
    text.push(']');
    text
}

impl P<'_> {
    /// Refuses what only one engine would take, so that both behave the same.
    pub(crate) fn complaint(&self) -> Option<&'static str> {
        match self {
            P::Text(t) | P::Json(t) if t.as_bytes().contains(&0) => Some(
                "text must not hold U+0000: replace it at the border and keep the received bytes as a blob",
            ),
            _ => None,
        }
    }
}

impl rusqlite::ToSql for P<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        let value = match self {
            P::Null => ValueRef::Null,
            P::Bool(v) => ValueRef::Integer(i64::from(*v)),
            P::Int(v) => ValueRef::Integer(*v),
            P::Text(v) | P::Json(v) => ValueRef::Text(v.as_bytes()),
            P::Blob(v) => ValueRef::Blob(v),
            P::Id(v) => ValueRef::Blob(v.as_bytes()),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

impl ToSql for P<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (P::Null, _) => Ok(IsNull::Yes),
            (P::Bool(v), &Type::BOOL) => v.to_sql(ty, out),
            (P::Int(v), &Type::INT8) => v.to_sql(ty, out),
            (P::Int(v), &Type::INT4) => i32::try_from(*v)?.to_sql(ty, out),
            (P::Int(v), &Type::INT2) => i16::try_from(*v)?.to_sql(ty, out),
            (
                P::Text(v),
                &Type::TEXT | &Type::VARCHAR | &Type::BPCHAR | &Type::NAME | &Type::UNKNOWN,
            )
            | (P::Json(v), &Type::TEXT | &Type::VARCHAR | &Type::UNKNOWN) => {
                v.to_sql(&Type::TEXT, out)
            }
            (P::Text(v) | P::Json(v), &Type::JSON) => {
                out.extend_from_slice(v.as_bytes());
                Ok(IsNull::No)
            }
            (P::Text(v) | P::Json(v), &Type::JSONB) => {
                // The wire form of JSONB is a version byte and the text.
                out.extend_from_slice(&[1]);
                out.extend_from_slice(v.as_bytes());
                Ok(IsNull::No)
            }
            (P::Blob(v), &Type::BYTEA) => v.to_sql(ty, out),
            (P::Id(v), &Type::UUID) => v.to_sql(ty, out),
            (other, ty) => Err(format!(
                "a parameter of kind {} cannot be bound as {ty}",
                other.kind()
            )
            .into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Which types a variant takes is known only with the value in hand: `to_sql` says no.
        true
    }

    to_sql_checked!();
}

impl P<'_> {
    fn kind(&self) -> &'static str {
        match self {
            P::Null => "null",
            P::Bool(_) => "bool",
            P::Int(_) => "int",
            P::Text(_) => "text",
            P::Json(_) => "json",
            P::Blob(_) => "blob",
            P::Id(_) => "id",
        }
    }
}

/// The rows of a set as the JSON that `jsonb_to_recordset` opens.
pub(crate) fn rows_as_json(columns: &[&str], rows: &[Vec<Value>]) -> String {
    let objects = rows.iter().map(|row| {
        let fields = columns
            .iter()
            .zip(row)
            .map(|(name, value)| ((*name).to_owned(), value_as_json(value)));
        serde_json::Value::Object(fields.collect())
    });
    serde_json::Value::Array(objects.collect()).to_string()
}

fn value_as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(v) => (*v).into(),
        Value::Int(v) => (*v).into(),
        Value::Text(v) | Value::Json(v) => v.as_str().into(),
        Value::Blob(v) => hex(v).into(),
        Value::Id(v) => v.to_string().into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| {
            [
                DIGITS[usize::from(b >> 4)] as char,
                DIGITS[usize::from(b & 15)] as char,
            ]
        })
        .collect()
}
