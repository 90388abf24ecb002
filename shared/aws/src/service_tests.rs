//! A service on loopback that gives the answers it was told to give.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// Gives these answers, one a connection, and hands over what was asked, whole.
pub(crate) fn service(answers: Vec<(u16, &'static str)>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let serve = |(status, body): (u16, &str)| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = String::new();
            while !seen.ends_with('}') {
                let mut buffer = [0; 2048];
                let read = stream.read(&mut buffer).unwrap();
                seen.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
            let head = format!("HTTP/1.1 {status} Told\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
            seen
        };
        answers.into_iter().map(serve).collect()
    });
    (address, served)
}
