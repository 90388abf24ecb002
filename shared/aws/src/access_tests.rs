//! What the adapters put on the wire is what `access` says of the call.

use super::*;
use crate::{DynamoTable, EventBridgeBus, ParameterSecrets, SqsNotifications, SqsQueue};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use ports::{Bus, Condition, NotificationQueue, OutgoingEvent, OutgoingMessage, Queue, Row, Secrets, Table};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Requests in their order: what was asked for, and the body.
type Sent = Arc<Mutex<Vec<(String, Value)>>>;

/// Keeps every request, and answers that it is done.
#[derive(Debug, Clone, Default)]
struct Wire(Sent);

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.0.lock().unwrap().push((target, body));
        let done = r#"{"Successful":[],"Failed":[],"Items":[],"Attributes":{"pk":{"S":"A"},"sk":{"S":"B"}},"Parameters":[],"FailedEntryCount":0}"#;
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from(done))))
    }
}

fn cloud(wire: &Wire) -> SdkConfig {
    let wire = SharedHttpConnector::new(wire.clone());
    let nobody = Credentials::new("local", "local", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url("http://nowhere.invalid")
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .http_client(http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| wire.clone()))
        .build()
}

/// The permissions that AWS asks about for a request, by its name and what is in it.
fn asked(target: &str, body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (service, operation) = target.split_once('.').unwrap();
    let one = |action: &str, on: String| vec![(action.to_owned(), on)];
    match (service, operation) {
        ("DynamoDB_20120810", "GetItem" | "UpdateItem" | "DeleteItem") => {
            one(&format!("dynamodb:{operation}"), text(&body["Key"]["pk"]["S"]))
        }
        ("DynamoDB_20120810", "PutItem") => one("dynamodb:PutItem", text(&body["Item"]["pk"]["S"])),
        ("DynamoDB_20120810", "Query") => one("dynamodb:Query", text(&body["ExpressionAttributeValues"][":pk"]["S"])),
        ("DynamoDB_20120810", "TransactWriteItems") => {
            let part = |part: &Value| {
                let (kind, one) = part.as_object().unwrap().iter().next().unwrap();
                let action = if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
                let key = if kind == "Put" { &one["Item"] } else { &one["Key"] };
                (format!("dynamodb:{action}"), text(&key["pk"]["S"]))
            };
            body["TransactItems"].as_array().unwrap().iter().map(part).collect()
        }
        ("AmazonSQS", "SendMessage" | "SendMessageBatch") => one("sqs:SendMessage", text(&body["QueueUrl"])),
        ("AmazonSQS", "ReceiveMessage") => one("sqs:ReceiveMessage", text(&body["QueueUrl"])),
        ("AmazonSQS", "DeleteMessageBatch") => one("sqs:DeleteMessage", text(&body["QueueUrl"])),
        ("AWSEvents", "PutEvents") => one("events:PutEvents", text(&body["Entries"][0]["EventBusName"])),
        ("AmazonSSM", "GetParametersByPath") => {
            assert_eq!(body["Recursive"], Value::Null, "what lies deeper is another permission");
            one("ssm:GetParametersByPath", text(&body["Path"]))
        }
        other => panic!("{other:?} is asked for, and nobody knows which permission it takes"),
    }
}

fn all_asked(wire: &Wire) -> Vec<(String, String)> {
    let sent = std::mem::take(&mut *wire.0.lock().unwrap());
    sent.iter().flat_map(|(target, body)| asked(target, body)).collect()
}

fn told(permissions: Vec<Permission>) -> Vec<(String, String)> {
    let on = |on| match on {
        On::Rows(partition) => partition,
        On::Queue(queue) => format!("{queue:?}"),
        On::NotificationQueue => LEFT.to_owned(),
        On::Bus => "bus".to_owned(),
        On::Documents => "documents".to_owned(),
        On::MailIdentity => "identity".to_owned(),
        On::Parameters(path) => format!("/sluis/test/{path}"),
    };
    permissions.into_iter().map(|one| (one.action.to_owned(), on(one.on))).collect()
}

/// Where a channel leaves its notifications.
const LEFT: &str = "https://sqs.eu-central-1.amazonaws.com/123456789012/left";

fn key(partition: &str) -> Key {
    Key::new(partition, "x")
}

fn writes() -> Vec<Write> {
    let always = || Condition::Always;
    let set = vec![("a".to_owned(), ports::Value::Number(1))];
    vec![
        Write::Put { row: Row::new(key("A")), when: always() },
        Write::Update { key: key("B"), add: vec![], set, remove: vec![], when: always() },
        Write::Delete { key: key("C"), when: Condition::Present },
        Write::Check { key: key("D"), when: Condition::Absent },
    ]
}

#[tokio::test]
async fn the_table_asks_for_what_is_said() {
    let wire = Wire::default();
    let table = DynamoTable::new(&cloud(&wire), "t");
    table.get(&key("A#1")).await.unwrap();
    assert_eq!(all_asked(&wire), told(vec![get(&key("A#1"))]));
    for prefix in ["", "x"] {
        table.query("B#2", prefix, Some(&key("B#2")), 1, true).await.unwrap();
        assert_eq!(all_asked(&wire), told(vec![query("B#2")]));
    }
    for one in writes() {
        let expected = told(vec![write(&one)]);
        table.write(one).await.unwrap();
        assert_eq!(all_asked(&wire), expected);
    }
    let expected = told(writes().iter().map(write).collect());
    assert_eq!(expected.len(), 4);
    table.transact(writes()).await.unwrap();
    assert_eq!(all_asked(&wire), expected);
}

#[tokio::test]
async fn queues_bus_and_credentials_ask_for_what_is_said() {
    let wire = Wire::default();
    let cloud = cloud(&wire);
    let urls = QueueName::ALL.into_iter().map(|queue| (queue, format!("{queue:?}"))).collect();
    let queues = SqsQueue::new(&cloud, urls);
    for queue in QueueName::ALL {
        let message = OutgoingMessage { body: "{}".into(), delay: Duration::ZERO };
        queues.send(queue, vec![message]).await.unwrap();
        assert_eq!(all_asked(&wire), told(vec![send(queue)]));
    }
    let left = SqsNotifications::new(&cloud);
    left.take(LEFT, 10).await.unwrap();
    assert_eq!(all_asked(&wire), told(vec![take_notifications()]));
    left.delete(LEFT, vec!["receipt".into()]).await.unwrap();
    assert_eq!(all_asked(&wire), told(vec![delete_notifications()]));
    let event = OutgoingEvent { name: "Something.v1", detail: "{}".into() };
    EventBridgeBus::new(&cloud, "bus").publish(vec![event]).await.unwrap();
    assert_eq!(all_asked(&wire), told(vec![publish()]));
    let connection = ConnectionId::new("webshop").unwrap();
    for (reads, folders) in [(Reads::All, 2), (Reads::WebhooksAlone, 1)] {
        let _ = ParameterSecrets::new(&cloud, "/sluis/test", reads).credentials(&connection).await;
        let asked = all_asked(&wire);
        assert_eq!(asked, told(credentials(&connection, reads)));
        assert_eq!(asked.len(), folders);
    }
}
