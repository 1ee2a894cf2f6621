//! The database goes away: readiness fails, the contacts are told, and told again when it is back.

use serde_json::json;
use tempfile::{TempDir, tempdir};
use wb_testkit::{Mail, http, pg, smtp};

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{DEADLINE, Server, Start, until};

/// An instance with emergency contacts, and what they received.
struct Watched {
    server: Server,
    hooks: http::Sink,
    mails: smtp::Sink,
    _data: TempDir,
}

impl Watched {
    fn start(database: &str) -> Self {
        let hooks = http::Sink::start().expect("a web server");
        let mails = smtp::Sink::start(smtp::Options::default()).expect("a mail server");
        let data = tempdir().expect("a folder");
        let server = Start::new(data.path())
            .flag("--database", database)
            .variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1,localhost")
            .variable("WATCHBELL__SMTP__URL", &mails.url())
            .variable("WATCHBELL__SMTP__FROM", "Watchbell <bell@example.com>")
            .variable("WATCHBELL__EMERGENCY__EMAIL", "ops@example.com")
            .variable("WATCHBELL__EMERGENCY__WEBHOOK", &hooks.url("/emergency"))
            .variable("WATCHBELL__DEADMAN_URL", &hooks.url("/alive"))
            .ready();
        Self {
            server,
            hooks,
            mails,
            _data: data,
        }
    }

    fn calls(&self, path: &str) -> usize {
        self.hooks
            .requests()
            .iter()
            .filter(|request| request.path == path)
            .count()
    }

    fn has_mailed(&self, words: &str) -> bool {
        let ours = |mail: &&Mail| mail.envelope_to == ["ops@example.com"];
        let mails = self.mails.mails();
        let mut subjects = mails
            .iter()
            .filter(ours)
            .filter_map(|mail| mail.header("Subject"));
        subjects.any(|subject| subject.contains(words))
    }

    async fn calls_reach(&self, path: &str, count: usize) {
        until(path, async || (self.calls(path) >= count).then_some(())).await;
    }

    async fn mail_comes(&self, words: &str) {
        until(words, async || self.has_mailed(words).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_database_is_told_without_it() {
    let cluster = pg::Cluster::private().expect("PostgreSQL");
    let database = cluster.database().expect("a database");
    let watched = Watched::start(&database.url());
    let api = watched.server.api();
    let setup = Setup::new(&api).await;
    let person = setup.person("Ada", "ada@example.com").await;
    let key = setup.service("checkout", &[(&person, LONG_S)]).await;
    assert_eq!(api.enqueue(&trigger(&key, "before")).await, Some(202));
    watched.calls_reach("/alive", 1).await;
    assert_eq!(api.open("/readyz").await.status(), 200);

    cluster.stop().expect("stopped");
    let pings = watched.calls("/alive");
    let status = api.enqueue(&trigger(&key, "during")).await;
    assert_eq!(status, Some(503), "what cannot be stored is not accepted");
    watched.calls_reach("/emergency", 1).await;
    assert_eq!(api.open("/readyz").await.status(), 503);
    watched.mail_comes("cannot write").await;
    assert!(
        watched.calls("/alive") <= pings + 1,
        "the ping stops with the database"
    );

    cluster.start().expect("started");
    watched.calls_reach("/emergency", 2).await;
    assert_eq!(api.open("/readyz").await.status(), 200);
    watched.mail_comes("works again").await;
    assert_eq!(api.enqueue(&trigger(&key, "after")).await, Some(202));
    // The pages of before and after, the outage and its end.
    watched
        .mails
        .wait_for(4, DEADLINE)
        .await
        .expect("four mails");
    assert_eq!(
        watched.calls("/emergency"),
        2,
        "once per outage and once at its end"
    );
    assert_eq!(watched.server.terminate().status.code(), Some(0));
}

#[test]
fn a_process_without_its_database_still_ends_when_asked() {
    let cluster = pg::Cluster::private().expect("PostgreSQL");
    let database = cluster.database().expect("a database");
    let watched = Watched::start(&database.url());
    cluster.stop().expect("stopped");
    let end = watched.server.terminate();
    assert_eq!(end.status.code(), Some(0), "{}", end.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_with_sending_held_is_told_once() {
    let hooks = http::Sink::start().expect("a web server");
    let data = tempdir().expect("a folder");
    let start = || {
        Start::new(data.path())
            .variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1")
            .variable("WATCHBELL__EMERGENCY__WEBHOOK", &hooks.url("/emergency"))
            .variable("WATCHBELL__DEADMAN_URL", &hooks.url("/alive"))
    };
    let calls = |path: &str| {
        let requests = hooks.requests();
        requests.iter().filter(|one| one.path == path).count()
    };
    start().ready().terminate();
    std::fs::remove_file(data.path().join("instance")).expect("as in a copy");
    let server = start().ready();
    until("the contact is told", async || {
        (calls("/emergency") > 0).then_some(())
    })
    .await;
    server.terminate();

    let pings = calls("/alive");
    let server = start().ready();
    let api = server.api();
    let let_go = api.post("/api/v1/sending/resume", &json!({})).await;
    assert_eq!(let_go["changed"], true);
    // The ping comes after whatever is told at the start.
    until("a ping", async || (calls("/alive") > pings).then_some(())).await;
    assert_eq!(calls("/emergency"), 1);
    let changes = api.all("/api/v1/changes?object=sending").await;
    let [change] = changes.try_into().expect("one");
    assert_eq!(change["object"]["dropped"], 0, "{change}");
    let why = change["object"]["held_why"].as_str().expect("words");
    assert!(why.contains("copied here"), "{why}");
    let verified = api.post("/api/v1/verify", &json!({})).await;
    assert_eq!(verified["wrong"], 0, "{verified}");
}
