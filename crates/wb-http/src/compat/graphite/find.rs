//! `/metrics/find`, `/metrics/expand`, `/metrics/index.json`: which names there are.

use std::collections::{BTreeMap, BTreeSet};

use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use wb_ports::metrics::{MetricSource, Node};

use super::{Gate, Parameters, Refusal};
use crate::limits::{FOUND_NAMES, INDEX_NAMES};
use crate::state::HttpState;

/// Says that a list of names was cut short, and at how many.
static CUT_AT: HeaderName = HeaderName::from_static("x-watchbell-cut-at");

/// What `/metrics/find` is asked. Other parameters of graphite-web are ignored, `from` and `until`
/// too: a name is there as long as its points are.
#[derive(Clone, Debug, IntoParams, ToSchema)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[schema(rename_all = "camelCase")]
pub struct FindForm {
    /// A pattern, such as `shop.*`.
    query: String,
    /// `treejson` (the default) or `completer`.
    format: Option<String>,
    /// 1 leaves out what has no points of its own.
    #[param(value_type = Option<u8>)]
    #[schema(value_type = Option<u8>)]
    leaves_only: bool,
}

/// A name, as the format `treejson` shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TreeNode {
    /// The last part of the name.
    text: String,
    /// The pattern with its last part replaced by this name's.
    id: String,
    /// 1 where there are names below it.
    #[serde(rename = "allowChildren")]
    allow_children: u8,
    /// 1 where there are names below it.
    expandable: u8,
    /// 1 where there are none.
    leaf: u8,
}

/// Names, as the format `completer` shows them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Completions {
    /// The names that begin so.
    metrics: Vec<Completion>,
}

/// A name, as the format `completer` shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Completion {
    /// The whole name; where names are below it, with a dot at its end.
    path: String,
    /// The last part of the name.
    name: String,
    /// `1` where points are, `0` where names are below it.
    #[schema(value_type = String)]
    is_leaf: &'static str,
}

/// The names that fit patterns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Expanded {
    /// The names in order; with `groupByExpr=1` an object of them by pattern.
    #[schema(value_type = Vec<String>)]
    results: Names,
}

/// Names, in one list or by their pattern.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Names {
    Together(BTreeSet<String>),
    ByPattern(BTreeMap<String, BTreeSet<String>>),
}

