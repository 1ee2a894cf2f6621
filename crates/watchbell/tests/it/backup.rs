//! A database is copied, put back, and pages nobody before somebody lets it go.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tempfile::tempdir;
use wb_testkit::{http, pg};

use crate::setup::{LONG_S, Setup, trigger};
use crate::support::{Api, DEADLINE, Server, Start, TOKEN, run, until};

/// Events that are accepted before the backup begins.
const BEFORE: usize = 40;

/// Senders that go on while it is made.
const SENDERS: usize = 8;

/// Seconds between the two steps of a service.
const STEP_S: u32 = 1;

fn start(data: &Path) -> Start {
    Start::new(data).variable("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// What a command printed, when it ended like this.
fn ended(output: &Output, code: i32) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let all = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{all}");
    all
}

async fn ask(server: &Server, arguments: &[&str]) -> Output {
    let mut all = arguments.to_vec();
    all.extend(["--url", &server.url, "--token", TOKEN]);
    run(&all).await
}

fn files(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries
        .map(|entry| name(entry.expect("an entry")))
        .collect()
}

/// How often a worker has ticked.
async fn ticks(api: &Api, worker: &str) -> u64 {
    let status = api.get("/api/v1/status").await;
    let workers = status["workers"].as_array().expect("workers");
    let found = workers.iter().find(|one| one["name"] == worker);
    found.and_then(|one| one["ticks"].as_u64()).unwrap_or(0)
}

/// Waits until sender and timers have looked twice more than now.
async fn workers_have_looked(api: &Api) {
    for worker in ["sender", "timers"] {
        let before = ticks(api, worker).await;
        until("a look of the workers", async || {
            (ticks(api, worker).await >= before + 2).then_some(())
        })
        .await;
    }
}

async fn is_ready(api: &Api) -> bool {
    api.open("/readyz").await.status().is_success()
}

/// Events from many senders until `stop`; gives how many were accepted.
fn load(api: &Api, key: &str, stop: &Arc<AtomicBool>) -> tokio::task::JoinSet<usize> {
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..SENDERS {
        let (api, key, stop) = (api.clone(), key.to_owned(), Arc::clone(stop));
        senders.spawn(async move {
            let mut sent = 0;
            while !stop.load(Ordering::Relaxed) {
                let event = trigger(&key, &format!("during-{sender}-{sent}"));
                assert_eq!(api.enqueue(&event).await, Some(202));
                sent += 1;
            }
            sent
        });
    }
    senders
}

/// Backs an instance up while events come in.
async fn backed_up_under_load(server: &Server, data: &Path, file: &Path, quiet: &str) {
    let api = server.api();
    for n in 0..BEFORE {
        let event = trigger(quiet, &format!("before-{n}"));
        assert_eq!(api.enqueue(&event).await, Some(202));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let senders = load(&api, quiet, &stop);
    let told = ended(&ask(server, &["backup", text(file)]).await, 0);
    stop.store(true, Ordering::Relaxed);
    let sent: usize = senders.join_all().await.into_iter().sum();
    assert!(sent > 0, "nothing came in meanwhile");
    for words in [
        text(&data.join("keys.toml")),
        "metrics.db",
        "watchbell restore",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let told = ended(&ask(server, &["backup", text(file)]).await, 1);
    assert!(told.contains("--force"), "{told}");
    ended(&ask(server, &["backup", text(file), "--force"]).await, 0);
    let left = files(data).into_iter().filter(|name| name.contains("part"));
    assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_sends_nothing_before_it_is_let_go() {
    let folder = tempdir().expect("a folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let file = folder.path().join("backup.db");
    let hooks = http::Sink::start().expect("a web server");
    let server = start(&one).ready();
    let setup = Setup::new(&server.api()).await;
    let [first, second] = ["/first", "/second"].map(|path| hooks.url(path));
    let first = setup.endpoint("First", &first).await;
    let second = setup.endpoint("Second", &second).await;
    let stepped = setup
        .service("stepped", &[(&first, STEP_S), (&second, LONG_S)])
        .await;
    let quiet = setup.silent_service("quiet").await;
    backed_up_under_load(&server, &one, &file, &quiet).await;
    assert_eq!(
        server.api().get("/api/v1/status").await["sending_held"],
        false
    );
    server.terminate();

    let told = ended(
        &run(&["restore", text(&file), "--data", text(&two)]).await,
        0,
    );
    for words in ["does not hold it", "watchbell serve", "watchbell resume"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    std::fs::copy(one.join("keys.toml"), two.join("keys.toml")).expect("copied");
    let server = start(&two).ready();
    let api = server.api();
    held_server_is_silent(&server, &hooks, &stepped).await;
    let listed = ended(&ask(&server, &["resume"]).await, 2);
    for words in [
        "First",
        "late is slow",
        "1 deliveries",
        "1 escalations",
        "--yes",
    ] {
        assert!(listed.contains(words), "{words}: {listed}");
    }
    assert_eq!(api.get("/api/v1/sending").await["held"], true);

    ended(&ask(&server, &["resume", "--yes"]).await, 0);
    hooks.wait_for(2, DEADLINE).await.expect("both steps");
    until("readiness", async || is_ready(&api).await.then_some(())).await;
    let sending = api.get("/api/v1/sending").await;
    assert_eq!(
        (&sending["held"], &sending["resumed"]["by"]["kind"]),
        (&Value::from(false), &Value::from("user"))
    );
    let told = ended(&ask(&server, &["resume", "--yes"]).await, 0);
    assert!(told.contains("nothing to resume"), "{told}");
    let told = ended(&ask(&server, &["verify"]).await, 0);
    assert!(told.contains("Every chain holds"), "{told}");
    server.terminate();
    let again = start(&two).ready();
    assert!(is_ready(&again.api()).await, "{}", again.stderr());
}

/// A server that is held says so everywhere, has what was backed up, and sends nothing.
async fn held_server_is_silent(server: &Server, hooks: &http::Sink, stepped: &str) {
    let api = server.api();
    assert!(!is_ready(&api).await);
    assert!(
        server.stderr().contains("Sending is held"),
        "{}",
        server.stderr()
    );
    let status = api.get("/api/v1/status").await;
    assert_eq!(status["sending_held"], true);
    assert!(status["held_since"].is_string(), "{status}");
    let why = status["held_why"].as_str().expect("words");
    assert!(why.contains("backup"), "{why}");
    until("the gauge", async || {
        let metrics = api.text("/metrics").await;
        metrics.contains("watchbell_sending_held 1").then_some(())
    })
    .await;
    let alerts = api.all("/api/v1/alerts").await;
    let known: BTreeSet<&str> = alerts
        .iter()
        .filter_map(|alert| alert["dedup_key"].as_str())
        .collect();
    for n in 0..BEFORE {
        assert!(known.contains(format!("before-{n}").as_str()), "before-{n}");
    }
    assert_eq!(api.enqueue(&trigger(stepped, "late")).await, Some(202));
    until("the second step's time", async || {
        let sending = api.get("/api/v1/sending").await;
        (sending["wake_ups_due"] == 1).then_some(())
    })
    .await;
    workers_have_looked(&api).await;
    let sending = api.get("/api/v1/sending").await;
    assert_eq!(
        (&sending["deliveries_due"], &sending["wake_ups_due"]),
        (&Value::from(1), &Value::from(1))
    );
    assert_eq!(hooks.requests().len(), 0, "sent while held");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_good_is_replaced_by_accident() {
    let folder = tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = folder.path().join("backup.db");
    let server = start(&data).ready();
    let nowhere = folder.path().join("no/such/folder.db");
    let told = ended(&ask(&server, &["backup", text(&nowhere)]).await, 1);
    assert!(told.contains("cannot be written"), "{told}");
    ended(&ask(&server, &["backup", text(&file)]).await, 0);
    let restore = async |from: &Path, more: &[&str]| {
        let mut all = vec!["restore", text(from), "--data", text(&data)];
        all.extend(more);
        run(&all).await
    };
    let told = ended(&restore(&file, &["--force"]).await, 1);
    assert!(told.contains("in use by another watchbell"), "{told}");
    server.terminate();

    let before = files(&data);
    let told = ended(&restore(&file, &[]).await, 1);
    assert!(told.contains("--force"), "{told}");
    let mut bytes = std::fs::read(&file).expect("read");
    let middle = bytes.len() / 2;
    bytes.truncate(middle);
    let damaged = folder.path().join("damaged.db");
    std::fs::write(&damaged, &bytes).expect("written");
    let told = ended(&restore(&damaged, &["--force"]).await, 1);
    assert!(told.contains("damaged"), "{told}");
    let text_file = folder.path().join("notes.txt");
    std::fs::write(&text_file, "no database").expect("written");
    let told = ended(&restore(&text_file, &["--force"]).await, 1);
    assert!(told.contains("no database"), "{told}");
    assert_eq!(
        files(&data),
        before,
        "a refusal leaves everything as it was"
    );

    let told = ended(&restore(&file, &["--force"]).await, 0);
    assert!(told.contains("fits"), "{told}");
    let kept: Vec<_> = files(&data)
        .into_iter()
        .filter(|name| name.starts_with("watchbell.db.replaced-"))
        .collect();
    assert!(!kept.is_empty(), "the former database is kept");
    let server = start(&data).ready();
    assert!(!is_ready(&server.api()).await);
    server.terminate();

    // A restore that died when the former database was aside and the copy not yet in its place.
    let target = data.join("watchbell.db");
    std::fs::rename(&target, data.join("watchbell.db.restored-S")).expect("renamed");
    let doctor = Start::doctor(&data).output();
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(found.contains("a restore was cut off"), "{found}");
    let server = start(&data).ready();
    assert!(target.exists(), "{}", server.stderr());
    assert!(!is_ready(&server.api()).await, "it is the restored one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_postgres_database_starts_held() {
    let folder = tempdir().expect("a folder");
    let data = folder.path().join("data");
    let database = pg::database().expect("PostgreSQL");
    let hooks = http::Sink::start().expect("a web server");
    let on = |database: &pg::PgDb| start(&data).flag("--database", &database.url());
    let server = on(&database).ready();
    let setup = Setup::new(&server.api()).await;
    let hook = setup.endpoint("Hook", &hooks.url("/hook")).await;
    let key = setup.service("hook", &[(&hook, LONG_S)]).await;
    server.terminate();

    // A restart where it was is nothing.
    let server = on(&database).ready();
    assert!(is_ready(&server.api()).await, "{}", server.stderr());
    let told = ended(
        &ask(&server, &["backup", text(&folder.path().join("b"))]).await,
        1,
    );
    assert!(told.contains("409") && told.contains("pg_dump"), "{told}");
    assert!(!folder.path().join("b").exists());
    server.terminate();

    let copy = database.copy().expect("copied");
    let server = on(&copy).ready();
    let api = server.api();
    assert!(!is_ready(&api).await);
    let why = api.get("/api/v1/status").await["held_why"].clone();
    assert!(
        why.as_str().expect("words").contains("same PostgreSQL"),
        "{why}"
    );
    assert_eq!(api.enqueue(&trigger(&key, "stale")).await, Some(202));
    workers_have_looked(&api).await;
    assert_eq!(hooks.requests().len(), 0, "sent while held");
    let told = ended(
        &ask(&server, &["resume", "--yes", "--drop-older-than", "0s"]).await,
        0,
    );
    assert!(told.contains("1 deliveries were dropped"), "{told}");
    assert_eq!(api.enqueue(&trigger(&key, "fresh")).await, Some(202));
    hooks.wait_for(1, DEADLINE).await.expect("the page");
    workers_have_looked(&api).await;
    let told: Vec<_> = hooks
        .requests()
        .iter()
        .map(|one| one.json().expect("JSON")["data"]["dedup_key"].clone())
        .collect();
    assert_eq!(told, ["fresh"]);
    let incident = api
        .all("/api/v1/incidents?q=stale")
        .await
        .pop()
        .expect("stale");
    let id = incident["id"].as_str().expect("an id");
    let record = api.get(&format!("/api/v1/incidents/{id}")).await["record"].to_string();
    assert!(record.contains("dropped"), "{record}");
    server.terminate();
    assert!(is_ready(&on(&copy).ready().api()).await);
}
