//! A mail server inside the test: the `mailin` state machine behind real sockets.
//!
//! It speaks STARTTLS or implicit TLS, asks for a login if told to, keeps what it receives, and can
//! be told to misbehave for single recipients.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mailin::{
    Action, AuthMechanism, Handler, Response, Session, SessionBuilder,
    response::{AUTH_OK, INVALID_CREDENTIALS, OK},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::{Error, Mail, background::Background, record::Record, tls::TestCertificate};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    #[default]
    None,
    /// In the clear until the client asks.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// What kind of mail server to be.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How the connection is protected.
    pub tls: Tls,
    /// Name and password a client must give.
    pub login: Option<(String, String)>,
}

impl Options {
    /// The URL a client of such a server is configured with.
    pub(crate) fn url(&self, address: SocketAddr) -> String {
        let scheme = if self.tls == Tls::Implicit {
            "smtps"
        } else {
            "smtp"
        };
        // The certificate is for this name, so the URL uses it too.
        let port = address.port();
        match &self.login {
            Some((name, password)) => format!("{scheme}://{name}:{password}@localhost:{port}"),
            None => format!("{scheme}://localhost:{port}"),
        }
    }
}

/// What happens to a mail for one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// It is taken and kept.
    #[default]
    Accept,
    /// The recipient is refused: 4xx for now, 5xx for good.
    Refuse(u16, String),
    /// No answer ever comes; the connection stays open.
    Hang,
    /// The mail is kept, but the connection breaks before the answer: the client cannot know.
    DropAfterData,
}

/// The mail server.
pub struct Sink {
    background: Background,
    options: Options,
    certificate: TestCertificate,
    shared: Arc<Shared>,
}

struct Shared {
    mails: Record<Mail>,
    behaviours: Mutex<BTreeMap<String, Behaviour>>,
    login: Option<(String, String)>,
}

impl Sink {
    /// Starts a server on a free port of loopback.
    ///
    /// # Errors
    /// When no port can be opened or no certificate made.
    pub fn start(options: Options) -> Result<Self, Error> {
        let certificate = TestCertificate::new()?;
        let shared = Arc::new(Shared {
            mails: Record::new(),
            behaviours: Mutex::default(),
            login: options.login.clone(),
        });
        let acceptor = TlsAcceptor::from(Arc::clone(&certificate.server_config));
        let server = Server {
            tls: options.tls,
            acceptor,
            shared: Arc::clone(&shared),
        };
        let background = Background::start("smtp-sink", move |listener| server.serve(listener))?;
        Ok(Self {
            background,
            options,
            certificate,
            shared,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.background.address()
    }

    /// The URL a client is configured with: `smtp://user:password@localhost:port`, or `smtps://`.
    #[must_use]
    pub fn url(&self) -> String {
        self.options.url(self.address())
    }

    /// The authority that signed its certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.certificate.ca_pem
    }

    /// From now on, mail for this recipient fares like this.
    pub fn behave(&self, recipient: &str, behaviour: Behaviour) {
        lock(&self.shared.behaviours).insert(recipient.to_owned(), behaviour);
    }

    /// The mails so far, in order of arrival.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails.all()
    }

    /// Waits until at least `count` mails have come.
    ///
    /// # Errors
    /// When they have not come before the deadline. (Real time: not for a paused runtime.)
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Result<Vec<Mail>, Error> {
        self.shared.mails.wait_for(count, deadline, "mails").await
    }
}

struct Server {
    tls: Tls,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
}

impl Server {
    async fn serve(self, listener: TcpListener) {
        let server = Arc::new(self);
        while let Ok((stream, _)) = listener.accept().await {
            let server = Arc::clone(&server);
            // A client that goes away in the middle is part of the game.
            tokio::spawn(async move {
                let _ = server.connection(Box::new(stream)).await;
            });
        }
    }

