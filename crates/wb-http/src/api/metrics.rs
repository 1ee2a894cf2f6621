//! What target expressions may be made of.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use wb_metrics::render;

use crate::identity::Auth;

/// The functions of target expressions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FunctionList {
    /// In the order of their names.
    pub items: Vec<FunctionView>,
}

/// A function of target expressions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FunctionView {
    /// Its name.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// Other names it goes by.
    #[schema(value_type = Vec<String>)]
    pub aliases: &'static [&'static str],
    /// What it takes, in order.
    pub parameters: Vec<ParameterView>,
}

/// A parameter of a function.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParameterView {
    /// Its name, which is its keyword too.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// What it takes, in words.
    #[schema(value_type = String)]
    pub takes: &'static str,
    /// Whether it takes series: a pattern of names or a function call.
    pub is_series: bool,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether it takes all arguments from its place on.
    pub is_many: bool,
}

/// Lists the functions that `/render` and monitors know.
#[utoipa::path(
    get, path = "/metrics/functions", tag = "monitors", operation_id = "list_functions",
    responses((status = 200, body = FunctionList)),
)]
pub async fn functions(_: Auth) -> Json<FunctionList> {
    let items = render::functions().into_iter().map(|info| FunctionView {
        name: info.name,
        aliases: info.aliases,
        parameters: info
            .params
            .into_iter()
            .map(|param| ParameterView {
                name: param.name,
                takes: param.takes,
                is_series: param.is_series,
                is_required: param.is_required,
                is_many: param.is_many,
            })
            .collect(),
    });
    Json(FunctionList {
        items: items.collect(),
    })
}
