//! `watchbell doctor`: what is in order, what is not, and that looking changes nothing.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::SystemTime;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;
use tempfile::{TempDir, tempdir};
use wb_store::db::{Error, Lane, SqliteOptions, Store};
use wb_testkit::tls::TestCertificate;
use wb_testkit::{http, pg, smtp};

use crate::support::{Start, run};

/// What a doctor said.
struct Said {
    code: Option<i32>,
    report: Value,
    text: String,
}

impl Said {
    fn of(start: Start) -> Self {
        let output = start.switch("--json").output();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let report = serde_json::from_str(&text);
        let report = report.unwrap_or_else(|error| panic!("{error}: {text}\n{output:?}"));
        Self {
            code: output.status.code(),
            report,
            text,
        }
    }

    fn checks(&self) -> &[Value] {
        self.report["checks"].as_array().expect("a list")
    }

    /// The findings of one check.
    fn of_check(&self, check: &str) -> Vec<&Value> {
        let all = self.checks().iter();
        all.filter(|one| one["check"] == check).collect()
    }

    /// What was found, as one text.
    fn found(&self, check: &str) -> String {
        let found = self.of_check(check);
        let words = found.iter().filter_map(|one| one["found"].as_str());
        words.collect::<Vec<_>>().join("\n")
    }

    /// Everything is in order, but perhaps for the machine the test runs on.
    fn all_ok(&self) {
        let machine = ["open files", "data directory"];
        let bad = self.checks().iter().filter(|one| {
            one["level"] != "ok"
                && !(one["level"] == "warning" && machine.iter().any(|name| one["check"] == *name))
        });
        let bad: Vec<_> = bad.collect();
        assert!(bad.is_empty(), "{bad:#?}");
        assert_eq!(self.code, Some(0), "{}", self.text);
        assert_eq!(self.report["ok"], true);
    }

    /// One finding of this level holds these words in what was found and how to mend it.
    fn says(&self, level: &str, check: &str, found: &str, mend: &str) {
        let holds = |one: &&&Value| {
            one["level"] == level
                && one["found"]
                    .as_str()
                    .is_some_and(|words| words.contains(found))
                && one["mend"]
                    .as_str()
                    .is_some_and(|words| words.contains(mend))
        };
        let all = self.of_check(check);
        assert!(all.iter().any(|one| holds(&one)), "{check}: {}", self.text);
        let is_bad = self.report["problems"].as_u64() > Some(0);
        assert_eq!(self.code, Some(i32::from(is_bad)), "{}", self.text);
        if level == "problem" {
            assert!(is_bad);
        }
    }

    fn problem(&self, check: &str, found: &str, mend: &str) {
        self.says("problem", check, found, mend);
    }
}

/// Every file below a folder: how long it is and when it was changed.
fn listing(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let about = folder.metadata().expect("there");
        all.insert(folder.clone(), (0, about.modified().expect("a time")));
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let about = path.metadata().expect("there");
            if about.is_dir() {
                folders.push(path);
            } else {
                all.insert(path, (about.len(), about.modified().expect("a time")));
            }
        }
    }
    all
}

/// Everything that a whole configuration leads to.
struct Surroundings {
    data: TempDir,
    files: TempDir,
    hooks: http::Sink,
    mails: smtp::Sink,
}

impl Surroundings {
    fn new() -> Self {
        let files = tempdir().expect("a folder");
        let certificate = TestCertificate::new().expect("a certificate");
        std::fs::write(files.path().join("c.pem"), &certificate.cert_pem).expect("written");
        std::fs::write(files.path().join("k.pem"), &certificate.key_pem).expect("written");
        let options = smtp::Options {
            tls: smtp::Tls::StartTls,
            login: Some(("bell".to_owned(), "hunter2".to_owned())),
        };
        Self {
            data: tempdir().expect("a folder"),
            files,
            hooks: http::Sink::start().expect("a web server"),
            mails: smtp::Sink::start(options).expect("a mail server"),
        }
    }

    /// A command with a whole configuration.
    fn whole(&self, start: Start) -> Start {
        let text = format!(
            "public_url = \"https://localhost:8443\"\ndeadman_url = \"{}\"\n\
             [tls]\ncert_file = \"c.pem\"\nkey_file = \"k.pem\"\n\
             [smtp]\nurl = \"{}\"\nfrom = \"Watchbell <bell@example.com>\"\n\
             [outbound]\nallow = [\"127.0.0.1\", \"localhost\"]\n\
             [emergency]\nemail = [\"ops@example.com\"]\nwebhook = \"{}\"\n",
            self.hooks.url("/alive"),
            self.mails.url(),
            self.hooks.url("/emergency"),
        );
        let file = self.files.path().join("w.toml");
        std::fs::write(&file, text).expect("written");
        start.flag("--config", file.to_str().expect("UTF-8"))
    }

