//! The mail server, and a mail over it.

use core::time::Duration;

use secrecy::ExposeSecret as _;
use wb_adapters::channels::email::{Email, Smtp};
use wb_adapters::net::Roots;
use wb_core::incident::FailureReason;
use wb_ports::{
    Channel as _, Clock as _, Content, Links, Message, MessageRecipient, OpenedSettings,
    SendFailure,
};

use super::Context;
use super::report::Finding;

const CHECK: &str = "smtp";

const TEST: &str = "test mail";

/// How long the server gets to be reached and to let us in.
const REACH_WITHIN: Duration = Duration::from_secs(10);

/// How long it gets for a mail.
const SEND_WITHIN: Duration = Duration::from_secs(30);

pub(super) async fn findings(context: &Context, to: Option<&str>) -> Vec<Finding> {
    let smtp = &context.boot.smtp;
    let servers = smtp.servers();
    let Some(from) = smtp.from.as_ref().filter(|_| !servers.is_empty()) else {
        let mend = "set smtp.url and smtp.from";
        let absent = Finding::warning(CHECK, "no mail server: nobody is paged by mail", mend);
        let unsent = to.map(|_| Finding::problem(TEST, "not sent: no mail server", mend));
        return core::iter::once(absent).chain(unsent).collect();
    };
    let mut findings = Vec::new();
    for (setting, url) in servers {
        match Smtp::parse(url.expose_secret(), from, &Roots::load()) {
            Ok(server) => findings.extend(of_server(context, setting, server, to).await),
            Err(error) => {
                let found = format!("{setting}: {error}");
                findings.push(Finding::problem(CHECK, found, "correct it"));
            }
        }
    }
    findings
}

/// One server, and a mail over it.
async fn of_server(
    context: &Context,
    setting: &str,
    server: Smtp,
    to: Option<&str>,
) -> Vec<Finding> {
    let name = server.server();
    match server.clone().reach(REACH_WITHIN).await {
        Err(failure) => {
            let found = format!("{setting}: {name}: {}", failure.detail);
            let problem = Finding::problem(CHECK, found, mend(setting, &failure));
            let unsent = to.map(|_| Finding::not_run(TEST, "the mail server cannot be used"));
            core::iter::once(problem).chain(unsent).collect()
        }
        Ok(reached) => {
            let line = match (reached.encrypted, reached.signed_in) {
                (true, true) => "encrypted, signed in",
                (true, false) => "encrypted, without a user",
                (false, true) => "in the clear, signed in",
                (false, false) => "in the clear, without a user",
            };
            let good = Finding::ok(CHECK, format!("{name} answers: {line}"));
            let sent = match to {
                Some(to) => Some(send(context, server, to).await),
                None => None,
            };
            core::iter::once(good).chain(sent).collect()
        }
    }
}

fn mend(setting: &str, failure: &SendFailure) -> String {
    match failure.reason {
        FailureReason::Unauthorised => format!("correct user and password in {setting}"),
        FailureReason::Misconfigured => {
            "use smtps://, a server with STARTTLS, or ?tls=none where nobody listens in".to_owned()
        }
        _ => format!("see that the mail server runs and that host and port in {setting} are right"),
    }
}

/// Sends one real mail, through the same channel that carries pages.
async fn send(context: &Context, server: Smtp, to: &str) -> Finding {
    let channel = Email::new(Some(server)).with_deadline(SEND_WITHIN);
    let settings: OpenedSettings = [("address".to_owned(), to.to_owned())].into();
    if let Err(errors) = channel.check(&settings) {
        let words: Vec<_> = errors.into_iter().map(|error| error.message).collect();
        let found = format!("--send-test-mail {to}: {}", words.join("; "));
        return Finding::problem(TEST, found, "write an address such as ann@example.com");
    }
    let sent_at = context.clock.now();
    let id = format!("doctor-{}", sent_at.as_micros());
    let message = Message {
        content: Content::Test,
        recipient: MessageRecipient {
            name: to.to_owned(),
            zone: "UTC".to_owned(),
        },
        links: Links::default(),
        delivery_id: id.clone(),
        thread: id,
        attempt: 1,
        possible_duplicate: false,
        sent_at,
    };
    match channel.send(&settings, &message).await {
        Ok(receipt) => Finding::ok(TEST, format!("to {to}: {}", receipt.detail)),
        Err(failure) => Finding::problem(
            TEST,
            format!("to {to}: {}", failure.detail),
            "see that smtp.from may send and that the address exists",
        ),
    }
}
