//! Documents in a bucket of S3 with Object Lock. Two calls, so no client that is generated for the service.

use crate::failure::{Again, failure};
use crate::json_call::{endpoint, signed};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::base64;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use bytes::Bytes;
use ports::{Documents, Result};

const SERVICE: &str = "s3";

/// What is asked of the bucket.
#[derive(Debug)]
enum Asked {
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>, on the condition that nothing has the name.
    Put { name: String, media: &'static str, bytes: Bytes },
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
    Get { name: String },
}

/// What the bucket said.
#[derive(Debug)]
enum Said {
    Kept,
    KeptBefore,
    Nothing,
    Here(Bytes),
}

/// The bucket of the template.
pub struct S3Documents {
    call: Operation<Asked, Said, ErrorMetadata>,
}

impl S3Documents {
    /// The bucket of this name.
    pub fn new(cloud: &SdkConfig, bucket: impl Into<String>) -> Self {
        let bucket = bucket.into();
        let mut call = Operation::builder()
            .service_name(SERVICE)
            .operation_name("Documents")
            .endpoint_url(&endpoint(cloud, SERVICE))
            .standard_retry(cloud.retry_config().unwrap_or(&RetryConfig::standard()))
            .timeout_config(cloud.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .interceptor(ServiceClockSkewInterceptor::new())
            .with_connection_poisoning()
            .runtime_plugin(signed(cloud, SERVICE));
        if let Some(client) = cloud.http_client() {
            call = call.http_client(client);
        }
        if let Some(version) = cloud.behavior_version() {
            call = call.behavior_version(version);
        }
        let call = call.serializer(move |asked: Asked| request(&bucket, &asked)).deserializer(said).build();
        Self { call }
    }
}

fn request(bucket: &str, asked: &Asked) -> std::result::Result<HttpRequest, BoxError> {
    let request = match asked {
        Asked::Put { name, media, bytes } => {
            // A bucket that locks wants a checksum of what it keeps.
            let sum = ring::digest::digest(&ring::digest::SHA256, bytes);
            http::Request::put(format!("/{bucket}/{name}"))
                .header("content-type", *media)
                .header("if-none-match", "*")
                .header("x-amz-checksum-sha256", base64::encode(sum))
                .body(SdkBody::from(bytes.as_ref()))?
        }
        Asked::Get { name } => http::Request::get(format!("/{bucket}/{name}")).body(SdkBody::empty())?,
    };
    Ok(HttpRequest::try_from(request)?)
}

fn said(response: &HttpResponse) -> std::result::Result<Said, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    let text = String::from_utf8_lossy(body);
    let code = text.split("<Code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
    match (response.status().as_u16(), code) {
        (200, _) if body.is_empty() => Ok(Said::Kept),
        (200, _) => Ok(Said::Here(Bytes::copy_from_slice(body))),
        (412, _) => Ok(Said::KeptBefore),
        // A bucket that is not there has another code.
        (404, "NoSuchKey") => Ok(Said::Nothing),
        _ => Err(OrchestratorError::operation(ErrorMetadata::builder().code(code).build())),
    }
}

#[async_trait]
impl Documents for S3Documents {
    async fn put_once(&self, name: &str, media: &'static str, bytes: Bytes) -> Result<bool> {
        let asked = Asked::Put { name: name.to_owned(), media, bytes };
        // Kept twice it is kept once: a retry after a lost answer finds it.
        let said = self.call.invoke(asked).await.map_err(|error| failure("documents.put", Again::Harmless, &error))?;
        Ok(matches!(said, Said::Kept))
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        let asked = Asked::Get { name: name.to_owned() };
        let said = self.call.invoke(asked).await.map_err(|error| failure("documents.get", Again::Harmless, &error))?;
        Ok(match said {
            Said::Here(bytes) => Some(bytes),
            Said::Kept | Said::KeptBefore | Said::Nothing => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(asked: &Asked) -> HttpRequest {
        request("bucket", asked).unwrap()
    }

    fn answer(status: u16, body: &str) -> std::result::Result<String, String> {
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        said(&response).map(|said| format!("{said:?}")).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn a_document_is_put_on_the_condition_that_nothing_has_its_name() {
        let put =
            asked(&Asked::Put { name: "invoices/a/1.pdf".into(), media: "application/pdf", bytes: Bytes::from_static(b"abc") });
        assert_eq!((put.method(), put.uri()), ("PUT", "/bucket/invoices/a/1.pdf"));
        assert_eq!(put.headers().get("if-none-match"), Some("*"));
        assert_eq!(put.headers().get("x-amz-checksum-sha256"), Some("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="));
        let get = asked(&Asked::Get { name: "1.pdf".into() });
        assert_eq!((get.method(), get.uri()), ("GET", "/bucket/1.pdf"));
    }

    #[tokio::test]
    async fn the_request_is_signed_with_its_digest_and_a_name_that_is_taken_is_no_error() {
        let taken = "<Error><Code>PreconditionFailed</Code></Error>";
        let (address, served) = crate::service_tests::service(vec![(200, ""), (412, taken)]);
        let documents = S3Documents::new(&crate::connect::emulator(&address), "shop");
        let put = || documents.put_once("invoices/1.pdf", "application/pdf", Bytes::from_static(b"{}"));
        assert!(put().await.unwrap());
        assert!(!put().await.unwrap());
        let asked = served.join().unwrap().remove(0);
        assert!(asked.starts_with("PUT /shop/invoices/1.pdf HTTP/1.1"), "{asked}");
        let asked = asked.to_lowercase();
        for header in ["authorization: aws4-hmac-sha256", "if-none-match: *", "content-type: application/pdf"] {
            assert!(asked.contains(header), "{header} is not in {asked}");
        }
        let digest = "x-amz-content-sha256: 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert!(asked.contains(digest), "{asked}");
    }

    #[test]
    fn answers_are_told_apart() {
        let error = |code: &str| format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>m</Message></Error>");
        assert_eq!(answer(200, "").unwrap(), "Kept");
        assert_eq!(answer(412, &error("PreconditionFailed")).unwrap(), "KeptBefore");
        assert_eq!(answer(404, &error("NoSuchKey")).unwrap(), "Nothing");
        assert!(answer(200, "%PDF").unwrap().contains("%PDF"));
        assert!(answer(404, &error("NoSuchBucket")).unwrap_err().contains("NoSuchBucket"));
        assert!(answer(409, &error("ConditionalRequestConflict")).is_err());
        assert!(answer(200, "").is_ok());
    }
}
