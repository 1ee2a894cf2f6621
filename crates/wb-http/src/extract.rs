//! Reading requests: bodies, queries and paths whose refusals say where and why.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A JSON body.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T, S> FromRequest<S> for Body<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &[])
                } else {
                    Problem::unreadable("", "The body could not be read to its end.")
                }
            })?;
        read_json(&bytes).map(Self)
    }
}

/// Reads JSON, naming the path and the position of what does not fit.
///
/// # Errors
/// [`Problem::unreadable`].
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { String::new() } else { path };
        Problem::unreadable(field, error.inner().to_string())
    })?;
    reader
        .end()
        .map_err(|error| Problem::unreadable("", error.to_string()))?;
    Ok(value)
}

/// Query parameters; a parameter given several times counts like one with commas.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let unreadable = |error: &dyn core::fmt::Display| Problem::unreadable("", error.to_string());
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|error| unreadable(&error))?;
    let mut joined: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        match joined.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => {
                values.push(',');
                values.push_str(&value);
            }
            None => joined.push((name, value)),
        }
    }
    let text = serde_urlencoded::to_string(joined).map_err(|error| unreadable(&error))?;
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(reader)
        .map_err(|error| Problem::unreadable(error.path().to_string(), error.inner().to_string()))
}

/// Parameters of the path. What is no id of the wanted kind names nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Problem::not_found())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{IncidentStateWord, List};

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        #[serde(default)]
        state: List<IncidentStateWord>,
        #[serde(default)]
        limit: crate::page::Limit,
    }

    #[test]
    fn a_parameter_may_be_repeated() {
        let filter: Filter =
            read_query("state=triggered&limit=7&state=resolved").expect("a filter");
        assert_eq!(filter.state.0.len(), 2);
        assert_eq!(filter.limit.get(), 7);
    }

    #[test]
    fn unknown_parameters_and_values_are_refused_by_name() {
        let unknown = read_query::<Filter>("sate=triggered").expect_err("unknown name");
        assert!(format!("{unknown:?}").contains("sate"), "{unknown:?}");
        let value = read_query::<Filter>("state=open").expect_err("unknown value");
        assert!(
            format!("{value:?}").contains("triggered, acknowledged"),
            "{value:?}"
        );
        assert!(read_query::<Filter>("limit=0").is_err());
    }

    #[test]
    fn json_errors_name_path_and_position() {
        let error = read_json::<std::collections::BTreeMap<String, u32>>(b"{\"a\": \"x\"}")
            .expect_err("wrong type");
        let shown = format!("{error:?}");
        assert!(
            shown.contains("field: \"a\"") && shown.contains("line 1 column"),
            "{shown}"
        );
        assert!(read_json::<u32>(b"1 2").is_err());
    }
}
