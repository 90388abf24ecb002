//! Which Shopware a shop is, read from the shop. Up to 6.5 the figure of a product fell when an order was completed; since 6.6 it falls when the order is
//! placed. A figure told to the wrong one is wrong by every open order, so an older shop is told none.

use super::{requests, wire};
use crate::wire_text;
use ports::{Call, Error, ErrorKind, Result};
use std::time::Duration;

const PATH: &str = "/api/_info/version";
/// A shop is brought up to date by somebody who waits for it.
const KEPT_FOR: Duration = Duration::from_hours(12);
/// The first version whose figures are what can be bought: 6.6.
const FIRST: (u32, u32) = (6, 6);

/// What the shop says it is, if that is one whose figures we know the meaning of.
pub(super) async fn known(call: &Call<'_>, operation: &'static str) -> Result<String> {
    let told = requests::kept(call, PATH, read(call, operation), KEPT_FOR).await?;
    match numbers(&told) {
        Some(numbers) if numbers >= FIRST => Ok(told),
        Some(_) => {
            let message =
                format!("this is Shopware {told}, whose figures hold what is ordered and not yet sent; it must be 6.6 or later");
            Err(Error::new(ErrorKind::Configuration, operation, message))
        }
        None => Err(Error::new(ErrorKind::Protocol, operation, "the shop does not say which version it is")),
    }
}

async fn read(call: &Call<'_>, operation: &'static str) -> Result<String> {
    let response = requests::get(call, operation, PATH).await?;
    let told: wire::Version = wire_text::json(operation, response.body())?;
    // Nobody keeps what is no version.
    let version = told.version.text().trim();
    match numbers(version) {
        Some(_) => Ok(super::errors::shortened(version)),
        None => Err(Error::new(ErrorKind::Protocol, operation, "the shop does not say which version it is")),
    }
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;

    #[test]
    fn only_versions_whose_figures_are_what_can_be_bought_are_known() {
        let account = account();
        let of = |version: &str| {
            let body = format!(r#"{{"version":"{version}"}}"#);
            run(known(&call(&Canned::new(&[(200, &body)]), &account), "t")).map_err(|error| error.kind)
        };
        assert_eq!(of("6.7.13.0").as_deref(), Ok("6.7.13.0"));
        assert_eq!(of("6.6.10.3").as_deref(), Ok("6.6.10.3"));
        assert_eq!(of("6.7.9999999-dev").as_deref(), Ok("6.7.9999999-dev"));
        assert_eq!(of("6.5.8.14"), Err(ErrorKind::Configuration));
        for odd in ["", "6", "trunk"] {
            assert_eq!(of(odd), Err(ErrorKind::Protocol), "{odd}");
        }
    }
}
