//! The table: a DynamoDB engine on a SQLite file, spoken to through the adapter that speaks to the real one.

use aws::DynamoTable;
use ports::{Error, ErrorKind, Result};
use std::path::Path;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The table's name inside the engine.
const NAME: &str = "sluis";

/// The engine, ready.
pub struct LocalTable {
    /// The way to the table.
    pub table: DynamoTable,
    /// Where it is served, for tools that speak DynamoDB.
    pub endpoint: String,
}

/// Opens or makes the file and serves it on a port of the loopback address.
pub async fn open(file: &Path, tasks: &mut crate::tasks::Tasks) -> Result<LocalTable> {
    let database = dynoxide::Database::new(&file.to_string_lossy())
        .map_err(|error| wrong(&format!("the table {} cannot be opened", file.display())).with_detail(error.to_string()))?;
    let listener =
        TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| wrong("no port is free").with_detail(error.to_string()))?;
    let address = listener.local_addr().map_err(|error| wrong("no port is free").with_detail(error.to_string()))?;
    tasks.start(serve(listener, database, tasks.stop()));
    let endpoint = format!("http://{address}");
    let cloud = aws::connect::emulator(&endpoint);
    aws::table::create(&cloud, NAME).await?;
    Ok(LocalTable { table: DynamoTable::new(&cloud, NAME), endpoint })
}

/// The table of a stack that another process runs.
pub fn at(endpoint: &str) -> DynamoTable {
    DynamoTable::new(&aws::connect::emulator(endpoint), NAME)
}

async fn serve(listener: TcpListener, database: dynoxide::Database, mut stop: watch::Receiver<bool>) {
    let stopped = async move { while !*stop.borrow() && stop.changed().await.is_ok() {} };
    if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, stopped).await {
        tracing::error!(error, "the table's engine stopped");
    }
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Unavailable, "table", message)
}