    fn doctor(&self) -> Start {
        self.whole(Start::doctor(self.data.path()))
    }

    fn serve(&self) -> Start {
        self.whole(Start::new(self.data.path()))
    }
}

#[test]
fn a_good_configuration_is_all_ok_and_stays_as_it_is() {
    let around = Surroundings::new();
    let unchanged = |name: &str| {
        let before = listing(around.data.path());
        let said = Said::of(around.doctor());
        said.all_ok();
        assert_eq!(listing(around.data.path()), before, "{name}");
        said
    };
    let said = unchanged("before the first start");
    assert!(said.found("database").contains("the first start makes"));
    assert_eq!(listing(around.data.path()).len(), 1, "nothing was made");
    // Later on there are calls of the servers: the dead-man's pings.
    assert!(around.hooks.requests().is_empty(), "nothing was called");

    around.serve().ready().terminate();
    let said = unchanged("after a good end");
    assert!(said.found("database").contains("sound"), "{}", said.text);
    assert!(said.found("smtp").contains("encrypted, signed in"));
    assert!(said.found("tls and public_url").contains("localhost"));

    around.serve().ready().kill();
    assert!(around.data.path().join("watchbell.db-wal").exists());
    let said = unchanged("after kill -9");
    assert!(said.found("database key").contains("this node holds"));
    assert!(around.mails.mails().is_empty(), "nothing was sent");
    assert!(!said.text.contains("hunter2"), "{}", said.text);
    around.serve().ready().terminate();
}

#[test]
fn a_good_configuration_on_postgresql_is_all_ok() {
    let around = Surroundings::new();
    let database = pg::database().expect("PostgreSQL");
    let url = database.url();
    let said = Said::of(around.doctor().flag("--database", &url));
    said.all_ok();
    assert!(said.found("database schema").contains("empty"));
    let tables = "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(database.ask(tables).expect("asked"), "0");

    around.serve().flag("--database", &url).ready().terminate();
    let said = Said::of(around.doctor().flag("--database", &url));
    said.all_ok();
    assert!(said.found("database").contains("PostgreSQL"));
    assert!(said.found("database key").contains("this node holds"));
    assert!(said.found("clock and database").contains("ms apart"));

    // Another node's key is another instance's.
    std::fs::remove_file(around.data.path().join("keys.toml")).expect("removed");
    let said = Said::of(around.doctor().flag("--database", &url));
    said.problem("database key", "this node has none", "keys.file");
}

#[test]
fn a_test_mail_goes_through_the_channel_that_carries_pages() {
    let around = Surroundings::new();
    let said = Said::of(around.doctor().flag("--send-test-mail", "ann@example.com"));
    said.all_ok();
    let mails = around.mails.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].envelope_to, ["ann@example.com"]);
    let subject = mails[0].header("Subject").expect("a subject");
    assert!(subject.contains("Test message from Watchbell"), "{subject}");

    let said = Said::of(around.doctor().flag("--send-test-mail", "nobody"));
    said.problem("test mail", "--send-test-mail nobody", "ann@example.com");
    let refusal = smtp::Behaviour::Refuse(550, "no such user".to_owned());
    around.mails.behave("gone@example.com", refusal);
    let said = Said::of(around.doctor().flag("--send-test-mail", "gone@example.com"));
    said.problem("test mail", "no such user", "smtp.from");
}

#[test]
fn every_wrong_setting_is_named_with_its_place() {
    let folder = tempdir().expect("a folder");
    let file = folder.path().join("w.toml");
    let text = "[smtp]\nform = \"a@b\"\n[retention]\nsignals_days = \"many\"\n";
    std::fs::write(&file, text).expect("written");
    let data = folder.path().join("data");
    let start = Start::doctor(&data).flag("--config", file.to_str().expect("UTF-8"));
    let said = Said::of(start.variable("WATCHBELL__PUBLIC_URL", "bell"));
    let place = |name: &str| format!("{}: {name}", file.display());
    said.problem("configuration", &place("smtp.form"), "boot-settings");
    said.problem("configuration", &place("retention.signals_days"), "");
    said.problem("configuration", "WATCHBELL__PUBLIC_URL", "");
    let database = said.of_check("database");
    assert_eq!(database[0]["level"], "not_run", "{}", said.text);
    assert!(!data.exists());
}

