//! What the engine must not guess about a connected system.

/// What the engine must not guess about it.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// Its name, as in routes and configuration.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Names of the credentials a connection needs; the first words of `sluis check`'s complaint when one is missing.
    pub credentials: &'static [&'static str],
    /// Names of credentials that may be given besides.
    pub further_credentials: &'static [&'static str],
    /// Of all these, those that deliveries are signed with. On AWS they are kept apart, and whoever takes deliveries reads no others.
    pub signs_with: &'static [&'static str],
    /// Names of further settings of a connection and whether they must be given.
    pub settings: &'static [(&'static str, bool)],
    /// Most writes per second on one connection, where the channel tells none by header. Nothing counts up to it: the engine holds
    /// back when the channel asks for it (`Connector::pause`). Here for whoever builds a job that writes in bulk.
    pub calls_per_second: u32,
}
