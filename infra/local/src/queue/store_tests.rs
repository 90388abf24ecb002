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
async fn what_was_handed_out_when_the_process_died_comes_back_when_its_time_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let dead = open(&folder);
    send(&dead, "a", 0, 0).await;
    send(&dead, "b", 0, 0).await;
    assert_eq!(texts(&dead.receive(handing(1), 0).await.unwrap()), ["a"]);
    // No goodbye: the file is opened a second time as a new process would find it.
    let store = open(&folder);
    assert_eq!(texts(&store.receive(handing(10), 1).await.unwrap()), ["b"]);
    let batch = store.receive(handing(10), 100).await.unwrap();
    assert_eq!((texts(&batch), batch.messages[0].receives), (vec!["a"], 2));
}
