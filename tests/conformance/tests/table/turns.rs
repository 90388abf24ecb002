//! A crowd at the embedded engine, which does one call at a time.

use futures::future::join_all;
use ports::{Condition, Key, Row, Write};
use std::cell::Cell;

const READERS: usize = 50;
const READS: usize = 10;

#[test]
fn whoever_comes_waits_for_those_who_were_there_and_not_for_what_they_ask_next() {
    crate::setup::embedded(|table| {
        Box::pin(async move {
            for n in 0..20 {
                let row = Row::new(Key::new("p", format!("{n}"))).number("n", n);
                table.write(Write::Put { row, when: Condition::Always }).await.unwrap();
            }
            let read = Cell::new(0);
            let crowd = join_all((0..READERS).map(|_| async {
                for _ in 0..READS {
                    table.query("p", "", None, 100, false).await.unwrap();
                    read.set(read.get() + 1);
                }
            }));
            let writer = async {
                let row = Row::new(Key::new("other", "row"));
                table.write(Write::Put { row, when: Condition::Always }).await.unwrap();
                read.get()
            };
            let (_, before) = futures::join!(crowd, writer);
            assert!(before <= 2 * READERS, "{before} of {} reads came first", READERS * READS);
            assert_eq!(read.get(), READERS * READS);
        })
    });
}
