//! Mails through SES (v2). One call, so no client that is generated for the service.
//!
//! SES has no key by which a mail is sent once, and cannot be asked whether it has one: so a call is made once and never again by itself, and
//! whatever is not surely refused may be under way.

use crate::failure::{Again, failure};
use crate::json_call::{endpoint, signed};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::base64;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use ports::{Error, ErrorKind, Mail, Mailer, Result, Status};
use serde_json::json;
use std::time::Duration;

/// As signatures name it.
const SERVICE: &str = "ses";
/// As addresses name it.
const HOST: &str = "email";
const SEND: &str = "mail.send";
/// A mail is larger than any other call, and one that is given up is one of which nobody knows.
const ATTEMPT: Duration = Duration::from_secs(30);
/// What a person must mend at SES is tried again after this.
const UNTIL_MENDED: Duration = Duration::from_mins(15);

/// SES in the region of the stack.
pub struct SesMailer {
    call: Operation<Mail, (), ErrorMetadata>,
}

impl SesMailer {
    /// With the connections and credentials of the surroundings.
    pub fn new(cloud: &SdkConfig) -> Self {
        let timeouts = cloud.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
        let mut call = Operation::builder()
            .service_name(SERVICE)
            .operation_name("SendEmail")
            .endpoint_url(&endpoint(cloud, HOST))
            // A second try could be a second mail.
            .standard_retry(&RetryConfig::disabled())
            .timeout_config(timeouts.to_builder().operation_attempt_timeout(ATTEMPT).build())
            .interceptor(ServiceClockSkewInterceptor::new())
            .with_connection_poisoning()
            .runtime_plugin(signed(cloud, SERVICE));
        if let Some(client) = cloud.http_client() {
            call = call.http_client(client);
        }
        if let Some(version) = cloud.behavior_version() {
            call = call.behavior_version(version);
        }
        Self { call: call.serializer(|mail: Mail| request(&mail)).deserializer(said).build() }
    }
}

/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
fn request(mail: &Mail) -> std::result::Result<HttpRequest, BoxError> {
    let body = json!({
        "FromEmailAddress": mail.from,
        "Destination": { "ToAddresses": [mail.to] },
        "Content": { "Raw": { "Data": base64::encode(&mail.message) } },
    });
    let request = http::Request::post("/v2/email/outbound-emails")
        .header("content-type", "application/json")
        .body(SdkBody::from(serde_json::to_vec(&body)?))?;
    Ok(HttpRequest::try_from(request)?)
}

/// Its words are left out: they may name the buyer's address.
fn said(response: &HttpResponse) -> std::result::Result<(), OrchestratorError<ErrorMetadata>> {
    if response.status().is_success() {
        return Ok(());
    }
    let code = response.headers().get("x-amzn-errortype").unwrap_or_default();
    let code = code.split([':', ' ']).next().unwrap_or_default();
    Err(OrchestratorError::operation(ErrorMetadata::builder().code(code).build()))
}

/// What SES refuses for a reason of its own. The message is for whoever has the account; the other codes are those of every service.
fn refused(error: &SdkError<ErrorMetadata, HttpResponse>) -> Error {
    let message = match error.code().unwrap_or_default() {
        "MessageRejected" | "MailFromDomainNotVerifiedException" | "NotFoundException" => {
            "SES refuses the mail: verify the sender of [invoices.mail] there, and see that the account is out of its sandbox"
        }
        "SendingPausedException" | "AccountSuspendedException" => "SES sends nothing for this account any more: look there",
        "AccessDeniedException" | "AccessDenied" => {
            "AWS does not let Sluis send from this address: give the sender's identity as MailIdentityArn when you deploy"
        }
        "BadRequestException" => {
            return Error::new(
                ErrorKind::BadInput,
                SEND,
                "SES does not take the mail: look at the buyer's address on the channel",
            );
        }
        _ => return failure(SEND, Again::Matters, error),
    };
    // Nothing was sent, and all mails go out by themselves once it is mended.
    let code = error.code().unwrap_or_default().to_owned();
    let wait = Status::Temporary { retry_after: Some(UNTIL_MENDED) };
    Error::new(ErrorKind::Configuration, SEND, message).with_detail(code).with_status(wait)
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, _name: &str, mail: &Mail) -> Result<()> {
        self.call.invoke(mail.clone()).await.map_err(|error| refused(&error))
    }

    async fn knows(&self, _name: &str) -> Result<Option<bool>> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn mail() -> Mail {
        Mail { from: "shop@example.test".into(), to: "sanne@example.test".into(), message: Bytes::from_static(b"Subject: x") }
    }

    async fn sent(answer: (u16, &'static str)) -> (Result<()>, Vec<String>) {
        let (address, served) = crate::service_tests::service(vec![answer]);
        let told = SesMailer::new(&crate::connect::emulator(&address)).send("a/1-1", &mail()).await;
        (told, served.join().unwrap())
    }

    #[tokio::test]
    async fn a_mail_is_sent_as_it_was_written_to_the_one_who_gets_it() {
        let (told, asked) = sent((200, r#"{"MessageId":"1"}"#)).await;
        told.unwrap();
        let asked = asked.concat();
        assert!(asked.starts_with("POST /v2/email/outbound-emails HTTP/1.1"), "{asked}");
        assert!(asked.to_lowercase().contains("/ses/aws4_request"), "{asked}");
        let body: serde_json::Value = serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap();
        assert_eq!(body["Content"]["Raw"]["Data"], "U3ViamVjdDogeA==");
        assert_eq!(body["Destination"], json!({ "ToAddresses": ["sanne@example.test"] }));
        assert_eq!(body["FromEmailAddress"], "shop@example.test");
    }

    #[tokio::test]
    async fn what_may_be_under_way_is_not_tried_again() {
        let (told, asked) = sent((500, "{}")).await;
        let error = told.unwrap_err();
        assert_eq!((error.status, asked.len()), (Status::Unknown, 1), "{error:?}");
    }

    #[test]
    fn a_refusal_says_what_to_do_and_names_nobody() {
        let answer = |code: &'static str, status: u16| {
            let mut response =
                HttpResponse::new(status.try_into().unwrap(), SdkBody::from(r#"{"message":"sanne@example.test"}"#));
            response.headers_mut().insert("x-amzn-errortype", code);
            let error = said(&response).unwrap_err();
            let err = error.as_operation_error().cloned().unwrap();
            refused(&SdkError::service_error(err, response))
        };
        let rejected = answer("MessageRejected:http://internal.amazon.com/", 400);
        assert_eq!(rejected.status, Status::Temporary { retry_after: Some(UNTIL_MENDED) });
        assert!(rejected.message.contains("verify the sender"), "{rejected:?}");
        assert_eq!(answer("BadRequestException", 400).status, Status::Permanent);
        assert_eq!(answer("TooManyRequestsException", 429).kind, ErrorKind::RateLimited);
        for code in ["MessageRejected", "BadRequestException", "AccessDeniedException", "Oddity"] {
            assert!(!format!("{:?}", answer(code, 400)).contains("sanne"), "{code}");
        }
    }
}
