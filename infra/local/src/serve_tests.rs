//! Raw sockets at a port: what a caller that means harm, or has died, may cost.

use super::*;
use crate::tasks::Tasks;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Takes ten bytes, and tells how many it was given.
#[derive(Default)]
struct Ten {
    asked: AtomicUsize,
}

#[async_trait]
impl Door for Ten {
    fn admit(&self, head: &Parts) -> Result<usize, Box<Answer>> {
        match head.uri.path() {
            "/closed" => Err(Box::new(refusal(StatusCode::FORBIDDEN, "closed"))),
            _ => Ok(10),
        }
    }

    async fn answer(&self, _: Parts, body: Bytes) -> Answer {
        self.asked.fetch_add(1, Ordering::Relaxed);
        answer(StatusCode::OK, HeaderValue::from_static("text/plain"), format!("{} bytes", body.len()))
    }
}

struct Port {
    address: SocketAddr,
    door: Arc<Ten>,
    tasks: Tasks,
}

/// Opens one whose patience is over at once where the caller is silent.
async fn open(connections: usize) -> Port {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let short = Duration::from_millis(50);
    let patience = Patience { headers: short, body: short, connection: Duration::from_mins(1), connections };
    let (door, mut tasks) = (Arc::new(Ten::default()), Tasks::default());
    tasks.start(serve(listener, door.clone(), patience, tasks.stop()));
    Port { address, door, tasks }
}

/// Sends bytes and reads until the other side closes.
async fn exchange(at: &Port, sent: &str) -> String {
    let mut stream = TcpStream::connect(at.address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> String {
    let mut told = Vec::new();
    // One that is cut off says nothing more, whichever way it was cut.
    let _ = stream.read_to_end(&mut told).await;
    String::from_utf8_lossy(&told).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[tokio::test]
async fn a_whole_request_is_answered() {
    let port = open(4).await;
    let told = exchange(&port, "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nabcd").await;
    assert!(status(&told) == "200" && told.ends_with("4 bytes"), "{told}");
}

#[tokio::test]
async fn headers_that_do_not_come_to_their_end_are_not_waited_for() {
    let port = open(4).await;
    for begun in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: x\r\n"] {
        let told = exchange(&port, begun).await;
        assert!(matches!(status(&told), "none" | "408"), "{begun:?}: {told}");
    }
    assert_eq!(port.door.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_connection_kept_alive_is_closed_when_nothing_more_is_asked() {
    let port = open(4).await;
    let told = exchange(&port, "GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(status(&told) == "200", "answered, and then closed without being asked to: {told}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let port = open(4).await;
    let told = exchange(&port, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc").await;
    assert_eq!(status(&told), "408", "{told}");
    let told = exchange(&port, "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
    assert_eq!(status(&told), "408", "{told}");
    assert_eq!(port.door.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let port = open(4).await;
    let told = exchange(&port, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n").await;
    assert_eq!(status(&told), "413", "by what it says of itself: {told}");
    let chunked = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nb\r\nabcdefghijk\r\n";
    assert_eq!(status(&exchange(&port, chunked).await), "413", "as soon as there is too much, not at its end");
    let told = exchange(&port, "POST /closed HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n").await;
    assert_eq!(status(&told), "403", "who is not let in is not listened to: {told}");
    assert_eq!(port.door.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn silent_connections_give_their_places_back() {
    let port = open(4).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(port.address).await.unwrap());
    }
    let told = exchange(&port, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert_eq!(status(&told), "200", "{told}");
}

#[tokio::test]
async fn it_stops_when_it_is_told_to() {
    let port = open(4).await;
    let mut waiting = TcpStream::connect(port.address).await.unwrap();
    waiting.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    port.tasks.end().await;
    read(&mut waiting).await;
    assert!(TcpStream::connect(port.address).await.is_err(), "nothing listens any more");
}

#[test]
fn connections_are_counted_by_what_the_machine_allows() {
    let patience = Patience::of_this_machine();
    assert!((4..=MOST_CONNECTIONS).contains(&patience.connections), "{patience:?}");
    assert!(descriptors().is_some_and(|all| all / 4 >= patience.connections || patience.connections == 4));
}