/// Shows the nodes of the tree of names that fit a pattern, as graphite-web does.
#[utoipa::path(
    get, path = "/metrics/find", tag = "graphite", operation_id = "graphite_find",
    params(FindForm),
    security(("token" = []), ("password" = []), ("session" = [])),
    responses(
        (status = 200, body = Vec<TreeNode>, description = "For `completer`, an object: `metrics`"),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn find(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer_find(&state, &gate, &parameters).await
}

/// Shows the nodes that fit a pattern given in a form.
#[utoipa::path(
    post, path = "/metrics/find", tag = "graphite", operation_id = "graphite_find_form",
    request_body(content = FindForm, content_type = "application/x-www-form-urlencoded"),
    security(("token" = []), ("password" = []), ("session" = [])),
    responses(
        (status = 200, body = Vec<TreeNode>, description = "For `completer`, an object: `metrics`"),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn find_form(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer_find(&state, &gate, &parameters).await
}

/// The same for clients that can send no login: an integration key stands in the path.
#[utoipa::path(
    get, path = "/compat/graphite/k/{key}/metrics/find", tag = "graphite",
    operation_id = "graphite_find_by_key", security(()),
    params(("key" = String, Path, description = "An integration key"), FindForm),
    responses(
        (status = 200, body = Vec<TreeNode>, description = "For `completer`, an object: `metrics`"),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn find_by_key(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer_find(&state, &gate, &parameters).await
}

/// The same for clients that can send no login and use forms.
#[utoipa::path(
    post, path = "/compat/graphite/k/{key}/metrics/find", tag = "graphite",
    operation_id = "graphite_find_form_by_key", security(()),
    params(("key" = String, Path, description = "An integration key")),
    request_body(content = FindForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Vec<TreeNode>, description = "For `completer`, an object: `metrics`"),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn find_form_by_key(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    answer_find(&state, &gate, &parameters).await
}

/// Shows the whole names that fit patterns.
#[utoipa::path(
    get, path = "/metrics/expand", tag = "graphite", operation_id = "graphite_expand",
    params(
        ("query" = Vec<String>, Query, description = "A pattern, once for each"),
        ("leavesOnly" = Option<u8>, Query, description = "1 leaves out what has no points"),
        ("groupByExpr" = Option<u8>, Query, description = "1 shows the names by their pattern"),
    ),
    security(("token" = []), ("password" = []), ("session" = [])),
    responses(
        (status = 200, body = Expanded),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn expand(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    let patterns = parameters.all("query");
    if patterns.iter().all(String::is_empty) {
        return Err(query_missing());
    }
    let leaves_only = parameters.flag("leavesOnly")?;
    let is_grouped = parameters.flag("groupByExpr")?;
    let by_pattern = gate
        .run(&state, move |source| {
            expanded(source, patterns, leaves_only)
        })
        .await?;
    let results = if is_grouped {
        Names::ByPattern(by_pattern)
    } else {
        Names::Together(by_pattern.into_values().flatten().collect())
    };
    Ok(answered(Json(Expanded { results })))
}

/// Shows the names of all series, at most 100,000; `x-watchbell-cut-at` says that there are more.
#[utoipa::path(
    get, path = "/metrics/index.json", tag = "graphite", operation_id = "graphite_index",
    security(("token" = []), ("password" = []), ("session" = [])),
    responses(
        (status = 200, body = Vec<String>),
        (status = "default", body = String, content_type = "text/plain", description = "Why not"),
    ),
)]
pub async fn index(
    State(state): State<HttpState>,
    Extension(gate): Extension<Gate>,
    _: Parameters,
) -> Result<Response, Refusal> {
    let (names, is_cut) = gate
        .run(&state, |source| leaves(source, INDEX_NAMES))
        .await?;
    let mut response = answered(Json(names));
    if is_cut {
        let at = HeaderValue::from(INDEX_NAMES);
        response.headers_mut().insert(CUT_AT.clone(), at);
    }
    Ok(response)
}

async fn answer_find(
    state: &HttpState,
    gate: &Gate,
    parameters: &Parameters,
) -> Result<Response, Refusal> {
    let form = FindForm::read(parameters)?;
    let is_completer = match form.format.as_deref().unwrap_or("treejson") {
        "treejson" => false,
        "completer" => true,
        other => {
            let text = format!("format: {other:?} is not supported; send treejson or completer.");
            return Err(Refusal::bad_request(text));
        }
    };
    let pattern = if is_completer {
        completed(&form.query)
    } else {
        form.query.clone()
    };
    let mut nodes = gate
        .run(state, move |source| {
            let nodes = source.find(&pattern)?;
            few(nodes.len())?;
            Ok(nodes)
        })
        .await?;
    nodes.retain(|node| node.leaf || !form.leaves_only);
    nodes.sort_by(|a, b| last_part(&a.path).cmp(last_part(&b.path)));
    Ok(if is_completer {
        answered(Json(completions(&nodes)))
    } else {
        answered(Json(tree(&form.query, &nodes)))
    })
}

impl FindForm {
    fn read(parameters: &Parameters) -> Result<Self, Refusal> {
        let query = parameters.last("query").ok_or_else(query_missing)?;
        Ok(Self {
            query: query.to_owned(),
            format: parameters.last("format").map(ToOwned::to_owned),
            leaves_only: parameters.flag("leavesOnly")?,
        })
    }
}

/// The pattern for all that begins as somebody has typed so far.
fn completed(typed: &str) -> String {
    let mut pattern = typed.replace("..", "*.");
    if !pattern.ends_with('*') {
        pattern.push('*');
    }
    pattern
}

fn query_missing() -> Refusal {
    Refusal::bad_request("query is missing: send a pattern, such as query=*.")
}

fn answered(body: impl IntoResponse) -> Response {
    ([(CACHE_CONTROL, "no-store")], body).into_response()
}

/// The nodes as a tree shows them: branches first, one node for each name. What has points as well
/// as names below it is a branch, as graphite-web has it, or nobody would get to the names below.
fn tree(query: &str, nodes: &[Node]) -> Vec<TreeNode> {
    // As asked, wildcards included: the client appends to what it had.
    let base = query.rfind('.').and_then(|dot| query.get(..=dot));
    let mut branches: BTreeMap<&str, bool> = BTreeMap::new();
    for node in nodes {
        *branches.entry(last_part(&node.path)).or_default() |= node.branch;
    }
    let of_kind = |wanted: bool| {
        branches
            .iter()
            .filter(move |(_, is_branch)| **is_branch == wanted)
            .map(move |(name, _)| TreeNode {
                text: (*name).to_owned(),
                id: format!("{}{name}", base.unwrap_or_default()),
                allow_children: u8::from(wanted),
                expandable: u8::from(wanted),
                leaf: u8::from(!wanted),
            })
    };
    of_kind(true).chain(of_kind(false)).collect()
}

/// The nodes as a text field completes them; what is branch and leaf stands there twice.
fn completions(nodes: &[Node]) -> Completions {
    let mut metrics = Vec::new();
    for node in nodes {
        let name = last_part(&node.path);
        let kinds = [(node.branch, ".", "0"), (node.leaf, "", "1")];
        for (_, end, is_leaf) in kinds.into_iter().filter(|(is_kind, ..)| *is_kind) {
            metrics.push(Completion {
                path: format!("{}{end}", node.path),
                name: name.to_owned(),
                is_leaf,
            });
        }
    }
    Completions { metrics }
}

/// The last part of a name. Its tags belong to it, dots in them and all.
fn last_part(path: &str) -> &str {
    let untagged = path.split(';').next().unwrap_or(path);
    let start = untagged.rfind('.').map_or(0, |dot| dot + 1);
    path.get(start..).unwrap_or(path)
}

/// Refuses an answer of too many names.
fn few(count: usize) -> Result<(), Refusal> {
    if count > FOUND_NAMES {
        let text = format!("More than {FOUND_NAMES} names fit; ask for narrower patterns.");
        return Err(Refusal::too_much(text));
    }
    Ok(())
}

/// The names that fit each pattern; blocks.
fn expanded(
    source: &dyn MetricSource,
    patterns: Vec<String>,
    leaves_only: bool,
) -> Result<BTreeMap<String, BTreeSet<String>>, Refusal> {
    let mut by_pattern = BTreeMap::new();
    let mut count = 0;
    for pattern in patterns {
        let nodes = source.find(&pattern)?.into_iter();
        let names: BTreeSet<String> = nodes
            .filter(|node| node.leaf || !leaves_only)
            .map(|node| node.path)
            .collect();
        count += names.len();
        few(count)?;
        by_pattern.insert(pattern, names);
    }
    Ok(by_pattern)
}

/// The names of series, at most so many, and whether there are more; blocks. The tree is walked
/// branch by branch, so that no single read is large.
fn leaves(source: &dyn MetricSource, limit: usize) -> Result<(BTreeSet<String>, bool), Refusal> {
    let mut names = BTreeSet::new();
    let mut branches = vec![String::new()];
    while let Some(prefix) = branches.pop() {
        let children = source.find(&(literal(&prefix) + "*"))?.into_iter();
        for node in children.filter(|node| node.path.starts_with(&prefix)) {
            if node.branch {
                branches.push(format!("{}.", node.path));
            }
            if node.leaf {
                if names.len() == limit {
                    return Ok((names, true));
                }
                names.insert(node.path);
            }
        }
    }
    Ok((names, false))
}

/// A pattern for names that begin so. Patterns know no escape: what means something in them is
/// matched as any character, and what else fits is left out by the caller.
fn literal(prefix: &str) -> String {
    prefix.replace(['*', '?', '[', ']', '{', '}'], "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_belong_to_the_last_part() {
        let rows = [
            ("a", "a"),
            ("a.b", "b"),
            ("disk.used;host=a.example", "used;host=a.example"),
            ("", ""),
        ];
        for (path, expected) in rows {
            assert_eq!(last_part(path), expected);
        }
    }
}
