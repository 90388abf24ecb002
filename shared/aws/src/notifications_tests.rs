use super::*;
use crate::service_tests::service;
use ports::Status;

const MESSAGES: &str = r#"{"Messages":[{"MessageId":"1","ReceiptHandle":"r1","Body":"{\"order\":\"1001\"}"},{"MessageId":"2","ReceiptHandle":"r2","Body":"words"}]}"#;

fn body(request: &str) -> serde_json::Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn what_waits_is_taken_and_hidden_and_deleted_by_its_receipt() {
    let done = r#"{"Successful":[{"Id":"0"},{"Id":"1"}],"Failed":[]}"#;
    let (address, served) = service(vec![(200, MESSAGES), (200, done)]);
    let queue = SqsNotifications::new(&crate::connect::emulator(&address));
    let url = format!("{address}/000000000000/orders");
    let some = queue.take(&url, 25).await.unwrap();
    let found: Vec<_> = some.iter().map(|one| (one.receipt.as_str(), std::str::from_utf8(&one.body).unwrap())).collect();
    assert_eq!(found, [("r1", r#"{"order":"1001"}"#), ("r2", "words")]);
    queue.delete(&url, vec!["r1".into(), "r2".into()]).await.unwrap();
    let asked = served.join().unwrap();
    let (take, delete) = (body(&asked[0]), body(&asked[1]));
    assert_eq!(take["QueueUrl"], url.as_str());
    assert_eq!((&take["MaxNumberOfMessages"], &take["VisibilityTimeout"]), (&10.into(), &120.into()));
    assert_eq!(delete["Entries"][1]["ReceiptHandle"], "r2");
}

#[tokio::test]
async fn an_empty_queue_is_no_error_and_one_that_keeps_a_message_says_so() {
    let kept = r#"{"Successful":[],"Failed":[{"Id":"0","SenderFault":false,"Code":"InternalError","Message":"later"}]}"#;
    let (address, served) = service(vec![(200, "{}"), (200, kept)]);
    let queue = SqsNotifications::new(&crate::connect::emulator(&address));
    assert_eq!(queue.take(&address, 1).await.unwrap(), []);
    let error = queue.delete(&address, vec!["r1".into()]).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Unavailable, Status::Temporary { retry_after: None }), "{error:?}");
    served.join().unwrap();
}

#[tokio::test]
async fn what_the_merchant_can_mend_is_said_by_name() {
    let denied = r#"{"__type":"com.amazonaws.sqs#AccessDeniedException","message":"no"}"#;
    let gone = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}"#;
    let (address, served) = service(vec![(403, denied), (400, gone)]);
    let queue = SqsNotifications::new(&crate::connect::emulator(&address));
    let error = queue.take(&address, 1).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert!(error.message.contains("NotificationQueueArns"), "{}", error.message);
    let error = queue.take(&address, 1).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    assert!(error.message.contains("does not exist"), "{}", error.message);
    served.join().unwrap();
}

#[test]
fn a_queue_is_asked_in_the_region_that_its_address_names() {
    let named = |address| region(address).unwrap();
    assert_eq!(named("https://sqs.eu-west-1.amazonaws.com/123456789012/orders").as_deref(), Some("eu-west-1"));
    assert_eq!(named("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders").as_deref(), Some("cn-north-1"));
    assert_eq!(named("http://127.0.0.1:4566/000000000000/orders"), None);
    for wrong in ["", "orders", "arn:aws:sqs:eu-west-1:123456789012:orders", "file:///etc/passwd"] {
        assert_eq!(region(wrong).unwrap_err().kind, ErrorKind::Configuration, "{wrong}");
    }
    let cloud = crate::connect::emulator("http://127.0.0.1:9");
    let queue = SqsNotifications::new(&cloud);
    let client = queue.client("https://sqs.eu-west-1.amazonaws.com/123456789012/orders").unwrap();
    assert_eq!(client.config().region().map(Region::as_ref), Some("eu-west-1"));
}