#[test]
fn a_certificate_that_does_not_do_is_said() {
    let folder = tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let made = |name: &str, until: (i32, u8)| {
        let mut params = CertificateParams::new(["bell.example".to_owned()]).expect("good");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until.0, until.1, 1);
        let key = KeyPair::generate().expect("a key");
        let cert = params.self_signed(&key).expect("a certificate");
        std::fs::write(at(&format!("{name}.crt")), cert.pem()).expect("written");
        std::fs::write(at(&format!("{name}.key")), key.serialize_pem()).expect("written");
    };
    made("old", (2021, 2));
    made("good", (2090, 1));
    std::fs::write(at("none.crt"), "no certificate").expect("written");
    let doctor = |cert: &str, key: &str| {
        Said::of(
            Start::doctor(folder.path())
                .flag("--tls-cert", &at(cert))
                .flag("--tls-key", &at(key))
                .variable("WATCHBELL__PUBLIC_URL", "https://localhost"),
        )
    };
    let said = doctor("good.crt", "good.key");
    assert!(
        said.found("tls").contains("valid until 2090-01-01"),
        "{}",
        said.text
    );
    said.says(
        "warning",
        "tls and public_url",
        "does not cover localhost",
        "public_url",
    );
    doctor("old.crt", "old.key").problem("tls", "expired on 2021-02-01", "renew");
    let said = doctor("good.crt", "old.key");
    said.problem(
        "tls",
        &format!("tls.key_file: {}", at("old.key")),
        "private key",
    );
    doctor("none.crt", "good.key").problem("tls", "no certificate", "PEM");
    doctor("good.crt", "gone.key").problem("tls", &at("gone.key"), "PEM");
}

#[test]
fn a_mail_server_that_does_not_do_is_said() {
    let around = Surroundings::new();
    let with = |url: &str| Said::of(around.doctor().variable("WATCHBELL__SMTP__URL", url));
    let refused = around.mails.url().replace("hunter2", "hunter3");
    let said = with(&refused);
    said.problem("smtp", "localhost:", "user and password");
    assert!(!said.text.contains("hunter3"), "{}", said.text);

    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = closed.local_addr().expect("an address");
    drop(closed);
    let said = with(&format!("smtp://{address}"));
    said.problem("smtp", &address.to_string(), "smtp.url");
    let by_mail = said.of_check("emergency contacts by mail");
    assert_eq!(by_mail[0]["level"], "not_run", "{}", said.text);

    let data = tempdir().expect("a folder");
    let said = Said::of(Start::doctor(data.path()));
    said.says("warning", "smtp", "no mail server", "smtp.url");
    said.says("warning", "emergency contacts", "none", "emergency.email");
    assert_eq!(said.code, Some(0), "warnings are no problems");
    let said = Said::of(Start::doctor(data.path()).flag("--send-test-mail", "a@b.example"));
    said.problem("test mail", "no mail server", "smtp.url");
}

