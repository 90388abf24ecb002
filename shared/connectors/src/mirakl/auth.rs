//! The key goes as it is: no scheme and no word before it.

use http::HeaderValue;
use ports::{Account, Error, ErrorKind, Result};

/// The value of `Authorization`.
pub(super) fn header(account: &Account) -> Result<HeaderValue> {
    let key = account.credential("api_key")?;
    let mut value = HeaderValue::from_str(key.expose().trim()).map_err(|_| {
        Error::new(ErrorKind::Configuration, "mirakl.auth", "`api_key` holds characters that no key has; copy it once more")
    })?;
    value.set_sensitive(true);
    Ok(value)
}
