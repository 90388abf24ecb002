//! A crowd at the embedded engine, which does one call at a time.

use futures::future::join_all;
use ports::{Condition, Key, Row, Write};
use std::cell::Cell;

const CALLERS: usize = 50;
const CALLS: usize = 10;

/// Reads wait for reads and writes for writes: where these two meet, the engine's own lock decides, and it keeps no order.
#[test]
fn whoever_comes_waits_for_those_who_were_there_and_not_for_what_they_ask_next() {
    super::setup::embedded(|table| {
        Box::pin(async move {
            for n in 0..20 {
                let row = Row::new(Key::new("p", format!("{n}"))).number("n", n);
                table.write(Write::Put { row, when: Condition::Always }).await.unwrap();
            }
            let list = async || drop(table.query("p", "", None, 100, false).await.unwrap());
            comes_among_a_crowd(&list).await;
            let put = async || {
                let row = Row::new(Key::new("other", "row"));
                drop(table.write(Write::Put { row, when: Condition::Always }).await.unwrap());
            };
            comes_among_a_crowd(&put).await;
        })
    });
}

async fn comes_among_a_crowd(ask: &impl AsyncFn()) {
    let asked = Cell::new(0);
    let crowd = join_all((0..CALLERS).map(|_| async {
        for _ in 0..CALLS {
            ask().await;
            asked.set(asked.get() + 1);
        }
    }));
    let late = async {
        ask().await;
        asked.get()
    };
    let (_, before) = futures::join!(crowd, late);
    assert!(before <= 2 * CALLERS, "{before} of {} calls came first", CALLERS * CALLS);
    assert_eq!(asked.get(), CALLERS * CALLS);
}