    async fn connection(&self, mut stream: Box<dyn Stream>) -> io::Result<()> {
        let mut builder = SessionBuilder::new("localhost");
        if self.tls == Tls::StartTls {
            builder.enable_start_tls();
        }
        if self.shared.login.is_some() {
            builder.enable_auth(AuthMechanism::Plain);
            if self.tls == Tls::None {
                builder.insecure_enable_plaintext_auth();
            }
        }
        let talk = Arc::new(Mutex::new(Talk::default()));
        let receiver = Receiver {
            shared: Arc::clone(&self.shared),
            talk: Arc::clone(&talk),
        };
        let mut session = builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), receiver);
        if self.tls == Tls::Implicit {
            stream = Box::new(self.acceptor.accept(stream).await?);
            session.tls_active();
        }
        stream.write_all(&session.greeting().buffer()?).await?;
        loop {
            match converse(&mut stream, &mut session, &talk).await? {
                End::UpgradeTls => {
                    stream = Box::new(self.acceptor.accept(stream).await?);
                    session.tls_active();
                }
                End::Closed => return Ok(()),
                End::Hang => std::future::pending().await,
            }
        }
    }
}

/// What a plain and a protected connection have in common.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Why a stretch of conversation ended.
enum End {
    Closed,
    UpgradeTls,
    Hang,
}

/// Lines in, answers out. What a client sent behind STARTTLS in the clear is dropped with the
/// reader, as it must be.
async fn converse(
    stream: &mut Box<dyn Stream>,
    session: &mut Session<Receiver>,
    talk: &Mutex<Talk>,
) -> io::Result<End> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line).await? == 0 {
            return Ok(End::Closed);
        }
        let response = session.process(&line);
        match lock(talk).misbehave.take() {
            Some(Misbehave::Hang) => return Ok(End::Hang),
            Some(Misbehave::Drop) => return Ok(End::Closed),
            None => {}
        }
        if response.action != Action::NoReply {
            reader.write_all(&response.buffer()?).await?;
            reader.flush().await?;
        }
        match response.action {
            Action::Close => return Ok(End::Closed),
            Action::UpgradeTls => return Ok(End::UpgradeTls),
            Action::NoReply | Action::Reply => {}
        }
    }
}

/// One conversation, seen by the state machine's callbacks and by the loop around it.
#[derive(Default)]
struct Talk {
    from: String,
    to: Vec<String>,
    data: Vec<u8>,
    /// What to do instead of sending the next answer.
    misbehave: Option<Misbehave>,
}

enum Misbehave {
    Hang,
    Drop,
}

struct Receiver {
    shared: Arc<Shared>,
    talk: Arc<Mutex<Talk>>,
}

impl Receiver {
    fn behaviour(&self, recipient: &str) -> Behaviour {
        lock(&self.shared.behaviours)
            .get(recipient)
            .cloned()
            .unwrap_or_default()
    }

    fn check_login(&self, name: &str, password: &str) -> Response {
        let login = self.shared.login.as_ref();
        let known = login.is_some_and(|(n, p)| (n.as_str(), p.as_str()) == (name, password));
        if known { AUTH_OK } else { INVALID_CREDENTIALS }
    }
}

impl Handler for Receiver {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        *lock(&self.talk) = Talk {
            from: from.to_owned(),
            ..Talk::default()
        };
        OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        match self.behaviour(to) {
            Behaviour::Refuse(code, text) => return Response::custom(code, text),
            Behaviour::Hang => lock(&self.talk).misbehave = Some(Misbehave::Hang),
            Behaviour::Accept | Behaviour::DropAfterData => {}
        }
        lock(&self.talk).to.push(to.to_owned());
        OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        lock(&self.talk).data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let talk = std::mem::take(&mut *lock(&self.talk));
        let lost = talk
            .to
            .iter()
            .any(|to| self.behaviour(to) == Behaviour::DropAfterData);
        if lost {
            lock(&self.talk).misbehave = Some(Misbehave::Drop);
        }
        self.shared
            .mails
            .push(Mail::parse(talk.from, talk.to, talk.data));
        OK
    }

    fn auth_plain(&mut self, _authorization: &str, name: &str, password: &str) -> Response {
        self.check_login(name, password)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
