//! carbon-cache, Graphite's daemon that takes metrics in.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Peer;
use crate::harness::Outcome;
use crate::harness::process::{Process, free_address};

/// Where it comes from.
pub(crate) const CARBON_CACHE: Peer = Peer {
    program: "/usr/bin/carbon-cache",
    package: "graphite-carbon",
};

/// A running carbon-cache.
pub(crate) struct CarbonCache {
    /// Where it takes lines.
    pub(crate) lines: SocketAddr,
    /// Where graphite-web asks it for points that are not in files yet.
    pub(crate) queries: SocketAddr,
    folder: PathBuf,
    _process: Process,
}

impl CarbonCache {
    /// Starts it in a directory, without its limits on new files and on writes: with Debian's 50 new series a minute it
    /// would drop points.
    ///
    /// # Errors
    /// When it does not listen.
    pub(crate) fn start(folder: &Path) -> Outcome<Self> {
        std::fs::create_dir_all(folder)?;
        let (lines, pickles, queries) = (free_address()?, free_address()?, free_address()?);
        let home = folder.display();
        let config = format!(
            "[cache]\nSTORAGE_DIR = {home}\nLOCAL_DATA_DIR = {home}/whisper/\nCONF_DIR = {home}\nLOG_DIR = {home}\n\
             PID_DIR = {home}\nDATABASE = whisper\nUSER =\nMAX_CACHE_SIZE = inf\nMAX_UPDATES_PER_SECOND = inf\n\
             MAX_CREATES_PER_MINUTE = inf\nENABLE_UDP_LISTENER = False\nUSE_FLOW_CONTROL = True\n\
             LINE_RECEIVER_INTERFACE = 127.0.0.1\nLINE_RECEIVER_PORT = {}\n\
             PICKLE_RECEIVER_INTERFACE = 127.0.0.1\nPICKLE_RECEIVER_PORT = {}\n\
             CACHE_QUERY_INTERFACE = 127.0.0.1\nCACHE_QUERY_PORT = {}\n\
             CACHE_WRITE_STRATEGY = sorted\nCARBON_METRIC_INTERVAL = 0\n",
            lines.port(),
            pickles.port(),
            queries.port(),
        );
        let file = folder.join("carbon.conf");
        std::fs::write(&file, config)?;
        let schemas = "[default]\npattern = .*\nretentions = 10s:1d\n";
        std::fs::write(folder.join("storage-schemas.conf"), schemas)?;
        let mut command = Command::new(CARBON_CACHE.program);
        command
            .arg(format!("--config={}", file.display()))
            .args(["--nodaemon", "start"]);
        let mut process = Process::start(command, folder.join("carbon.log"))?;
        process.listens(lines)?;
        process.listens(queries)?;
        Ok(Self {
            lines,
            queries,
            folder: folder.to_path_buf(),
            _process: process,
        })
    }

    /// Whether a point can be read: from the cache as graphite-web asks it, or from its file.
    ///
    /// # Errors
    /// When the cache does not answer.
    pub(crate) fn has(&self, series: &str, at_s: i64, value: f64) -> Outcome<bool> {
        let mut stream = TcpStream::connect(self.queries)?;
        let request = cache_query(series)?;
        stream.write_all(&u32::try_from(request.len())?.to_be_bytes())?;
        stream.write_all(&request)?;
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut reply = vec![0; usize::try_from(u32::from_be_bytes(length))?];
        stream.read_exact(&mut reply)?;
        if contains(&reply, &value.to_be_bytes()) {
            return Ok(true);
        }
        let path = self.folder.join("whisper").join(series.replace('.', "/"));
        let file = std::fs::read(path.with_extension("wsp")).unwrap_or_default();
        let mut point = u32::try_from(at_s)?.to_be_bytes().to_vec();
        point.extend(value.to_be_bytes());
        Ok(contains(&file, &point))
    }
}

/// `{"type": "cache-query", "metric": series}` as Python pickles it.
fn cache_query(series: &str) -> Outcome<Vec<u8>> {
    let mut bytes = b"\x80\x02}(".to_vec();
    for text in ["type", "cache-query", "metric", series] {
        bytes.push(b'X');
        bytes.extend(u32::try_from(text.len())?.to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(b"u.");
    Ok(bytes)
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|found| found == wanted)
}
