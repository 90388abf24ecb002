//! One connection pool and one TLS stack for every AWS service.
//!
//! `ring`, because the SDK's own choice spends tens of milliseconds of CPU on entropy at the first handshake, which a small
//! Lambda pays for many times over. Endpoints come from `AWS_ENDPOINT_URL` and its kin where they are set.

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::time::Duration;

pub use aws_config::SdkConfig;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Longest wait for one answer: far more than any service needs, far less than a Lambda's time.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Tries of a call that may be repeated.
const ATTEMPTS: u32 = 3;

/// The account, region and endpoints of the surroundings: environment variables, profile, the role of the function.
pub async fn surroundings() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(https())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts())
        .load()
        .await
}

/// An emulator on this machine, such as `http://127.0.0.1:8000`. Reads nothing from the surroundings, so it can never reach an
/// account by mistake.
pub fn emulator(endpoint: &str) -> SdkConfig {
    let nobody = Credentials::new("local", "local", None, None, "emulator");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .http_client(https())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts())
        .build()
}

fn https() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build()
}
