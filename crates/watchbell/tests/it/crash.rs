//! kill -9 in the middle of ingest and paging: nothing accepted is lost, every due page goes out,
//! nothing is claimed after an acknowledgement.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tempfile::tempdir;
use tokio::sync::Notify;
use wb_testkit::{http, pg, smtp};

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{Api, DEADLINE, Server, Start, until};

/// Events that are sent; the kill comes long before the last.
const EVENTS: usize = 5_000;

/// Senders at once.
const SENDERS: usize = 64;

/// The kill comes when so many were accepted.
const KILL_AFTER: usize = 1_500;

/// Every so manieth event goes to a service that sends mail.
const MAIL_EVERY: usize = 25;

/// People who get mail, each by a service of their own: few enough mails for each that none is put together with
/// others, which takes its time.
const READERS: usize = 40;

/// Incidents of the service with two steps; the first half is acknowledged between the two.
const STEPPED: usize = 20;

/// Seconds between its two steps.
const STEP_S: u32 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_nothing_on_sqlite() {
    let data = tempdir().expect("a folder");
    Story::new(data.path(), None).play().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_nothing_on_postgres() {
    let data = tempdir().expect("a folder");
    let database = pg::database().expect("PostgreSQL");
    Story::new(data.path(), Some(database.url())).play().await;
}

struct Story {
    data: std::path::PathBuf,
    database: Option<String>,
    hooks: http::Sink,
    mails: smtp::Sink,
}

/// What was accepted, each set by the way its pages go.
#[derive(Default)]
struct Accepted {
    by_hook: BTreeSet<String>,
    by_mail: BTreeSet<String>,
    /// Whose acknowledgement was answered.
    acknowledged: BTreeSet<String>,
}

/// The routing keys.
struct Keys {
    hook: String,
    mail: Vec<String>,
    stepped: String,
}

impl Story {
    fn new(data: &Path, database: Option<String>) -> Self {
        Self {
            data: data.to_path_buf(),
            database,
            hooks: http::Sink::start().expect("a web server"),
            mails: smtp::Sink::start(smtp::Options::default()).expect("a mail server"),
        }
    }

    fn start(&self) -> Server {
        let mut start = Start::new(&self.data)
            .variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1,localhost")
            .variable("WATCHBELL__SMTP__URL", &self.mails.url())
            .variable("WATCHBELL__SMTP__FROM", "Watchbell <bell@example.com>");
        if let Some(url) = &self.database {
            start = start.flag("--database", url);
        }
        start.ready()
    }

    async fn play(self) {
        let server = self.start();
        let api = server.api();
        let keys = self.configure(&api).await;
        let taken = self.open_stepped(&api, &keys).await;
        let mut accepted = kill_in_the_middle(server, &keys).await;
        assert!(accepted.by_hook.len() + accepted.by_mail.len() >= KILL_AFTER);

        let server = self.start();
        let api = server.api();
        let acknowledged = acknowledged_keys(&api).await;
        let forgotten: Vec<_> = accepted.acknowledged.difference(&acknowledged).collect();
        assert!(
            forgotten.is_empty(),
            "acknowledged and not so after the restart: {forgotten:?}"
        );
        accepted.by_hook.retain(|key| !acknowledged.contains(key));
        accepted.by_mail.retain(|key| !acknowledged.contains(key));
        let known: BTreeSet<String> = api
            .all("/api/v1/alerts")
            .await
            .iter()
            .filter_map(|alert| Some(alert["dedup_key"].as_str()?.to_owned()))
            .collect();
        let lost: Vec<_> = accepted
            .by_hook
            .union(&accepted.by_mail)
            .filter(|key| !known.contains(*key))
            .collect();
        assert!(
            lost.is_empty(),
            "accepted and not there after the restart: {lost:?}"
        );

        self.everybody_is_told(&accepted, &taken).await;
        nothing_after_an_acknowledgement(&api, acknowledged.len()).await;
        server.terminate();
    }

    async fn configure(&self, api: &Api) -> Keys {
        let setup = Setup::new(api).await;
        let hook = setup.endpoint("Hook", &self.hooks.url("/hook")).await;
        let first = setup.endpoint("First", &self.hooks.url("/first")).await;
        let second = setup.endpoint("Second", &self.hooks.url("/second")).await;
        let mut mail = Vec::new();
        for n in 0..READERS {
            let address = format!("reader-{n}@example.com");
            let person = setup.person(&format!("Reader {n}"), &address).await;
            let service = format!("mail-{n}");
            mail.push(setup.service(&service, &[(&person, LONG_S)]).await);
        }
        Keys {
            hook: setup.service("hook", &[(&hook, LONG_S)]).await,
            mail,
            stepped: setup
                .service("stepped", &[(&first, STEP_S), (&second, LONG_S)])
                .await,
        }
    }

    /// Opens the incidents with two steps and acknowledges the first half; gives the keys of the
    /// other half, which the second step must still tell about after the restart.
    async fn open_stepped(&self, api: &Api, keys: &Keys) -> BTreeSet<String> {
        let mut pending = BTreeSet::new();
        for n in 0..STEPPED {
            let key = format!("stepped-{n:04}");
            assert_eq!(api.enqueue(&trigger(&keys.stepped, &key)).await, Some(202));
            pending.insert(key);
        }
        for alert in api.all("/api/v1/alerts").await.iter().take(STEPPED / 2) {
            let incident = alert["incident"].as_str().expect("an incident");
            api.post(
                &format!("/api/v1/incidents/{incident}/acknowledge"),
                &Value::Null,
            )
            .await;
            pending.remove(alert["dedup_key"].as_str().expect("a key"));
        }
        pending
    }

    /// Every page that is due arrives.
    async fn everybody_is_told(&self, accepted: &Accepted, stepped: &BTreeSet<String>) {
        let told = |path: &str| -> BTreeSet<String> {
            let requests = self.hooks.requests().into_iter().filter(|r| r.path == path);
            requests
                .filter_map(|r| dedup_key(&r.json().expect("JSON")))
                .collect()
        };
        until("every webhook", async || {
            accepted.by_hook.is_subset(&told("/hook")).then_some(())
        })
        .await;
        until("the second step", async || {
            stepped.is_subset(&told("/second")).then_some(())
        })
        .await;
        let mailed = || -> String {
            self.mails
                .mails()
                .iter()
                .filter_map(|mail| mail.header("Subject"))
                .collect()
        };
        let all_mailed = || {
            let subjects = mailed();
            accepted
                .by_mail
                .iter()
                .all(|key| subjects.contains(key.as_str()))
        };
        until("every mail", async || all_mailed().then_some(())).await;
    }
}

fn dedup_key(body: &Value) -> Option<String> {
    Some(body["data"]["dedup_key"].as_str()?.to_owned())
}

/// Sends events from many senders and kills the server among them. What was accepted is what was
/// answered 202, to the last byte. Some incidents are acknowledged while their pages go out.
async fn kill_in_the_middle(server: Server, keys: &Keys) -> Accepted {
    let accepted = Arc::new(Mutex::new(Accepted::default()));
    let enough = Arc::new(Notify::new());
    let next = Arc::new(AtomicUsize::new(0));
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let (accepted, enough, next) = (
                Arc::clone(&accepted),
                Arc::clone(&enough),
                Arc::clone(&next),
            );
            let (api, hook, mail) = (server.api(), keys.hook.clone(), keys.mail.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let by_mail = n % MAIL_EVERY == 0;
                    let key = format!("bulk-{n:06}");
                    let reader = &mail[n / MAIL_EVERY % READERS];
                    let event = trigger(if by_mail { reader } else { &hook }, &key);
                    if n >= EVENTS {
                        return;
                    }
                    match api.enqueue(&event).await {
                        Some(202) => {}
                        // Overload is an honest answer; this event was not accepted.
                        Some(429) => continue,
                        Some(status) => panic!("answered {status}"),
                        None => return,
                    }
                    let mut accepted = accepted.lock().expect("whole");
                    let set = if by_mail {
                        &mut accepted.by_mail
                    } else {
                        &mut accepted.by_hook
                    };
                    set.insert(key);
                    if accepted.by_hook.len() + accepted.by_mail.len() == KILL_AFTER {
                        enough.notify_one();
                    }
                }
            })
        })
        .collect();
    let acknowledger = tokio::spawn(acknowledge(server.api(), Arc::clone(&accepted)));
    tokio::time::timeout(DEADLINE, enough.notified())
        .await
        .expect("enough were accepted");
    server.kill();
    for sender in senders {
        sender.await.expect("a sender");
    }
    acknowledger.await.expect("the acknowledger");
    std::mem::take(&mut *accepted.lock().expect("whole"))
}

