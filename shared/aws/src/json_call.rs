//! A call in JSON to an AWS service of which Sluis needs no more than one call: with the SDK's own connections, signature, retries and
//! timeouts, but without the client that is generated for the service. That of SSM alone took a fifth of a build from nothing.

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError, SensitiveOutput};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

/// Where a call goes and what it is called there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Action {
    /// The service in addresses and signatures, such as `ssm`.
    pub(crate) service: &'static str,
    /// The header `X-Amz-Target`, such as `AmazonSSM.GetParametersByPath`.
    pub(crate) target: &'static str,
}

/// One call, ready to be made any number of times.
pub(crate) struct JsonCall<I, O> {
    operation: Operation<I, O, ErrorMetadata>,
}

impl<I, O> JsonCall<I, O>
where
    I: Serialize + fmt::Debug + Send + Sync + 'static,
    O: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
{
    /// The call in the surroundings of `cloud`. It must be one that does no harm when it is made twice: it is tried again as `cloud` says.
    pub(crate) fn new(cloud: &SdkConfig, action: Action) -> Self {
        let mut call = Operation::builder()
            .service_name(action.service)
            .operation_name(action.target)
            .endpoint_url(&endpoint(cloud, action.service))
            .standard_retry(cloud.retry_config().unwrap_or(&RetryConfig::standard()))
            .timeout_config(cloud.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .interceptor(ServiceClockSkewInterceptor::new())
            .with_connection_poisoning()
            .runtime_plugin(signed(cloud, action.service));
        if let Some(client) = cloud.http_client() {
            call = call.http_client(client);
        }
        if let Some(version) = cloud.behavior_version() {
            call = call.behavior_version(version);
        }
        let operation = call.serializer(move |input: I| asked(action, &input)).deserializer(answered::<O>).build();
        Self { operation }
    }

    /// Makes the call.
    pub(crate) async fn send(&self, input: I) -> Result<O, SdkError<ErrorMetadata, HttpResponse>> {
        self.operation.invoke(input).await
    }
}

/// Where the service is: what the surroundings say, as for every other service, or its public address in the region.
pub(crate) fn endpoint(cloud: &SdkConfig, service: &str) -> String {
    if let Some(url) = cloud.endpoint_url() {
        return url.to_owned();
    }
    let region = cloud.region().map_or("", Region::as_ref);
    let suffix = match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        Some("eusc") => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    format!("https://{service}.{region}.{suffix}")
}

/// Signature version 4 with the credentials of the surroundings. Answers may hold secrets: they are in no log, whatever its level.
pub(crate) fn signed(cloud: &SdkConfig, service: &'static str) -> StaticRuntimePlugin {
    let mut layer = Layer::new("signature");
    layer.store_put(SigningName::from_static(service));
    let mut how = SigV4OperationSigningConfig::default();
    // S3 alone wants the digest of the body as a header, and paths encoded once.
    how.signing_options.content_sha256_header = service == "s3";
    how.signing_options.double_uri_encode = service != "s3";
    layer.store_put(how);
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SensitiveOutput);
    if let Some(region) = cloud.region() {
        layer.store_put(SigningRegion::from(region.clone()));
    }
    let mut components = RuntimeComponentsBuilder::new("signature");
    components.push_auth_scheme(SigV4AuthScheme::new());
    components.set_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])));
    components.set_identity_cache(Some(cloud.identity_cache().unwrap_or_else(|| IdentityCache::lazy().build())));
    if let Some(credentials) = cloud.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
    }
    StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
}

fn asked<I: Serialize>(action: Action, input: &I) -> Result<HttpRequest, BoxError> {
    let body = serde_json::to_vec(input)?;
    let request = http::Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", action.target)
        .body(SdkBody::from(body))?;
    Ok(HttpRequest::try_from(request)?)
}

fn answered<O: DeserializeOwned>(response: &HttpResponse) -> Result<O, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        // Without serde's words: they may quote what could not be read, and that may be a secret.
        return serde_json::from_slice(body)
            .map_err(|_| OrchestratorError::other("the answer is not what the service documents"));
    }
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |names: [&str; 2]| names.iter().find_map(|name| told.get(*name)?.as_str()).map(str::to_owned);
    let mut error = ErrorMetadata::builder();
    if let Some(code) = text(["__type", "code"]) {
        // Some services put a namespace before the code.
        error = error.code(code.rsplit('#').next().unwrap_or(&code));
    }
    if let Some(message) = text(["message", "Message"]) {
        error = error.message(message);
    }
    Err(OrchestratorError::operation(error.build()))
}

#[cfg(test)]
#[path = "json_call_tests.rs"]
mod tests;
