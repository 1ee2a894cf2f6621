//! `watchbell doctor`: would `serve` run with this configuration, and would its pages get out?
//!
//! Everything is looked at with the parts that `serve` itself uses, and nothing is changed: no
//! directory is made, no database opened for writing, no ping sent. Each check has a deadline;
//! those that do not need each other run at once.

mod database;
mod files;
mod mail;
mod outward;
mod ports;
mod report;
mod rules;
mod system;
mod tls;

use core::future::Future;
use core::time::Duration;
use std::io::Write as _;
use std::sync::Arc;

use wb_adapters::net::AllowList;

use crate::ambient::SystemClock;
use crate::boot::{self, Boot, BootError};
use crate::cli::{CommandError, Doctor};
use files::Directory;
use report::{Finding, Report};

/// How long most checks may take.
const WITHIN: Duration = Duration::from_secs(10);

/// How long the database may take: a big file is read whole.
const DATABASE_WITHIN: Duration = Duration::from_secs(60);

/// How long mail may take: connecting, signing in and, if asked for, a mail.
const MAIL_WITHIN: Duration = Duration::from_secs(45);

/// What needs a boot configuration that can be read.
const NEED_CONFIGURATION: [&str; 14] = [
    "data directory",
    "keys",
    "database",
    "listen.http",
    "carbon.listen",
    "tls",
    "public_url",
    "smtp",
    "outbound.allow",
    "emergency contacts",
    "deadman_url",
    "metric rules",
    "metric store",
    "running server",
];

/// What the checks look at.
struct Context {
    boot: Boot,
    allow: AllowList,
    directory: Directory,
    clock: Arc<SystemClock>,
}

/// Checks everything and says what was found.
///
/// # Errors
/// When there is a problem, or the report cannot be written.
pub(crate) async fn run(flags: &Doctor) -> Result<(), CommandError> {
    let clock = Arc::new(SystemClock::start());
    let mut findings = system::findings(&*clock);
    match load(flags) {
        Ok((boot, allow)) => {
            findings.push(read_from(flags));
            let (directory, found) = files::directory(&boot.data.dir);
            findings.push(found);
            let context = Context {
                boot,
                allow,
                directory,
                clock,
            };
            findings.extend(surroundings(Arc::new(context), flags).await);
        }
        Err(BootError(problems)) => {
            let mend = "correct it there; the guide's page boot-settings has every setting";
            findings.extend(problems.into_iter().map(|problem| {
                let found = format!("{}: {}", problem.place, problem.message);
                Finding::problem("configuration", found, mend)
            }));
            let why = "the boot configuration cannot be used";
            findings.extend(NEED_CONFIGURATION.map(|check| Finding::not_run(check, why)));
        }
    }
    show(&Report::new(findings), flags.json)
}

fn load(flags: &Doctor) -> Result<(Boot, AllowList), BootError> {
    let variables: boot::Variables = std::env::vars_os().collect();
    let serve = &flags.serve;
    let read = boot::load(serve.process.config.as_deref(), &variables, &serve.flags());
    let token = boot::admin_token(&variables);
    let boot = match (read, token) {
        (Ok(boot), Ok(_)) => boot,
        (Err(BootError(mut problems)), token) => {
            problems.extend(token.err().into_iter().flat_map(|BootError(more)| more));
            return Err(BootError(problems));
        }
        (Ok(_), Err(error)) => return Err(error),
    };
    let entries = boot.outbound.allow.iter().map(String::as_str);
    // Already looked at with the other settings.
    let allow = AllowList::parse(entries).unwrap_or_default();
    Ok((boot, allow))
}

fn read_from(flags: &Doctor) -> Finding {
    let file = flags.serve.process.config.as_ref().map_or_else(
        || "no file; variables, flags and defaults".to_owned(),
        |path| format!("{}, variables and flags", path.display()),
    );
    Finding::ok("configuration", format!("{file}; every setting is known"))
}

/// Everything around the configuration, at once; in the order in which a start comes to it.
async fn surroundings(context: Arc<Context>, flags: &Doctor) -> Vec<Finding> {
    let it = &*context;
    let to = flags.send_test_mail.as_deref();
    let (key, key_found) = files::key(&it.boot);
    let (database, metrics) = tokio::join!(
        within(
            "database",
            DATABASE_WITHIN,
            database::findings(&context, &key)
        ),
        within("metric store", DATABASE_WITHIN, database::metrics(it)),
    );
    let (running, http, carbon, tls, public_url, mail, contacts, dead_man) = tokio::join!(
        within("running server", WITHIN, ports::running(it)),
        within("listen.http", WITHIN, ports::http(it)),
        within("carbon.listen", WITHIN, ports::carbon(it)),
        within("tls", WITHIN, tls::findings(it)),
        within("public_url", WITHIN, outward::public_url(it)),
        within("smtp", MAIL_WITHIN, mail::findings(it, to)),
        within("emergency contacts", WITHIN, outward::contacts(it)),
        within("deadman_url", WITHIN, outward::dead_man(it)),
    );
    let by_mail = outward::contacts_by_mail(it, &mail);
    let found = [
        vec![key_found],
        database,
        running,
        http,
        carbon,
        tls,
        public_url,
        mail,
        vec![outward::allowed(it)],
        contacts,
        by_mail.into_iter().collect(),
        dead_man,
        vec![files::metric_rules(&it.boot)],
        metrics,
    ];
    found.into_iter().flatten().collect()
}

/// What a check finds before its deadline.
async fn within(
    check: &'static str,
    limit: Duration,
    looking: impl Future<Output = Vec<Finding>>,
) -> Vec<Finding> {
    match tokio::time::timeout(limit, looking).await {
        Ok(findings) => findings,
        Err(_) => vec![Finding::problem(
            check,
            format!("no answer within {} s", limit.as_secs()),
            "see that what it leads to can be reached from this machine",
        )],
    }
}

fn show(report: &Report, json: bool) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    if json {
        let text = serde_json::to_string_pretty(report).map_err(std::io::Error::from)?;
        writeln!(out, "{text}")?;
    } else {
        writeln!(out, "{report}")?;
    }
    match report.problems() {
        0 => Ok(()),
        1 => Err(CommandError::Found("there is a problem".to_owned())),
        n => Err(CommandError::Found(format!("there are {n} problems"))),
    }
}
