//! A small SMTP receiver: the protocol is mailin's state machine, the mail is read by mail-parser.
//!
//! It takes every recipient, speaks plain SMTP only, and is bounded in connections, line length,
//! size and patience. For loopback: the demo's outbox.

use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use mail_parser::MessageParser;
use mailin::response::{OK, Response};
use mailin::{Action, Handler, SessionBuilder};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections at once; a further one waits to be accepted.
const CONNECTIONS_MAX: usize = 64;

/// Bytes of one line; a longer one ends the connection.
const LINE_BYTES_MAX: u64 = 64 * 1_024;

/// Bytes of one mail; a larger one is refused.
const MAIL_BYTES_MAX: usize = 10 << 20;

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mail that was received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The subject, decoded; empty when there is none.
    pub subject: String,
    /// The plain text; empty when there is none.
    pub text: String,
}

/// What is done with each mail.
pub type Deliver = Arc<dyn Fn(ReceivedMail) + Send + Sync>;

/// Accepts connections for as long as the listener works.
///
/// # Errors
/// When the listener itself fails; a broken connection is not an error.
pub async fn serve(listener: TcpListener, deliver: Deliver) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return Ok(());
        };
        let (stream, peer) = listener.accept().await?;
        let deliver = Arc::clone(&deliver);
        tokio::spawn(async move {
            if let Err(error) = converse(stream, peer, deliver).await {
                tracing::debug!(%error, "an SMTP client went away: {error}");
            }
            drop(place);
        });
    }
}

async fn converse(stream: TcpStream, peer: SocketAddr, deliver: Deliver) -> io::Result<()> {
    let receiver = Receiver {
        deliver,
        to: Vec::new(),
        data: Vec::new(),
    };
    let mut session = SessionBuilder::new("watchbell").build(peer.ip(), receiver);
    let mut stream = BufReader::new(stream);
    answer(&mut stream, &session.greeting()).await?;
    while let Some(line) = next_line(&mut stream).await? {
        let response = session.process(&line);
        answer(&mut stream, &response).await?;
        if response.action == Action::Close {
            break;
        }
    }
    Ok(())
}

async fn next_line(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut bounded = stream.take(LINE_BYTES_MAX);
    let read = tokio::time::timeout(PATIENCE, bounded.read_until(b'\n', &mut line));
    let count = read
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok((count > 0 && line.ends_with(b"\n")).then_some(line))
}

async fn answer(stream: &mut BufReader<TcpStream>, response: &Response) -> io::Result<()> {
    if response.action == Action::NoReply {
        return Ok(());
    }
    let bytes = response.buffer()?;
    stream.write_all(&bytes).await?;
    stream.flush().await
}

struct Receiver {
    deliver: Deliver,
    to: Vec<String>,
    data: Vec<u8>,
}

impl Handler for Receiver {
    fn mail(&mut self, _ip: std::net::IpAddr, _domain: &str, _from: &str) -> Response {
        self.to.clear();
        self.data.clear();
        OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.to.push(to.to_owned());
        OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        if self.data.len() + line.len() > MAIL_BYTES_MAX {
            return Err(io::Error::other("the mail is too large"));
        }
        self.data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let data = std::mem::take(&mut self.data);
        let parsed = MessageParser::default().parse(&data);
        let text_of = |message: &mail_parser::Message<'_>| {
            message
                .body_text(0)
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default()
        };
        (self.deliver)(ReceivedMail {
            to: std::mem::take(&mut self.to),
            subject: parsed
                .as_ref()
                .and_then(|m| m.subject())
                .unwrap_or_default()
                .to_owned(),
            text: parsed.as_ref().map(text_of).unwrap_or_default(),
        });
        OK
    }
}
