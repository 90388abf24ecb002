use super::*;
use crate::topology::Topology;
use aws::{Client, Reach, SystemClock};

const ADDRESS: &str = "queue://orders";

fn open(folder: &tempfile::TempDir) -> Arc<Queues> {
    let topology = Topology::of_this_build().unwrap();
    Arc::new(Queues::open(&folder.path().join("queues.db"), &topology, Arc::new(SystemClock)).unwrap())
}

#[tokio::test]
async fn what_a_channel_left_outlives_the_process_and_is_deleted_by_its_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder);
    let out = queues.leaving(Arc::new(Client::new(Reach::AndLoopback).unwrap()));
    let request = http::Request::post(ADDRESS).body(Bytes::from_static(b"{}")).unwrap();
    assert_eq!(out.send(request).await.unwrap().status(), StatusCode::OK);
    let left = Left::new(queues);
    let [one] = left.take(ADDRESS, 10).await.unwrap().try_into().unwrap();
    assert_eq!(one.body, Bytes::from_static(b"{}"));
    assert_eq!(left.take(ADDRESS, 10).await.unwrap(), [], "it is hidden while somebody has it");
    assert_eq!(left.take("queue://others", 10).await.unwrap(), []);
    // Whoever had it died; nobody else has the folder.
    drop((left, out));
    let left = Left::new(open(&folder));
    let [again] = left.take(ADDRESS, 10).await.unwrap().try_into().unwrap();
    assert_ne!(again.receipt, one.receipt, "another for each time that it is taken");
    left.delete(ADDRESS, vec![again.receipt]).await.unwrap();
    let left = Left::new(open(&folder));
    assert_eq!(left.take(ADDRESS, 10).await.unwrap(), []);
    assert_eq!(left.delete(ADDRESS, vec!["words".to_owned()]).await.unwrap_err().kind, ErrorKind::Bug);
}
