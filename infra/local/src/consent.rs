//! Where the accounting system is simulated there is nobody to say yes: the stack opens the page itself, and brings back what it is sent to.

use bytes::Bytes;
use config::Books;
use engine::{Cache, Ports, authorize, consent_address};
use http::header;
use ports::{Error, ErrorKind, Request, Result};

/// Lets Sluis into the invented merchant's books.
pub(crate) async fn given_by_itself(world: &Ports, books: &Books) -> Result<()> {
    let (lookup, id) = (Cache::default(), &books.settings.connection);
    let broken = |what: &str| Error::new(ErrorKind::Bug, "consent", format!("the simulated accounting system {what}"));
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = consent_address(world, &lookup, id).await?.parse().map_err(|_| broken("has no address"))?;
    let answer = world.http.send(request).await?;
    let there = answer.headers().get(header::LOCATION).and_then(|there| there.to_str().ok());
    authorize(world, &lookup, id, there.ok_or_else(|| broken("sends nobody anywhere"))?).await
}
