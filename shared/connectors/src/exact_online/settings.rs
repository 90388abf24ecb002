//! What the merchant says about a company in Exact Online.

use ports::{Account, Error, ErrorKind, Result};

/// The number of the company: pinned, for the one that a user looks at changes with every click there.
pub(super) const DIVISION: &str = "division";
/// Where Exact Online sends a person who gave their consent, as it is registered with the app.
pub(super) const REDIRECT_URI: &str = "redirect_uri";

/// The number of the company.
pub(super) fn division(account: &Account) -> Result<&str> {
    let division = account.setting(DIVISION)?;
    if !division.is_empty() && division.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(division);
    }
    let message =
        format!("{DIVISION}: got `{division}`, expected the number of the company, which stands in the address of its pages");
    Err(Error::new(ErrorKind::Configuration, "setting", message))
}

/// Where a person is sent after the consent.
pub(super) fn redirect_uri(account: &Account) -> Result<&str> {
    let address = account.setting(REDIRECT_URI)?;
    if address.starts_with("https://") {
        return Ok(address);
    }
    let message = format!(
        "{REDIRECT_URI}: got `{address}`, expected an address that starts with https://, as it is registered with the app"
    );
    Err(Error::new(ErrorKind::Configuration, "setting", message))
}
