//! What a look at the credentials showed.

/// Credentials that were accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Verified {
    /// Whose account they are of, in the system's own words: a shop's address, a seller's name. `None`: it does not tell.
    pub account: Option<String>,
    /// Rights that Sluis needs and that they lack, by the system's own names. Empty: none is lacking, as far as the system tells.
    pub missing_rights: Vec<String>,
}
