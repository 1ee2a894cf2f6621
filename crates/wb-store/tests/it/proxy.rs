//! A wire to PostgreSQL that can be cut at a chosen word.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Where to cut, once.
#[derive(Clone, Copy)]
pub(crate) enum Cut {
    /// The client's word never reaches the server.
    Before(&'static [u8]),
    /// The server gets the word and acts; its answer is lost.
    After(&'static [u8]),
}

pub(crate) struct Proxy {
    port: u16,
    cut: Arc<Mutex<Option<Cut>>>,
}

impl Proxy {
    /// Listens until the test's process ends.
    pub(crate) fn to(socket: PathBuf) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::default();
        let shared = Arc::clone(&cut);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                connect(client.unwrap(), &socket, &shared);
            }
        });
        Proxy { port, cut }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable",
            self.port
        )
    }

    pub(crate) fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }
}

fn connect(client: TcpStream, socket: &Path, cut: &Arc<Mutex<Option<Cut>>>) {
    let server = UnixStream::connect(socket).unwrap();
    let muted = Arc::new(Mutex::new(false));
    let (mut from_client, mut to_server) =
        (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (cut, mute) = (Arc::clone(cut), Arc::clone(&muted));
    std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(n @ 1..) = from_client.read(&mut buffer) {
            let heard = &buffer[..n];
            let mut cut = cut.lock().unwrap();
            match *cut {
                Some(Cut::Before(word)) if contains(heard, word) => {
                    *cut = None;
                    break;
                }
                Some(Cut::After(word)) if contains(heard, word) => {
                    *cut = None;
                    *mute.lock().unwrap() = true;
                }
                _ => {}
            }
            drop(cut);
            if to_server.write_all(heard).is_err() {
                break;
            }
        }
        // Either end may already be gone.
        from_client.shutdown(Shutdown::Both).ok();
        to_server.shutdown(Shutdown::Both).ok();
    });
    let (mut from_server, mut to_client) = (server, client);
    std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(n @ 1..) = from_server.read(&mut buffer) {
            if *muted.lock().unwrap() || to_client.write_all(&buffer[..n]).is_err() {
                break;
            }
        }
        from_server.shutdown(Shutdown::Both).ok();
        to_client.shutdown(Shutdown::Both).ok();
    });
}

fn contains(heard: &[u8], word: &[u8]) -> bool {
    heard.windows(word.len()).any(|window| window == word)
}
