//! The web server, driven over a bare socket so that nothing retries or hides a broken connection.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use wb_testkit::http::{Reply, Sink};

const DEADLINE: Duration = Duration::from_secs(20);

async fn post(sink: &Sink, path: &str) -> String {
    let mut stream = TcpStream::connect(sink.address()).await.unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nX-Sign: b\r\nconnection: close\r\n\
         content-length: 7\r\n\r\n{{\"a\":1}}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn requests_are_recorded() {
    let sink = Sink::start().unwrap();
    assert!(post(&sink, "/hook?x=1").await.starts_with("HTTP/1.1 200"));
    let [request] = &sink.wait_for(1, DEADLINE).await.unwrap()[..] else {
        panic!("one request")
    };
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/hook")
    );
    assert_eq!(
        (request.query.as_str(), request.header("x-sign")),
        ("x=1", Some("b"))
    );
    assert_eq!(request.json().unwrap()["a"], 1);
}

#[tokio::test]
async fn the_script_is_played_and_its_last_line_stays() {
    let sink = Sink::start().unwrap();
    let moved = Reply::status(307)
        .with_header("location", "/elsewhere")
        .with_body("moved");
    sink.script(
        "/hook",
        [
            Reply::status(503),
            Reply::Close,
            moved.after(Duration::from_millis(1)),
        ],
    );
    assert!(post(&sink, "/hook").await.starts_with("HTTP/1.1 503"));
    assert_eq!(post(&sink, "/hook").await, "", "closed without an answer");
    for _ in 0..2 {
        let answer = post(&sink, "/hook").await;
        assert!(
            answer.contains("location: /elsewhere") && answer.ends_with("moved"),
            "{answer}"
        );
    }
    assert!(post(&sink, "/other").await.starts_with("HTTP/1.1 200"));
    assert_eq!(sink.requests().len(), 5);
}

#[tokio::test]
async fn a_hanging_server_keeps_the_connection_and_the_request() {
    let sink = Sink::start().unwrap();
    sink.script("/hook", [Reply::Hang]);
    let hung = tokio::time::timeout(Duration::from_millis(300), post(&sink, "/hook")).await;
    assert!(hung.is_err());
    assert_eq!(sink.requests().len(), 1);
}

#[tokio::test]
async fn a_dropped_server_is_gone() {
    let sink = Sink::start().unwrap();
    let address = sink.address();
    drop(sink);
    assert!(TcpStream::connect(address).await.is_err());
}
