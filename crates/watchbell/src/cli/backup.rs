//! `watchbell backup`: a copy of the running instance's database.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use reqwest::Response;
use tempfile::NamedTempFile;

use super::Backup;
use super::api::{Api, CommandError};

/// What every SQLite database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Fetches a copy and puts it under its name when it is whole.
///
/// # Errors
/// When the file is there already, there is no copy to be had, or it cannot be written.
pub(crate) async fn run(flags: Backup) -> Result<(), CommandError> {
    let target = flags.file.as_path();
    let exists = || {
        let name = target.display();
        CommandError::Asked(format!("{name} is there already; --force replaces it"))
    };
    if !flags.force && target.exists() {
        return Err(exists());
    }
    let failed = |source| CommandError::File(target.display().to_string(), source);
    let folder = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    // Its name comes last, so that what has the name is whole; it is gone if that never comes.
    let mut part = NamedTempFile::new_in(folder).map_err(failed)?;
    let answer = Api::new(&flags.remote)?.fetch("/api/v1/backup").await?;
    let url = answer.url().to_string();
    let key_id = header(&answer, "watchbell-key-id");
    let key_file = header(&answer, "watchbell-key-file");
    let bytes = receive(answer, &mut part, &url, failed).await?;
    part.as_file().sync_all().map_err(failed)?;
    if flags.force {
        part.persist(target).map_err(|error| failed(error.error))?;
    } else {
        part.persist_noclobber(target)
            .map_err(|error| match error.error.kind() {
                io::ErrorKind::AlreadyExists => exists(),
                _ => failed(error.error),
            })?;
    }
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)?;
    let mut out = io::stdout().lock();
    let name = target.display();
    writeln!(out, "{bytes} bytes written to {name}.")?;
    writeln!(
        out,
        "Not in it: the key file {key_file} on the server (key {key_id}). Keep a copy of that file too, \
         in another place: without it the secrets in this backup cannot be opened."
    )?;
    writeln!(
        out,
        "Not in it either: metrics (metrics.db); copy that file while the server is stopped."
    )?;
    writeln!(
        out,
        "To put it back: watchbell restore {name} --data DIR. Sending is held then until `watchbell resume`."
    )?;
    Ok(())
}

fn header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or("(unknown)")
        .to_owned()
}

/// Writes what arrives; says how much it was.
async fn receive(
    mut answer: Response,
    part: &mut NamedTempFile,
    url: &str,
    failed: impl Fn(io::Error) -> CommandError,
) -> Result<u64, CommandError> {
    let strange = |words: &str| CommandError::Strange {
        url: url.to_owned(),
        words: words.to_owned(),
    };
    let expected = answer.content_length();
    let (mut bytes, mut head) = (0_u64, Vec::new());
    loop {
        let chunk = answer.chunk().await;
        let Some(chunk) = chunk.map_err(|_| strange("the backup broke off"))? else {
            break;
        };
        if head.len() < MAGIC.len() {
            head.extend_from_slice(chunk.get(..MAGIC.len()).unwrap_or(&chunk));
        }
        part.write_all(&chunk).map_err(&failed)?;
        bytes += chunk.len() as u64;
    }
    if expected.is_some_and(|expected| expected != bytes) {
        return Err(strange("the backup broke off"));
    }
    if !head.starts_with(MAGIC) {
        return Err(strange("this is no SQLite database"));
    }
    Ok(bytes)
}
