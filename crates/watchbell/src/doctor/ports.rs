//! What is listened on, and the server that may listen there already.

use http::StatusCode;

use super::Context;
use super::files::Directory;
use super::report::Finding;
use crate::cli::api::Api;
use crate::lifecycle::probe::{self, Port};

pub(super) async fn http(context: &Context) -> Vec<Finding> {
    let wanted = &context.boot.listen.http;
    let port = probe::http_port(&context.boot).await;
    vec![listening(
        context,
        "listen.http",
        wanted,
        &port,
        "(listen.http, --listen)",
    )]
}

pub(super) async fn carbon(context: &Context) -> Vec<Finding> {
    const CHECK: &str = "carbon.listen";
    let carbon = &context.boot.carbon;
    let Some(port) = probe::carbon_port(&context.boot).await else {
        return vec![Finding::ok(
            CHECK,
            "off; no metrics come in as carbon's lines",
        )];
    };
    let wanted = match carbon.allow.len() {
        0 => format!("{}, for this machine only", carbon.listen),
        1 => format!("{}, for {}", carbon.listen, carbon.allow.join("")),
        n => format!("{}, for {n} entries of carbon.allow", carbon.listen),
    };
    let settings = "(carbon.listen, --carbon), or do without (--carbon off)";
    vec![listening(context, CHECK, &wanted, &port, settings)]
}

fn listening(
    context: &Context,
    check: &'static str,
    wanted: &str,
    port: &Port,
    settings: &str,
) -> Finding {
    match port {
        Port::Free => Finding::ok(check, format!("{wanted}: free")),
        Port::Taken if context.directory == Directory::Held => {
            let found =
                format!("{wanted}: in use, and so is the data directory: the running server");
            Finding::ok(check, found)
        }
        Port::Taken => Finding::problem(
            check,
            format!("{wanted}: taken, another program listens there"),
            format!("stop it, or listen elsewhere {settings}"),
        ),
        Port::Unusable(words) => Finding::problem(
            check,
            format!("{wanted}: {words}"),
            format!("name a host or address of this machine {settings}"),
        ),
    }
}

/// Asks the server that has the data directory; nothing when there is none.
pub(super) async fn running(context: &Context) -> Vec<Finding> {
    const CHECK: &str = "running server";
    if context.directory != Directory::Held {
        return Vec::new();
    }
    let Some(url) = probe::own_url(&context.boot).await else {
        let why = "listen.http leaves the port open, so its address is not known";
        return vec![Finding::not_run(CHECK, why)];
    };
    let asked = match Api::own(&url, None) {
        Ok(api) => api.status("/readyz").await,
        Err(error) => Err(error),
    };
    vec![match asked {
        Ok(StatusCode::OK) => Finding::ok(CHECK, format!("{url} is ready")),
        Ok(StatusCode::SERVICE_UNAVAILABLE) => Finding::problem(
            CHECK,
            format!("{url} runs, but is not ready: the pager does not work"),
            "its log and GET /api/v1/status have the reason",
        ),
        Ok(status) => Finding::warning(
            CHECK,
            format!("{url}/readyz answered {status}"),
            "see what listens there; the server runs with another listen.http perhaps",
        ),
        Err(error) => Finding::warning(
            CHECK,
            error.to_string(),
            "it may still be starting, or run with another listen.http",
        ),
    }]
}
