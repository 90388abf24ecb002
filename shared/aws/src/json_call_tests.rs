//! The call against a service on loopback.

use super::*;
use crate::connect::emulator;
use crate::failure::{Again, failure};
use crate::service_tests::service;
use serde::Deserialize;

const ACTION: Action = Action { service: "ssm", target: "AmazonSSM.GetParametersByPath" };

#[derive(Debug, Serialize)]
struct Asked {
    path: &'static str,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Answer {
    value: String,
}

async fn call(address: &str) -> Result<Answer, SdkError<ErrorMetadata, HttpResponse>> {
    JsonCall::<Asked, Answer>::new(&emulator(address), ACTION).send(Asked { path: "/sluis" }).await
}

#[tokio::test]
async fn it_is_signed_for_its_service_and_region_and_says_what_it_asks() {
    let (address, served) = service(vec![(200, r#"{"value":"hush"}"#)]);
    assert_eq!(call(&address).await.unwrap(), Answer { value: "hush".to_owned() });
    let asked = served.join().unwrap().remove(0).to_lowercase();
    assert!(asked.starts_with("post / http/1.1\r\n"), "{asked}");
    assert!(asked.contains("\r\nx-amz-target: amazonssm.getparametersbypath\r\n"), "{asked}");
    assert!(asked.contains("\r\ncontent-type: application/x-amz-json-1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: aws4-hmac-sha256 credential=local/"), "{asked}");
    assert!(asked.contains("/eu-central-1/ssm/aws4_request"), "{asked}");
    assert!(asked.ends_with(r#"{"path":"/sluis"}"#), "{asked}");
}

#[tokio::test]
async fn a_service_that_fails_or_throttles_once_is_asked_again() {
    let throttled = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    let (address, served) = service(vec![(500, "{}"), (400, throttled), (200, r#"{"value":"hush"}"#)]);
    assert_eq!(call(&address).await.unwrap().value, "hush");
    assert_eq!(served.join().unwrap().len(), 3);
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code_and_not_repeated() {
    let (address, served) =
        service(vec![(400, r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not authorized"}"#)]);
    let error = call(&address).await.unwrap_err();
    let told = error.as_service_error().unwrap();
    assert_eq!((told.code(), told.message()), (Some("AccessDeniedException"), Some("not authorized")));
    assert_eq!(served.join().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_error_without_its_words() {
    let (address, served) = service(vec![(200, r#"{"value":["hush"]}"#)]);
    let error = call(&address).await.unwrap_err();
    let told = format!("{:?}", failure("secrets.credentials", Again::Harmless, &error));
    assert!(told.contains("no usable answer") && !told.contains("hush"), "{told}");
    assert_eq!(served.join().unwrap().len(), 1);
}

#[test]
fn the_public_address_follows_the_partition_of_the_region() {
    let of = |region: &'static str| endpoint(&SdkConfig::builder().region(Region::new(region)).build(), "ssm");
    assert_eq!(of("eu-central-1"), "https://ssm.eu-central-1.amazonaws.com");
    assert_eq!(of("eusc-de-east-1"), "https://ssm.eusc-de-east-1.amazonaws.eu");
    assert_eq!(of("cn-north-1"), "https://ssm.cn-north-1.amazonaws.com.cn");
    assert_eq!(endpoint(&emulator("http://127.0.0.1:9"), "ssm"), "http://127.0.0.1:9");
}