/// Acknowledges what is newest, again and again, until the server goes away.
async fn acknowledge(api: Api, accepted: Arc<Mutex<Accepted>>) {
    while let Some(page) = api
        .try_get("/api/v1/incidents?state=triggered&limit=5")
        .await
    {
        for incident in page["items"].as_array().expect("items") {
            let id = incident["id"].as_str().expect("an id");
            let path = format!("/api/v1/incidents/{id}/acknowledge");
            if api.try_post(&path, &Value::Null).await.is_none() {
                return;
            }
            let title = incident["title"].as_str().expect("a title");
            let key = title.split(' ').next().expect("the dedup key").to_owned();
            accepted.lock().expect("whole").acknowledged.insert(key);
        }
    }
}

/// The dedup keys of the incidents that are acknowledged.
async fn acknowledged_keys(api: &Api) -> BTreeSet<String> {
    let incidents = api.all("/api/v1/incidents?state=acknowledged").await;
    let title = |incident: &Value| Some(incident["title"].as_str()?.split(' ').next()?.to_owned());
    incidents.iter().filter_map(title).collect()
}

/// For every acknowledged incident: no attempt was claimed after the acknowledgement.
async fn nothing_after_an_acknowledgement(api: &Api, expected: usize) {
    let acknowledged = api.all("/api/v1/incidents?state=acknowledged").await;
    assert_eq!(acknowledged.len(), expected);
    assert!(
        expected > STEPPED / 2,
        "nothing was acknowledged while pages went out"
    );
    for incident in acknowledged {
        let id = incident["id"].as_str().expect("an id");
        let detail = api.get(&format!("/api/v1/incidents/{id}")).await;
        let at = detail["acknowledged_at"].as_str().expect("a time");
        let pages = detail["pages"].as_array().expect("pages");
        for delivery in pages
            .iter()
            .flat_map(|page| page["deliveries"].as_array().expect("list"))
        {
            for attempt in delivery["attempts"].as_array().expect("attempts") {
                let claimed = attempt["claimed_at"].as_str().expect("a time");
                assert!(claimed <= at, "{id}: claimed {claimed}, acknowledged {at}");
            }
        }
    }
}
