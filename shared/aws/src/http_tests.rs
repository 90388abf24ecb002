//! The client against servers on loopback that behave badly.

use super::*;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

fn get(address: &str) -> Request {
    http::Request::get(address).body(Bytes::new()).unwrap()
}

/// Serves one connection: reads the request's head, sends these bytes, hangs up.
fn server(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = vec![];
        while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut buffer = [0; 1024];
            let read = stream.read(&mut buffer).unwrap();
            seen.extend_from_slice(&buffer[..read]);
        }
        // The client may hang up first.
        let _ = stream.write_all(&answer);
    });
    address
}

async fn words(address: &str) -> String {
    Client::new(Reach::AndLoopback).unwrap().send(get(address)).await.unwrap_err().message
}

#[tokio::test]
async fn what_broke_off_is_not_called_late_and_a_server_that_is_not_there_is_named() {
    let mut headers = b"HTTP/1.1 200 OK\r\n".to_vec();
    headers.extend((0..2000).flat_map(|n| format!("x-{n}: 1\r\n").into_bytes()));
    for odd in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", b"no HTTP at all\r\n\r\n", &headers[..]] {
        let words = words(&server(odd.to_vec())).await;
        assert!(words.contains("broke off") && !words.contains("in time"), "{words}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let words = words(&format!("http://{address}/?token=hush")).await;
    assert_eq!(words, format!("no connection to the channel's server at {address}"));
}

async fn outcome(reach: Reach, address: &str) -> (ErrorKind, Status) {
    let error = Client::new(reach).unwrap().send(get(address)).await.unwrap_err();
    assert!(!error.to_string().contains("hush"), "a token in {error}");
    assert!(!error.message.contains("hush"), "a token in {}", error.message);
    (error.kind, error.status)
}

#[tokio::test]
async fn any_status_is_an_answer_and_redirects_are_not_followed() {
    let address = server(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nno".to_vec());
    let answer = Client::new(Reach::AndLoopback).unwrap().send(get(&address)).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (302, &b"no"[..]));
    assert_eq!(answer.headers()["location"], "http://127.0.0.1:1/");
}

#[tokio::test]
async fn a_refused_connection_surely_did_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/?token=hush", listener.local_addr().unwrap());
    drop(listener);
    let expected = (ErrorKind::Unavailable, Status::Temporary { retry_after: None });
    assert_eq!(outcome(Reach::AndLoopback, &address).await, expected);
}

#[tokio::test]
async fn an_answer_lost_on_the_way_leaves_it_open() {
    for lost in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"] {
        let address = format!("{}/?token=hush", server(lost.to_vec()));
        assert_eq!(outcome(Reach::AndLoopback, &address).await, (ErrorKind::Timeout, Status::Unknown));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let mut answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    answer.resize(MOST_BYTES + 1024, b'x');
    assert_eq!(outcome(Reach::AndLoopback, &server(answer)).await, (ErrorKind::Protocol, Status::Unknown));
}

#[tokio::test]
async fn our_own_side_cannot_be_called() {
    for address in [
        "http://shop.example.test/",
        "https://127.0.0.1/?token=hush",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://10.0.0.8/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://localhost/?token=hush",
        "ftp://8.8.8.8/",
    ] {
        assert_eq!(outcome(Reach::PublicInternet, address).await, (ErrorKind::Configuration, Status::Permanent), "{address}");
    }
}

#[test]
fn the_local_stack_reaches_loopback_and_no_further_inside() {
    assert!(allowed(Reach::AndLoopback, "http://127.0.0.1:4000/x").is_ok());
    assert!(allowed(Reach::AndLoopback, "http://localhost:4000/x").is_ok());
    assert!(allowed(Reach::AndLoopback, "http://shop.example.test/x").is_err());
    assert!(allowed(Reach::AndLoopback, "https://192.168.1.1/x").is_err());
    assert!(allowed(Reach::AndLoopback, "https://169.254.169.254/x").is_err());
    assert!(allowed(Reach::PublicInternet, "https://shop.example.test/x").is_ok());
}
