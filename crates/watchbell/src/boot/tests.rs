use std::ffi::OsString;

use secrecy::ExposeSecret as _;

use super::*;

fn variables(list: &[(&str, &str)]) -> Variables {
    list.iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)))
        .collect()
}

fn folder_with(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

fn problems(result: Result<Boot, BootError>) -> Vec<(String, String)> {
    let BootError(list) = result.expect_err("refused");
    list.into_iter()
        .map(|problem| (problem.place, problem.message))
        .collect()
}

#[test]
fn nothing_given_is_a_whole_configuration() {
    let boot = load(None, &variables(&[]), &[]).expect("the defaults");
    assert_eq!(boot.listen.http, "127.0.0.1:8080");
    assert!(boot.public_url.is_none() && boot.database.url.is_none());
}

#[test]
fn a_flag_beats_a_variable_beats_the_file() {
    let text = "[retention]\nsignals_days = 3\nattempts_days = 4\n[listen]\nhttp = \"127.0.0.1:1\"";
    let (_folder, path) = folder_with("w.toml", text);
    let given = variables(&[
        ("WATCHBELL__RETENTION__SIGNALS_DAYS", "5"),
        ("WATCHBELL__LISTEN__HTTP", "127.0.0.1:2"),
    ]);
    let flags = [("--listen", "listen.http", "127.0.0.1:3".to_owned())];
    let boot = load(Some(&path), &given, &flags).expect("good");
    assert_eq!(
        (boot.retention.attempts_days, boot.retention.signals_days),
        (4, 5)
    );
    assert_eq!(boot.listen.http, "127.0.0.1:3");
}

#[test]
fn unknown_names_are_refused_with_the_nearest_and_all_at_once() {
    let text = "publik_url = \"x\"\n[smtp]\nform = \"a@b\"\n[smpt]\nurl = \"x\"\n";
    let (_folder, path) = folder_with("w.toml", text);
    let given = variables(&[
        ("WATCHBELL__OUTBOUND__ALOW", "::1"),
        ("WATCHBELL_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("WATCHBELL_ADMIN_TOKEN", "t"),
    ]);
    let found = problems(load(Some(&path), &given, &[]));
    let file = path.display();
    assert_eq!(found.len(), 4, "{found:?}");
    for (place, nearest) in [
        (format!("{file}: publik_url"), "`public_url`"),
        (format!("{file}: smtp.form"), "`smtp.from`"),
        (format!("{file}: smpt"), "`"),
        (
            "WATCHBELL__OUTBOUND__ALOW".to_owned(),
            "WATCHBELL__OUTBOUND__ALLOW",
        ),
    ] {
        assert!(
            found
                .iter()
                .any(|(p, m)| *p == place && m.contains(nearest)),
            "{found:?}"
        );
    }
}

#[test]
fn a_misspelt_name_hides_no_wrong_value() {
    let given = variables(&[
        ("WATCHBELL__SMTP__FORM", "x"),
        ("WATCHBELL__RETENTION__SIGNALS_DAYS", "many"),
        ("WATCHBELL__METRICS_PUBLIC", "perhaps"),
        ("WATCHBELL__LISTEN__HTTP", "8080"),
    ]);
    let found = problems(load(None, &given, &[]));
    let places: Vec<_> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places.len(), 4, "{found:?}");
    for (name, _) in &given {
        assert!(places.iter().any(|place| name == place), "{found:?}");
    }
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let (folder, path) = folder_with(
        "w.toml",
        "[smtp]\nurl_file = \"smtp.secret\"\nfrom = \"a@b.example\"",
    );
    std::fs::write(
        folder.path().join("smtp.secret"),
        "smtp://u:hunter2@mail:25\n",
    )
    .expect("ok");
    let other = folder.path().join("dead");
    std::fs::write(&other, "https://dead.example/hunter3").expect("ok");
    let given = variables(&[
        (
            "WATCHBELL__DEADMAN_URL_FILE",
            other.to_str().expect("UTF-8"),
        ),
        ("WATCHBELL__DATABASE__URL", "postgres://u:hunter4@db/w"),
    ]);
    let boot = load(Some(&path), &given, &[]).expect("good");
    let url = boot.smtp.url.as_ref().expect("given");
    assert_eq!(url.expose_secret(), "smtp://u:hunter2@mail:25");
    assert!(boot.deadman_url.is_some());
    assert!(!format!("{boot:?}").contains("hunter"), "{boot:?}");
}

#[test]
fn a_refused_secret_is_not_shown() {
    let given = variables(&[
        ("WATCHBELL__DATABASE__URL", "mysql://u:hunter2@db"),
        ("WATCHBELL__EMERGENCY__WEBHOOK", "hunter2"),
    ]);
    let found = problems(load(None, &given, &[]));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(!format!("{found:?}").contains("hunter"), "{found:?}");

    let given = variables(&[
        ("WATCHBELL__SMTP__URL", "hunter2"),
        ("WATCHBELL__SMTP__FROM", "a@b.example"),
    ]);
    let found = problems(load(None, &given, &[]));
    assert_eq!(
        (found.len(), found[0].0.as_str()),
        (1, "WATCHBELL__SMTP__URL"),
        "{found:?}"
    );
    assert!(!format!("{found:?}").contains("hunter"), "{found:?}");
}

#[test]
fn one_source_gives_a_setting_once() {
    let given = variables(&[
        ("WATCHBELL__SMTP__URL", "smtp://mail"),
        ("WATCHBELL__SMTP__URL_FILE", "nowhere"),
    ]);
    assert!(
        problems(load(None, &given, &[]))[0]
            .1
            .contains("cannot be read")
    );
    let (_folder, path) = folder_with("s", "smtp://mail");
    let given = variables(&[
        ("WATCHBELL__SMTP__URL", "smtp://mail"),
        ("WATCHBELL__SMTP__URL_FILE", path.to_str().expect("UTF-8")),
    ]);
    assert!(
        problems(load(None, &given, &[]))[0]
            .1
            .contains("already given")
    );
}

#[test]
fn off_loopback_a_public_url_is_required() {
    let given = variables(&[("WATCHBELL__LISTEN__HTTP", "0.0.0.0:8080")]);
    let found = problems(load(None, &given, &[]));
    assert_eq!(found[0].0, "public_url (WATCHBELL__PUBLIC_URL)");
    assert!(found[0].1.contains("off loopback"), "{found:?}");

    let mut given = given;
    given.extend(variables(&[(
        "WATCHBELL__PUBLIC_URL",
        "https://bell.example/",
    )]));
    let boot = load(None, &given, &[]).expect("good");
    assert_eq!(boot.public_url.as_deref(), Some("https://bell.example"));
}

#[test]
fn carbon_is_for_this_machine_unless_somebody_is_named() {
    let boot = load(None, &variables(&[]), &[]).expect("the defaults");
    assert_eq!(boot.carbon.address(), Some("127.0.0.1:2003"));

    let text = "[carbon]\nlisten = \"0.0.0.0:2003\"";
    let (folder, path) = folder_with("w.toml", text);
    let found = problems(load(Some(&path), &variables(&[]), &[]));
    assert_eq!(found[0].0, "carbon.allow (WATCHBELL__CARBON__ALLOW)");
    assert!(found[0].1.contains("10.0.0.0/8"), "{found:?}");

    let given = variables(&[("WATCHBELL__CARBON__ALLOW", "10.0.0.0/8, 192.0.2.7")]);
    let boot = load(Some(&path), &given, &[]).expect("good");
    assert_eq!(boot.carbon.allow, ["10.0.0.0/8", "192.0.2.7"]);
    let flags = [("--carbon", "carbon.listen", "off".to_owned())];
    let boot = load(Some(&path), &variables(&[]), &flags).expect("good");
    assert_eq!(boot.carbon.address(), None);

    let text = "[metrics]\nstorage_schemas = \"schemas.conf\"";
    std::fs::write(&path, text).expect("written");
    let boot = load(Some(&path), &variables(&[]), &[]).expect("good");
    assert_eq!(
        boot.metrics.storage_schemas,
        Some(folder.path().join("schemas.conf"))
    );
}

#[test]
fn each_wrong_value_is_named_with_its_place() {
    for (name, value, words) in [
        ("WATCHBELL__LISTEN__HTTP", "8080", "HOST:PORT"),
        ("WATCHBELL__PUBLIC_URL", "bell.example", "http or https"),
        ("WATCHBELL__CARBON__LISTEN", "no", "or off"),
        ("WATCHBELL__CARBON__ALLOW", "10.0.0.0/8,web", "`web`"),
        (
            "WATCHBELL__OUTBOUND__ALLOW",
            "10.0.0.0/8,http://x",
            "http://x",
        ),
        (
            "WATCHBELL__EMERGENCY__EMAIL",
            "nobody",
            "`nobody` is no e-mail address",
        ),
        ("WATCHBELL__LOG__LEVEL", "loud=extremely", "filters"),
        ("WATCHBELL__LOG__FORMAT", "xml", "json"),
        ("WATCHBELL__RETENTION__SIGNALS_DAYS", "0", "lower than 1"),
        ("WATCHBELL__RETENTION__SIGNALS_DAYS", "many", "must be"),
        ("WATCHBELL__METRICS_PUBLIC", "perhaps", "must be"),
    ] {
        let found = problems(load(None, &variables(&[(name, value)]), &[]));
        assert_eq!(found[0].0, name, "{found:?}");
        assert!(found[0].1.contains(words), "{name}={value}: {found:?}");
    }
}

#[test]
fn what_belongs_together_is_asked_for() {
    for (name, value, missing) in [
        ("WATCHBELL__SMTP__URL", "smtp://mail", "smtp.from"),
        ("WATCHBELL__EMERGENCY__EMAIL", "a@b", "smtp.url"),
        ("WATCHBELL__TLS__CERT_FILE", "c.pem", "tls.key_file"),
        ("WATCHBELL__TLS__KEY_FILE", "k.pem", "tls.cert_file"),
    ] {
        let found = problems(load(None, &variables(&[(name, value)]), &[]));
        assert!(found[0].0.starts_with(missing), "{name}: {found:?}");
    }
}

#[test]
fn paths_in_the_file_begin_at_the_file() {
    let (folder, path) = folder_with(
        "w.toml",
        "[keys]\nfile = \"keys.toml\"\n[data]\ndir = \"d\"",
    );
    let boot = load(Some(&path), &variables(&[]), &[]).expect("good");
    assert_eq!(boot.keys.file, Some(folder.path().join("keys.toml")));
    assert_eq!(boot.data.dir, folder.path().join("d"));
}

#[test]
fn a_broken_or_missing_file_is_named_with_its_line() {
    let (_folder, path) = folder_with("w.toml", "[listen]\nhttp = \n");
    let found = problems(load(Some(&path), &variables(&[]), &[]));
    assert!(
        found[0].0.ends_with("w.toml") && found[0].1.starts_with("line 2"),
        "{found:?}"
    );
    let found = problems(load(Some(Path::new("no/such.toml")), &variables(&[]), &[]));
    assert!(found[0].1.contains("cannot be read"), "{found:?}");
}

#[test]
fn the_first_token_comes_from_its_variable_or_a_file() {
    let token = |list: &[(&str, &str)]| {
        admin_token(&variables(list)).map(|t| t.map(|t| t.expose_secret().to_owned()))
    };
    assert_eq!(token(&[]), Ok(None));
    assert_eq!(
        token(&[("WATCHBELL_ADMIN_TOKEN", "abcdefghijklmnop")]),
        Ok(Some("abcdefghijklmnop".to_owned()))
    );
    assert_eq!(
        token(&[("WATCHBELL_DEMO_TOKEN", "abcdefghijklmnop")]),
        Ok(Some("abcdefghijklmnop".to_owned()))
    );
    let (_folder, path) = folder_with("t", "from-a-file-0123\n");
    let path = path.to_str().expect("UTF-8");
    assert_eq!(
        token(&[("WATCHBELL_ADMIN_TOKEN_FILE", path)]),
        Ok(Some("from-a-file-0123".to_owned()))
    );
    for wrong in [
        ("WATCHBELL_ADMIN_TOKEN", "short"),
        ("WATCHBELL_ADMIN_TOKEN", "with a blank or two"),
    ] {
        assert_eq!(
            token(&[wrong]).expect_err("refused").0[0].place,
            "WATCHBELL_ADMIN_TOKEN"
        );
    }
    assert!(token(&[("WATCHBELL_ADMIN_TOKEN_FILE", "no/such")]).is_err());
}

/// The list of names and the fields agree: each name is taken by a field.
#[test]
fn every_known_setting_is_a_field() {
    for known in known::KNOWN {
        let sample = match known.name {
            "listen.http" | "carbon.listen" => "127.0.0.1:0",
            "carbon.allow" | "http.trusted_proxies" => "10.0.0.0/8",
            "http.client_address_header" => "Forwarded",
            "log.level" => "info",
            "log.format" => "json",
            "metrics_public" => "true",
            "smtp.url" | "smtp.second_url" => "smtp://mail",
            "database.url" => "postgres://db/w",
            "smtp.from" | "emergency.email" => "a@b",
            "retention.signals_bytes" => "2000000",
            name if name.ends_with("url") || name.ends_with("webhook") => "https://x.example",
            name if name.ends_with("_h") || name.ends_with("_days") => "5",
            "limits.sends_at_once" | "database.connections" => "5",
            _ => "x",
        };
        let result = load(
            None,
            &variables(&[(&known::variable(known.name), sample)]),
            &[],
        );
        if let Err(BootError(problems)) = result {
            for problem in problems {
                assert!(
                    problem.message.starts_with("required with"),
                    "{known:?}: {problem:?}"
                );
            }
        }
    }
}
