//! Names of a customer that stand nowhere else, in the whole stack: everything on its disk, everything that it says and answers, and what it
//! logs at the finest level is searched for them. They are in the row `BUYER` and nowhere else, and after erasure nowhere.
//!
//! Of well-formed orders. A delivery that is signed and cannot be read is parked with its body, for a person: such bodies may hold a
//! customer's words, are erased by hand or after fourteen days, and are not what this test is about.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use aws::{Client, Reach};
use connectors::simulated_channel::CUSTOMER;
use domain::{Quantity, Sku};
use http::Method;
use jiff::SignedDuration;
use ports::{Clock, Http, Request};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{sluis, start};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// Crates that are not ours and log.
const LIBRARIES: [&str; 8] = ["aws_", "h2", "hyper", "mio", "reqwest", "rustls", "tokio", "want"];

fn words_in(text: &[u8]) -> Vec<&'static str> {
    let has = |word: &&str| text.windows(word.len()).any(|part| part == word.as_bytes());
    CUSTOMER.words().into_iter().filter(has).collect()
}

/// Keeps everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Rows of a database file with a word of the customer, as text.
fn rows_with_words(file: &Path) -> Vec<String> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut found = Vec::new();
    for table in tables {
        let mut all = database.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = all.column_count();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let mut whole = Vec::new();
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => whole.extend_from_slice(bytes),
                    ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => {}
                }
                whole.push(b'|');
            }
            if !words_in(&whole).is_empty() {
                found.push(String::from_utf8_lossy(&whole).into_owned());
            }
        }
    }
    found
}

/// What the API answers, by path.
async fn asked(address: SocketAddr, path: &str) -> Vec<u8> {
    let mut request = Request::new(bytes::Bytes::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = format!("http://{address}/api/v1/{path}").parse().unwrap();
    Client::new(Reach::AndLoopback).unwrap().send(request).await.unwrap().body().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_bought_is_in_one_row_and_after_erasure_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    // Ours at every level; what libraries see is not asked for (`cli::log`).
    let ours =
        filter_fn(|what| !LIBRARIES.iter().any(|name| what.target().starts_with(name)) || *what.level() <= tracing::Level::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).with_filter(ours);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let stack = start(&folder).await;
    let address = stack.address;
    let clock = aws::SystemClock;
    let mut orders = Vec::new();
    for shop in &stack.shops {
        let number = shop.buy(&Sku::new("A-1").unwrap(), Quantity::new(1).unwrap()).unwrap().to_string();
        orders.push((shop.connection.to_string(), number));
    }
    for (connection, number) in &orders {
        let until = clock.now().checked_add(LONGEST).unwrap();
        while !sluis(address, &["order", connection, number]).await.0 {
            assert!(clock.now() < until, "{connection} {number} is not taken in");
            clock.sleep(Duration::from_millis(100)).await;
        }
    }
    let state = folder.path().join("state");
    let on_disk = || {
        let touched = files(&state).into_iter().filter(|file| !words_in(&std::fs::read(file).unwrap_or_default()).is_empty());
        touched.collect::<Vec<_>>()
    };
    assert!(!files(&state).is_empty());
    assert_eq!(on_disk(), Vec::<PathBuf>::new(), "orders are taken in without their buyers");

    for (connection, number) in &orders {
        let (content, said) = sluis(address, &["buyer", connection, number]).await;
        assert!(!content && said.contains("--read"), "{said}");
        let (content, said) = sluis(address, &["buyer", connection, number, "--read"]).await;
        assert!(content, "{said}");
        assert_eq!(words_in(said.as_bytes()).len(), CUSTOMER.words().len(), "{connection}: {said}");
    }
    let rows = rows_with_words(&state.join(sluis::table::FILE));
    assert_eq!(rows.len(), orders.len(), "{rows:#?}");
    assert!(rows.iter().all(|row| row.contains("BUYER")), "{rows:#?}");
    for file in files(&state).into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "db")) {
        assert!(file.ends_with(sluis::table::FILE) || rows_with_words(&file).is_empty(), "{}", file.display());
    }
    let mut paths: Vec<String> =
        ["orders", "parked", "attention", "health", "products", "products/A-1", "products/A-1/movements", "drift"]
            .map(str::to_owned)
            .into();
    for (connection, number) in &orders {
        paths.push(format!("orders/{connection}/{number}"));
        paths.push(format!("connections/{connection}/listings"));
    }
    for path in &paths {
        let answer = asked(address, path).await;
        assert!(answer.len() > 2 && words_in(&answer).is_empty(), "{path}: {}", String::from_utf8_lossy(&answer));
        assert!(!String::from_utf8_lossy(&answer).contains("\"status\":404"), "{path}");
    }
    for (connection, number) in &orders {
        let (content, said) = sluis(address, &["erase", connection, number, "--by", "Ada"]).await;
        assert!(content && said.contains("is erased") && words_in(said.as_bytes()).is_empty(), "{said}");
        let (content, said) = sluis(address, &["buyer", connection, number, "--read"]).await;
        assert!(!content && said.contains("erased") && words_in(said.as_bytes()).is_empty(), "{said}");
        let (content, said) = sluis(address, &["buyer", connection, number]).await;
        assert!(!content && said.contains("erased") && !said.contains("--read"), "nobody can have it read again: {said}");
    }
    assert_eq!(rows_with_words(&state.join(sluis::table::FILE)), Vec::<String>::new());
    let sent = stack.bus.sent();
    assert!(sent.iter().all(|sent| words_in(sent.detail.as_bytes()).is_empty()), "events");
    stack.tasks.end().await;
    // Of a database its rows: space that is free again is not overwritten until it is used (ADR 31).
    let is_database = |file: &PathBuf| file.to_string_lossy().contains(".db");
    for file in files(&state).into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "db")) {
        assert_eq!(rows_with_words(&file), Vec::<String>::new(), "{}", file.display());
    }
    assert_eq!(on_disk().into_iter().filter(|file| !is_database(file)).collect::<Vec<_>>(), Vec::<PathBuf>::new());
    let logged = log.0.lock().unwrap().clone();
    assert!(logged.len() > 1_000, "the log is kept");
    assert_eq!(words_in(&logged), Vec::<&str>::new(), "the log, at the finest level");
}
