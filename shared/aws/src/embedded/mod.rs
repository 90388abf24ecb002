//! A DynamoDB engine on a SQLite file, called in this process.
//!
//! Nothing listens. An engine behind a port could be asked by every program on the machine, and by every page in a browser there.
//!
//! Writes go the way they go on AWS: what the SDK would put on the wire is handed over as a function call. Reads, of which a page of the API
//! makes hundreds, are asked for directly and side by side (`reads.rs`).

mod reads;
mod table;

pub use table::EmbeddedTable;

use self::reads::Readers;
use crate::failure::{SERVER, THIS_MACHINE, trouble_with_a_file};
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use http::StatusCode;
use ports::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;

const TARGET: &str = "x-amz-target";
const OPERATIONS: &str = "DynamoDB_20120810.";

/// The engine.
pub struct Embedded {
    cloud: SdkConfig,
    readers: Arc<Readers>,
}

/// Threads that read a file: enough that one long list does not stop what needs a row.
const READERS: usize = 2;

/// The engine on a file, which is made if it is not there.
///
/// A second engine may read the same file meanwhile, in this process or another: it sees what is committed.
pub fn on_file(file: &Path) -> Result<Embedded> {
    let open = || {
        Database::new(&file.to_string_lossy()).map_err(|error| {
            let text = error.to_string();
            let message = format!("the table {} cannot be opened: {}", file.display(), trouble_with_a_file(&text));
            Error::new(ErrorKind::Configuration, "table", message).with_detail(text)
        })
    };
    let cloud = cloud(open()?);
    let databases = (0..READERS).map(|_| open()).collect::<Result<Vec<_>>>()?;
    Ok(Embedded { cloud, readers: Arc::new(Readers::start(databases)?) })
}

/// The engine in memory.
pub fn in_memory() -> Result<Embedded> {
    let wrong = |error: DynoxideError| Error::new(ErrorKind::Bug, "table", "no table can be had").with_detail(error.to_string());
    let database = Database::memory().map_err(wrong)?;
    Ok(Embedded { cloud: cloud(database.clone()), readers: Arc::new(Readers::start(vec![database])?) })
}

impl Embedded {
    /// Given in place of an account.
    pub fn cloud(&self) -> &SdkConfig {
        &self.cloud
    }

    /// The table of this name, which is made if it is not there.
    pub async fn table(&self, name: &str) -> Result<EmbeddedTable> {
        crate::table::create(&self.cloud, name).await?;
        Ok(self.existing_table(name))
    }

    /// The table of this name, made by somebody else.
    pub fn existing_table(&self, name: &str) -> EmbeddedTable {
        EmbeddedTable::new(&self.cloud, Arc::clone(&self.readers), name)
    }
}

/// No timeouts: a call that was begun is done, and one that waits for its turn has not begun.
fn cloud(database: Database) -> SdkConfig {
    let nobody = Credentials::new("local", "local", None, None, "embedded");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        // A name that leads nowhere, and is never looked up.
        .endpoint_url("http://embedded.invalid")
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .http_client(client(database))
        .retry_config(RetryConfig::disabled())
        // A call that waits for its turn moves no byte, and is not stalled.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}

fn client(database: Database) -> SharedHttpClient {
    let engine = SharedHttpConnector::new(Engine { database: Arc::new(database), turn: Arc::new(Semaphore::new(1)) });
    http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| engine.clone())
}

/// The engine does one call at a time. Callers wait in the order in which they came, and without holding a thread.
struct Engine {
    database: Arc<Database>,
    turn: Arc<Semaphore>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl HttpConnector for Engine {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (database, turn) = (Arc::clone(&self.database), Arc::clone(&self.turn));
        HttpConnectorFuture::new(async move {
            let operation = request.headers().get(TARGET).and_then(|target| target.strip_prefix(OPERATIONS)).map(str::to_owned);
            let body = request.into_body();
            let turn = turn.acquire_owned().await.map_err(|closed| ConnectorError::other(closed.into(), None))?;
            let done = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                run(&database, &operation.unwrap_or_default(), body.bytes().unwrap_or_default())
            });
            done.await.map(answer).map_err(|died| ConnectorError::other(died.into(), None))
        })
    }
}

type Answer = std::result::Result<String, DynoxideError>;

fn run(database: &Database, operation: &str, body: &[u8]) -> Answer {
    match operation {
        "CreateTable" => with(body, |asked| database.create_table(asked)),
        "DescribeTable" => with(body, |asked| database.describe_table(asked)),
        "GetItem" => with(body, |asked| database.get_item(asked)),
        "Query" => with(body, |asked| database.query(asked)),
        "PutItem" => with(body, |asked| database.put_item(asked)),
        "UpdateItem" => with(body, |asked| database.update_item(asked)),
        "DeleteItem" => with(body, |asked| database.delete_item(asked)),
        "TransactWriteItems" => with(body, |asked| database.transact_write_items(asked)),
        other => Err(DynoxideError::ValidationException(format!("the embedded table is never asked for {other}"))),
    }
}

fn with<Asked, Told>(body: &[u8], call: impl FnOnce(Asked) -> dynoxide::Result<Told>) -> Answer
where
    Asked: serde::de::DeserializeOwned,
    Told: serde::Serialize,
{
    // What the SDK wrote is well formed; what the engine cannot read of it is a mistake of this adapter's.
    let asked = serde_json::from_slice(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    serde_json::to_string(&call(asked)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

fn answer(answer: Answer) -> HttpResponse {
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(error) => (error.status_code(), error.to_json()),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into();
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response.headers_mut().insert(SERVER, THIS_MACHINE);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_cuts_off_a_call_that_waits_for_its_turn() {
        let engine = in_memory().unwrap();
        let stalled = engine.cloud().stalled_stream_protection().unwrap();
        assert!(!stalled.upload_enabled() && !stalled.download_enabled(), "{stalled:?}");
        let timeouts = engine.cloud().timeout_config();
        assert!(timeouts.is_none_or(|t| t.operation_timeout().is_none() && t.operation_attempt_timeout().is_none()));
    }
}
