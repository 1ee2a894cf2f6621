//! The carbon listener over real sockets.

use core::net::SocketAddr;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wb_adapters::listen::carbon::{CarbonListener, Counters, DropReason, LineFault, Peers};
use wb_core::time::Timestamp;
use wb_ports::{AppendError, Appended, Clock, Sample, SampleSink};

use crate::support::LONG;

const NOW_S: i64 = 1_795_230_720;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(NOW_S * 1_000_000)
    }

    fn monotonic(&self) -> core::time::Duration {
        core::time::Duration::ZERO
    }
}

/// Tells every batch it is given, and fails as told.
struct Sink {
    batches: UnboundedSender<Vec<Sample>>,
    failures: Mutex<VecDeque<AppendError>>,
}

#[async_trait::async_trait]
impl SampleSink for Sink {
    async fn append(&self, batch: Vec<Sample>) -> Result<Appended, AppendError> {
        let stored = batch.len();
        let failure = self.failures.lock().expect("whole").pop_front();
        self.batches.send(batch).expect("the test listens");
        failure.map_or(Ok(Appended { stored, refused: 0 }), Err)
    }
}

struct Fixture {
    address: SocketAddr,
    counters: Arc<Counters>,
    batches: UnboundedReceiver<Vec<Sample>>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Fixture {
    async fn new(allow: &[&str], failures: &[AppendError]) -> Self {
        let peers = Peers::parse(allow.iter().copied()).expect("a list");
        let address = "127.0.0.1:0".parse().expect("an address");
        let listener = CarbonListener::bind(address, peers).await.expect("a port");
        let (sender, batches) = unbounded_channel();
        let sink = Arc::new(Sink {
            batches: sender,
            failures: Mutex::new(failures.iter().cloned().collect()),
        });
        let stop = CancellationToken::new();
        Self {
            address: listener.address(),
            counters: listener.counters(),
            batches,
            serving: tokio::spawn(listener.serve(sink, Arc::new(Still), stop.clone())),
            stop,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    async fn socket(&self) -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        socket.connect(self.address).await.expect("an address");
        socket
    }

    async fn batch(&mut self) -> Vec<Sample> {
        let batch = tokio::time::timeout(LONG, self.batches.recv()).await;
        batch.expect("in time").expect("a batch")
    }

    /// The names and values up to a series.
    async fn up_to(&mut self, last: &str) -> Vec<(String, f64)> {
        let mut all = Vec::new();
        while all.last().is_none_or(|(name, _)| name != last) {
            let batch = self.batch().await;
            all.extend(batch.into_iter().map(|one| (one.series, one.value)));
        }
        all
    }

    fn bad(&self, fault: LineFault) -> u64 {
        self.counters.stats().bad_lines[fault as usize]
    }

    fn dropped(&self, reason: DropReason) -> u64 {
        self.counters.stats().dropped[reason as usize]
    }

    /// Waits for what no batch tells.
    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let looking = async {
            while !is_so(self) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, looking).await.expect("in time");
    }

    /// Stops it; from then on the counters stand still.
    async fn stopped(&mut self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(LONG, &mut self.serving).await;
        ended.expect("in time").expect("no panic");
    }
}

fn named(names: &[(&str, f64)]) -> Vec<(String, f64)> {
    names
        .iter()
        .map(|(name, value)| ((*name).to_owned(), *value))
        .collect()
}

/// The client sees that the other side is done with it.
async fn closed(stream: &mut TcpStream) {
    let read = tokio::time::timeout(LONG, stream.read(&mut [0; 1])).await;
    match read.expect("in time") {
        Ok(count) => assert_eq!(count, 0, "nothing is ever answered"),
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
    }
}

#[tokio::test]
async fn bad_lines_are_counted_and_good_ones_kept() {
    let mut f = Fixture::new(&[], &[]).await;
    let mut stream = f.connect().await;
    let mut text =
        b"a.b 1 1795230720\r\nnonsense\nc nan 1\nc;z=1;a=2 2 -1\nd inf 1\n\xff\xfe\x00\n".to_vec();
    text.extend_from_slice(&[b'x'; 100_000]);
    text.extend_from_slice(b"\nlast 3 1795230720.7\n");
    stream.write_all(&text).await.expect("written");
    let expected = named(&[("a.b", 1.0), ("c;a=2;z=1", 2.0), ("last", 3.0)]);
    assert_eq!(f.up_to("last").await, expected);

    // The same connection goes on; its last line is cut short.
    stream
        .write_all(b"more 4 -1\ncut 5 179523")
        .await
        .expect("written");
    assert_eq!(f.batch().await[0].at_s, NOW_S);
    drop(stream);
    // Wait for the end of that connection by way of another one.
    let mut other = f.connect().await;
    other.write_all(b"end 6 -1\n").await.expect("written");
    f.up_to("end").await;
    f.until(|f| f.counters.stats().connections_open == 1).await;
    f.stopped().await;
    closed(&mut other).await;

    let stats = f.counters.stats();
    assert_eq!(
        (stats.samples, stats.connections, stats.connections_open),
        (5, 2, 0)
    );
    for fault in [
        LineFault::Fields,
        LineFault::Value,
        LineFault::NotUtf8,
        LineFault::TooLong,
        LineFault::Unfinished,
    ] {
        assert_eq!(f.bad(fault), 1, "{fault:?}: {stats:?}");
    }
    assert_eq!(
        (stats.bad_lines_total(), f.dropped(DropReason::Nan)),
        (5, 1)
    );
    let first = &stats.recent[0];
    assert_eq!((first.line.as_str(), first.at_s), ("nonsense", NOW_S));
    assert_eq!(stats.recent[2].line, "\\xff\\xfe\\0");
}

#[tokio::test]
async fn lines_are_put_together_from_packets() {
    let mut f = Fixture::new(&[], &[]).await;
    let mut stream = f.connect().await;
    stream.set_nodelay(true).expect("set");
    for piece in ["fir", "st 1 17952", "30720\nsec", "ond 2 1795230720", "\n"] {
        stream.write_all(piece.as_bytes()).await.expect("written");
        tokio::task::yield_now().await;
    }
    assert_eq!(
        f.up_to("second").await,
        named(&[("first", 1.0), ("second", 2.0)])
    );
    f.stopped().await;
    assert_eq!(f.counters.stats().bad_lines_total(), 0);
}

#[tokio::test]
async fn much_at_once_comes_in_bounded_batches() {
    let mut f = Fixture::new(&[], &[]).await;
    let mut stream = f.connect().await;
    let lines: String = (0..50_000).map(|n| format!("many.n{n} {n} -1\n")).collect();
    let writing = tokio::spawn(async move { stream.write_all(lines.as_bytes()).await });
    let mut count = 0;
    while count < 50_000 {
        let batch = f.batch().await;
        assert!(batch.len() < 8_000, "{}", batch.len());
        assert_eq!(batch[0].series, format!("many.n{count}"));
        count += batch.len();
    }
    writing.await.expect("no panic").expect("written");
}

#[tokio::test]
async fn datagrams_carry_several_lines() {
    let mut f = Fixture::new(&[], &[]).await;
    let socket = f.socket().await;
    socket.send(b"a 1 -1\r\nbad\nb 2 -1\n").await.expect("sent");
    socket.send(b"c 3 -1\nlast 4 -1").await.expect("sent");
    let expected = named(&[("a", 1.0), ("b", 2.0), ("c", 3.0), ("last", 4.0)]);
    assert_eq!(f.up_to("last").await, expected);
    f.stopped().await;
    assert_eq!(
        (f.bad(LineFault::Fields), f.counters.stats().samples),
        (1, 4)
    );
}

#[tokio::test]
async fn a_full_sink_makes_connections_wait_and_datagrams_go() {
    let broken = AppendError::Store("disk full".to_owned());
    let mut f = Fixture::new(&[], &[AppendError::Full, AppendError::Full, broken]).await;
    let mut stream = f.connect().await;
    stream.write_all(b"a 1 -1\n").await.expect("written");
    let first = f.batch().await;
    for _ in 0..3 {
        assert_eq!(f.batch().await, first, "the same batch again");
    }
    f.stopped().await;
    assert_eq!(
        (
            f.counters.stats().samples,
            f.counters.stats().dropped_total()
        ),
        (1, 0)
    );

    let mut f = Fixture::new(&[], &[AppendError::Full]).await;
    let socket = f.socket().await;
    socket.send(b"a 1 -1\nb 1 -1\n").await.expect("sent");
    assert_eq!(f.batch().await.len(), 2);
    socket.send(b"c 1 -1\n").await.expect("sent");
    assert_eq!(f.batch().await[0].series, "c");
    f.stopped().await;
    assert_eq!(f.dropped(DropReason::Full), 2);
    assert_eq!(f.counters.stats().samples, 1);
}

#[tokio::test]
async fn who_is_not_on_the_list_is_refused() {
    let mut f = Fixture::new(&["192.0.2.0/24"], &[]).await;
    let mut stream = f.connect().await;
    // It may be closed before this is written.
    drop(stream.write_all(b"a 1 -1\n").await);
    closed(&mut stream).await;
    f.socket().await.send(b"a 1 -1\n").await.expect("sent");
    f.until(|f| f.counters.stats().refused_peers == 2).await;
    f.stopped().await;
    let stats = f.counters.stats();
    assert_eq!(
        (stats.connections, stats.samples, stats.bad_lines_total()),
        (0, 0, 0)
    );
    assert!(f.batches.try_recv().is_err());

    let mut f = Fixture::new(&["192.0.2.0/24", "127.0.0.1"], &[]).await;
    f.socket().await.send(b"a 1 -1\n").await.expect("sent");
    assert_eq!(f.batch().await[0].series, "a");
}

#[tokio::test]
async fn what_cannot_be_bound_is_said() {
    let bind = async |address: &str, allow: &[&str]| {
        let peers = Peers::parse(allow.iter().copied()).expect("a list");
        CarbonListener::bind(address.parse().expect("an address"), peers).await
    };
    let open = bind("0.0.0.0:0", &[]).await.expect_err("nobody is named");
    assert_eq!(open.kind(), io::ErrorKind::InvalidInput);
    bind("0.0.0.0:0", &["10.0.0.0/8"])
        .await
        .expect("somebody is named");

    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let taken = tcp.local_addr().expect("an address").to_string();
    let error = bind(&taken, &[]).await.expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let taken = udp.local_addr().expect("an address").to_string();
    let error = bind(&taken, &[]).await.expect_err("taken for datagrams");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}
