//! Child processes, ended with the value that holds them.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use super::machine::now;
use super::{Failure, Outcome};

/// Until when a process must be there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running child; killed when dropped.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command whose standard error goes into a file.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(mut command: Command, log: PathBuf) -> Outcome<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .map_err(|error| format!("{program} cannot be started: {error}"))?;
        Ok(Self { child, log })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The lines of its standard output.
    ///
    /// # Errors
    /// When they were taken before.
    pub(crate) fn lines(&mut self) -> Outcome<BufReader<ChildStdout>> {
        let stdout = self.child.stdout.take();
        Ok(BufReader::new(stdout.ok_or("the output was taken")?))
    }

    /// The next line, or why there is none.
    ///
    /// # Errors
    /// When the process ended instead; with the end of what it said.
    pub(crate) fn line(&mut self, lines: &mut BufReader<ChildStdout>) -> Outcome<String> {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Err(self.said("ended early"));
        }
        Ok(line.trim_end().to_owned())
    }

    /// Waits until it takes connections.
    ///
    /// # Errors
    /// When it does not within a minute, or ended.
    pub(crate) fn listens(&mut self, address: SocketAddr) -> Outcome<()> {
        let started = now();
        while TcpStream::connect(address).is_err() {
            if self.child.try_wait()?.is_some() {
                return Err(self.said("ended early"));
            }
            if started.elapsed() > PATIENCE {
                return Err(self.said("does not listen"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// A failure with the end of the log.
    pub(crate) fn said(&self, what: &str) -> Failure {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(15)..].join("\n");
        format!("a process {what}; it said last:\n{tail}").into()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A loopback address nobody listens on.
///
/// # Errors
/// When there is none.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Whether a program is in the search path.
pub(crate) fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Path::new(program).is_file()
        || std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
