//! Answers that get lost on the way back, after DynamoDB has done what was asked.

use super::setup::Ports;
use ports::{Condition, Key, Reason, Refused, Row, Status, Table, Write};
use std::cell::Cell;
use std::rc::Rc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

/// How many of the next answers are lost.
type Losses = Rc<Cell<u32>>;

/// One exchange after the other on one connection, until an answer is to be lost: then it hangs up.
async fn relay(mut near: TcpStream, far: String, losses: Losses) -> std::io::Result<()> {
    let mut far = TcpStream::connect(far).await?;
    while let Some(request) = message(&mut near).await? {
        far.write_all(&request).await?;
        let answer = message(&mut far).await?.unwrap_or_default();
        if losses.get() > 0 {
            losses.set(losses.get() - 1);
            return Ok(());
        }
        near.write_all(&answer).await?;
    }
    Ok(())
}

/// One HTTP message with its `content-length`; `None` where the other side has hung up.
async fn message(stream: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let (mut seen, mut buffer) = (vec![], [0; 8192]);
    loop {
        if let Some(head) = seen.windows(4).position(|end| end == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&seen[..head]).to_ascii_lowercase();
            let length: usize =
                text.lines().find_map(|line| line.strip_prefix("content-length:")).map_or(0, |n| n.trim().parse().unwrap());
            if seen.len() >= head + 4 + length {
                return Ok(Some(seen));
            }
        }
        match stream.read(&mut buffer).await? {
            0 => return Ok(None),
            read => seen.extend_from_slice(&buffer[..read]),
        }
    }
}

/// Runs a test on a table behind the relay.
fn behind_relay(test: impl AsyncFnOnce(&dyn Table, &Losses)) {
    let world = Ports::new();
    let name = world.fresh_name();
    let far = world.endpoint().trim_start_matches("http://").to_owned();
    let losses = Losses::default();
    let local = LocalSet::new();
    local.block_on(world.runtime(), async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = aws::connect::emulator(&format!("http://{}", listener.local_addr().unwrap()));
        let counted = losses.clone();
        let serving = tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn_local(relay(stream, far.clone(), counted.clone()));
            }
        });
        test(&aws::DynamoTable::new(&near, name), &losses).await;
        serving.abort();
    });
}

fn key() -> Key {
    Key::new("p", "stock")
}

fn take(units: i64) -> Write {
    let when = Condition::AtLeast("available".to_owned(), units);
    Write::Update { key: key(), add: vec![("available".to_owned(), -units)], set: vec![], remove: vec![], when }
}

async fn stock(table: &dyn Table, available: i64) {
    table.write(Write::Put { row: Row::new(key()).number("available", available), when: Condition::Always }).await.unwrap();
}

async fn left(table: &dyn Table) -> Option<i64> {
    table.get(&key()).await.unwrap().unwrap().get_number("available")
}

#[test]
fn a_write_whose_answer_was_lost_is_unknown_and_not_done_twice() {
    behind_relay(async |table, losses| {
        stock(table, 5).await;
        losses.set(1);
        match table.write(take(3)).await {
            Err(Refused::Error(error)) => assert_eq!(error.status, Status::Unknown, "{error}"),
            other => panic!("expected an error, got {other:?}"),
        }
        assert_eq!(left(table).await, Some(2));
    });
}

#[test]
fn a_transaction_whose_answer_was_lost_is_recognised_and_done_once() {
    behind_relay(async |table, losses| {
        stock(table, 5).await;
        losses.set(1);
        table.transact(vec![take(3)]).await.unwrap();
        assert_eq!(left(table).await, Some(2));
    });
}

#[test]
fn a_refusal_whose_answer_was_lost_is_still_a_refusal() {
    behind_relay(async |table, losses| {
        stock(table, 2).await;
        losses.set(1);
        match table.transact(vec![take(3)]).await {
            Err(Refused::Reasons(reasons)) => {
                assert_eq!(reasons, [Reason::Condition(Some(Row::new(key()).number("available", 2)))]);
            }
            other => panic!("expected reasons, got {other:?}"),
        }
    });
}

#[test]
fn a_transaction_whose_answers_are_all_lost_is_unknown() {
    behind_relay(async |table, losses| {
        stock(table, 5).await;
        losses.set(2);
        match table.transact(vec![take(3)]).await {
            Err(Refused::Error(error)) => assert_eq!(error.status, Status::Unknown, "{error}"),
            other => panic!("expected an error, got {other:?}"),
        }
        assert_eq!(left(table).await, Some(2));
    });
}

#[test]
fn a_read_whose_answer_was_lost_is_read_again() {
    behind_relay(async |table, losses| {
        stock(table, 5).await;
        losses.set(1);
        assert_eq!(left(table).await, Some(5));
    });
}

#[test]
fn a_table_out_of_reach_has_surely_done_nothing() {
    let world = Ports::new();
    // Nothing listens on a port that was just given back.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = aws::connect::emulator(&format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let table = aws::DynamoTable::new(&nowhere, "table");
    match world.runtime().block_on(table.write(take(1))) {
        Err(Refused::Error(error)) => assert_eq!(error.status, Status::Temporary { retry_after: None }, "{error}"),
        other => panic!("expected an error, got {other:?}"),
    }
}