#[test]
fn a_place_that_cannot_be_had_is_said() {
    let folder = tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("written");
    let said = Said::of(Start::doctor(&file));
    said.problem(
        "data directory",
        &format!("{} is no directory", file.display()),
        "--data",
    );
    assert_eq!(said.of_check("database")[0]["level"], "not_run");

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let doctor = || Start::doctor(folder.path());
    let said = Said::of(doctor().flag("--carbon", &address));
    said.problem("carbon.listen", &address, "--carbon");
    let said = Said::of(doctor().variable("WATCHBELL__DEADMAN_URL", "http://127.0.0.1:1/x"));
    said.problem("deadman_url", "private address", "outbound.allow");
    let rules = folder.path().join("none.conf");
    let rules = rules.to_str().expect("UTF-8");
    let said = Said::of(doctor().variable("WATCHBELL__METRICS__STORAGE_SCHEMAS", rules));
    said.problem("metric rules", rules, "correct the file");

    // Without a flag of its own, so that it is given once.
    let output = bare(&[
        "--listen",
        &address,
        "--data",
        folder.path().to_str().expect("UTF-8"),
    ]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line =
        format!("problem  listen.http: {address}: taken, another program listens there. To mend:");
    assert!(text.contains(&line), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

fn bare(arguments: &[&str]) -> Output {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut all = vec!["doctor", "--carbon", "127.0.0.1:0"];
    all.extend(arguments);
    runtime.block_on(run(&all))
}

#[test]
fn a_running_server_is_asked_and_not_disturbed() {
    let data = tempdir().expect("a folder");
    let server = Start::new(data.path()).ready();
    let address = server.url.trim_start_matches("http://").to_owned();
    let folder = data.path().to_str().expect("UTF-8");
    let output = bare(&["--data", folder, "--listen", &address, "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let said = Said {
        code: output.status.code(),
        text: report.to_string(),
        report,
    };
    assert_eq!(said.code, Some(0), "{}", said.text);
    assert!(
        said.found("data directory")
            .contains("in use by a running server")
    );
    assert!(said.found("listen.http").contains("the running server"));
    assert!(
        said.found("running server").contains("is ready"),
        "{}",
        said.text
    );
    assert_eq!(said.of_check("database")[0]["level"], "not_run");
    server.terminate();
}

#[test]
fn a_wrong_password_for_postgresql_is_said() {
    let cluster = pg::Cluster::private().expect("PostgreSQL");
    let database = cluster.database().expect("a database");
    database
        .run("CREATE ROLE bell LOGIN PASSWORD 'right'")
        .expect("made");
    let rules = database.ask("SHOW hba_file").expect("asked");
    let copy = format!(
        "COPY (VALUES ('local all bell scram-sha-256'), ('local all all trust')) TO '{rules}'"
    );
    database.run(&copy).expect("written");
    cluster.stop().expect("stopped");
    cluster.start().expect("started");
    let data = tempdir().expect("a folder");
    let with = |password: &str| {
        let user = format!("user=bell&password={password}");
        let url = database.url().replace("user=postgres", &user);
        Said::of(Start::doctor(data.path()).flag("--database", &url))
    };
    let said = with("wrong-one");
    said.problem("database", "password authentication failed", "database.url");
    assert!(!said.text.contains("wrong-one"), "{}", said.text);
    // PostgreSQL 15 and later let only the owner of a database make tables in it.
    let said = with("right");
    said.problem("database rights", "user bell may not create tables", "own");
    assert!(listing(data.path()).len() == 1, "nothing was made");
}

#[test]
fn whether_postgresql_is_spoken_to_in_the_clear_is_said() {
    let certificate = TestCertificate::new().expect("a certificate");
    let (cluster, port) = pg::Cluster::private_tls(&certificate).expect("PostgreSQL");
    let data = tempdir().expect("a folder");
    let authority = data.path().join("ca.pem");
    std::fs::write(&authority, &certificate.ca_pem).expect("written");
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=require");
    let with = |authority: &Path| {
        Said::of(
            Start::doctor(data.path())
                .flag("--database", &url)
                .variable(
                    "WATCHBELL__DATABASE__CA_FILE",
                    authority.to_str().expect("UTF-8"),
                ),
        )
    };
    let said = with(&authority);
    assert!(
        said.found("database encryption").contains("TLSv1."),
        "{}",
        said.text
    );
    assert_eq!(said.code, Some(0), "{}", said.text);
    let gone = data.path().join("gone.pem");
    with(&gone).problem("database", "gone.pem", "database.ca_file");
    cluster.stop().expect("stopped");
    with(&authority).problem("database", "cannot connect", "database.url");
}

#[test]
fn a_database_of_a_newer_release_or_a_restored_one_is_said() {
    let data = tempdir().expect("a folder");
    Start::new(data.path()).ready().terminate();
    let set = |key: &'static str, value: &'static str| {
        let file = data.path().join("watchbell.db");
        let store = Store::open_sqlite(SqliteOptions::file(file)).expect("open");
        let set = store.write_blocking(Lane::People, move |tx| {
            wb_store::meta::set(tx, key, value)?;
            Ok::<_, Error>(())
        });
        set.expect("set");
        store.close();
    };
    set("sending_held", "1");
    let said = Said::of(Start::doctor(data.path()));
    said.says("warning", "sending", "held", "watchbell resume");
    set("min_writer", "99");
    let said = Said::of(Start::doctor(data.path()));
    said.problem("database schema", "min_writer 99", "newer release");

    let file = data.path().join("watchbell.db");
    let whole = std::fs::read(&file).expect("read");
    std::fs::write(&file, whole.get(..whole.len() / 2).expect("half")).expect("written");
    let said = Said::of(Start::doctor(data.path()));
    let database = said.of_check("database");
    assert_eq!(database[0]["level"], "problem", "{}", said.text);
}
