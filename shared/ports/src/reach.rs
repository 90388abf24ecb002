//! Where calls to channels may go.

use crate::public_address::is_public;
use std::net::IpAddr;
use url::{Host, Url};

/// Where calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// `https` to public addresses.
    PublicInternet,
    /// Also this machine's loopback, over `http`: for the channels' simulators of the local stack.
    AndLoopback,
}

impl Reach {
    /// Whether an address may be called.
    pub fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::AndLoopback && address.to_canonical().is_loopback())
    }

    /// Why an address must not be called, as far as it tells by itself: what a name stands for is checked when it is looked up.
    pub fn refuses(self, url: &Url) -> Option<&'static str> {
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            Some(Host::Domain(_)) => None,
            None => return Some("names no host"),
        };
        let loopback = match url.host() {
            Some(Host::Domain(name)) => is_local_name(name),
            _ => literal.is_some_and(|address| address.to_canonical().is_loopback()),
        };
        let inside = match url.host() {
            // By convention of those who run such networks, these lead to no public address.
            Some(Host::Domain(name)) => {
                let zone = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
                matches!(zone, "internal" | "local") || (loopback && self == Self::PublicInternet)
            }
            _ => literal.is_some_and(|address| !self.allows(address)),
        };
        let scheme_fits = url.scheme() == "https" || (url.scheme() == "http" && loopback && self == Self::AndLoopback);
        if !url.username().is_empty() || url.password().is_some() {
            // It would stand in every log and error that names the address.
            return Some("holds a user name or a password");
        }
        if inside {
            return Some("is not on the public internet");
        }
        (!scheme_fits).then_some("does not begin with https://")
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}
