//! Running other programs, visibly, and without ever waiting for a keyboard.

use std::{
    env,
    fmt::Display,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::error::Error;

/// Writes one line for the person who ran the chore.
pub(crate) fn say(line: impl Display) {
    // Nothing useful is left to do when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Runs a program in `dir`, showing the command first; fails when it does.
pub(crate) fn run(dir: &Path, program: &str, args: &[&str]) -> Result<(), Error> {
    run_with_env(dir, program, args, &[])
}

/// As [`run`], with more environment.
pub(crate) fn run_with_env(
    dir: &Path,
    program: &str,
    args: &[&str],
    env: &[(&str, &str)],
) -> Result<(), Error> {
    let command = shown(program, args);
    say(format_args!("$ {command}"));
    let status = prepare(dir, program, args)
        .envs(env.iter().copied())
        .status()
        .map_err(|source| Error::Start {
            command: command.clone(),
            source,
        })?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Failed {
        command,
        status: status.to_string(),
    })
}

/// Runs a program quietly and gives what it wrote to standard output.
pub(crate) fn output(dir: &Path, program: &str, args: &[&str]) -> Result<String, Error> {
    let command = shown(program, args);
    let out = prepare(dir, program, args)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start {
            command: command.clone(),
            source,
        })?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    Err(Error::Failed {
        command,
        status: out.status.to_string(),
    })
}

/// Whether a program can be run and says yes.
pub(crate) fn succeeds(dir: &Path, program: &str, args: &[&str]) -> bool {
    prepare(dir, program, args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Starts a program and leaves it running.
pub(crate) fn spawn(dir: &Path, program: &str, args: &[&str]) -> Result<Child, Error> {
    let command = shown(program, args);
    say(format_args!("$ {command} &"));
    prepare(dir, program, args)
        .spawn()
        .map_err(|source| Error::Start { command, source })
}

/// Where a program lies on the PATH.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

fn prepare(dir: &Path, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).stdin(Stdio::null());
    command
}

fn shown(program: &str, args: &[&str]) -> String {
    [&[program], args].concat().join(" ")
}
