//! The promises of a queue, one test each. Time is a number here.

use super::*;

fn open(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("queues.db")).unwrap()
}

fn handing(most: usize) -> Handing {
    Handing { queue: "work".into(), most, visibility_ms: 100, dead_letters: Some(("dead".into(), 2)) }
}

fn texts(batch: &Batch) -> Vec<&str> {
    batch.messages.iter().map(|m| m.body.as_str()).collect()
}

async fn send(store: &Store, text: &str, delay_ms: i64, now_ms: i64) {
    store.send("work", vec![(text.to_owned(), delay_ms)], now_ms).await.unwrap();
}

#[tokio::test]
async fn a_message_is_hidden_while_someone_has_it_and_comes_back_if_it_is_not_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    send(&store, "a", 0, 0).await;
    let first = store.receive(handing(10), 0).await.unwrap();
    assert_eq!(texts(&first), ["a"]);
    let empty = store.receive(handing(10), 99).await.unwrap();
    assert_eq!((texts(&empty), empty.next_at_ms), (vec![], Some(100)));
    let again = store.receive(handing(10), 100).await.unwrap();
    assert_eq!(again.messages[0].receives, 2);
    store.delete(vec![(first.messages[0].id, 1)]).await.unwrap();
    assert_eq!(store.depth("work", 100).await.unwrap(), Depth { ready: 0, hidden: 1 }, "the first consumer came too late");
    store.delete(vec![(again.messages[0].id, 2)]).await.unwrap();
    assert_eq!(store.depth("work", 100).await.unwrap(), Depth::default());
}

#[tokio::test]
async fn a_message_that_nobody_can_process_goes_to_the_dead_letters() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    send(&store, "poison", 0, 0).await;
    for now in [0, 100] {
        assert_eq!(store.receive(handing(10), now).await.unwrap().messages.len(), 1);
    }
    let third = store.receive(handing(10), 200).await.unwrap();
    assert_eq!((third.messages.len(), third.died), (0, 1));
    assert_eq!(store.depth("dead", 200).await.unwrap(), Depth { ready: 1, hidden: 0 });
    assert_eq!(store.expire("dead", 1).await.unwrap(), 1, "its age counts from when it was first sent");
}

#[tokio::test]
async fn a_delayed_message_waits_and_a_batch_is_no_larger_than_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    send(&store, "late", 50, 0).await;
    send(&store, "a", 0, 0).await;
    send(&store, "b", 0, 0).await;
    assert_eq!(texts(&store.receive(handing(1), 0).await.unwrap()), ["a"]);
    assert_eq!(texts(&store.receive(handing(5), 0).await.unwrap()), ["b"]);
    assert_eq!(texts(&store.receive(handing(5), 50).await.unwrap()), ["late"]);
}

#[tokio::test]
async fn what_was_handed_out_when_the_process_died_is_there_at_once_and_what_is_delayed_still_waits() {
    let folder = tempfile::tempdir().unwrap();
    let dead = open(&folder);
    send(&dead, "a", 0, 0).await;
    send(&dead, "late", 50, 0).await;
    assert_eq!(texts(&dead.receive(handing(1), 0).await.unwrap()), ["a"]);
    // No goodbye: the file is opened a second time as a new process would find it.
    let store = open(&folder);
    let batch = store.receive(handing(10), 1).await.unwrap();
    assert_eq!((texts(&batch), batch.messages[0].receives), (vec!["a"], 2));
    // And once more: its deliveries are counted on, and one that kills every process ends among the dead letters.
    let store = open(&folder);
    let batch = store.receive(handing(10), 2).await.unwrap();
    assert_eq!((texts(&batch), batch.died), (vec![], 1));
    assert_eq!(texts(&store.receive(handing(10), 50).await.unwrap()), ["late"]);
}

#[tokio::test]
async fn that_the_disk_is_full_or_the_file_damaged_is_said_in_words_to_everybody_who_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queues.db");
    // Nothing beyond what there is: as on a full disk.
    let file = prepared(&path).unwrap();
    let pages: i64 = file.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    file.pragma_update(None, "max_page_count", pages).unwrap();
    let full = on(file).unwrap();
    let large = || vec![("x".repeat(100_000), 0)];
    for error in futures::future::join_all((0..3).map(|_| full.send("work", large(), 0))).await {
        let words = aws::trouble_with_a_file(&error.unwrap_err().to_string());
        assert!(words.contains("is full"), "{words}");
    }
    std::fs::write(folder.path().join("damaged.db"), "no database at all, and longer than its header would be".repeat(50))
        .unwrap();
    let error = Store::open(&folder.path().join("damaged.db")).err().unwrap();
    assert!(aws::trouble_with_a_file(&error.to_string()).contains("damaged"), "{error}");
}
