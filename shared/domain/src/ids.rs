//! Names of things. Each kind is its own type, checked where it enters, so that an order number is never taken for a SKU.

use crate::Invalid;

fn visible(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.len() <= longest && text.trim() == text && !text.chars().any(char::is_control)
}

fn slug(text: &str, longest: usize) -> bool {
    visible(text, longest)
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident, $field:literal, $check:expr, $expected:literal $(, as $written:expr)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and takes the text.
            pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
                let text: String = text.into();
                let check: fn(&str) -> bool = $check;
                if !check(&text) {
                    return Err(Invalid::new($field, &text, $expected));
                }
                $(let text = $written(&text);)?
                Ok(Self(text))
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_ids! {
    /// A kind of sales channel. Not an enum: a new channel must not touch this crate.
    ChannelId, "channel", |t| slug(t, 24) && !t.contains('-'), "1 to 24 small letters and digits";
    /// One merchant account on one channel, named by the merchant: `webshop-nl`.
    ConnectionId, "connection", |t| slug(t, 40), "1 to 40 small letters, digits and dashes, not starting with a dash";
    /// A location of the merchant's where stock lies: `main`, `antwerp`.
    LocationId, "location", |t| slug(t, 40), "1 to 40 small letters, digits and dashes, not starting with a dash";
    /// Under which a person signs in, or a machine token is known; capital letters are written small. It may be an e-mail address.
    UserName, "name", |t| !t.is_empty() && t.len() <= 80 && t.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+@".contains(&b)),
        "1 to 80 letters, digits, dots, dashes, underscores, plus and at signs", as str::to_ascii_lowercase;
    /// The merchant's own product code. Every variant has its own.
    Sku, "SKU", |t| visible(t, 64), "1 to 64 characters without control characters or outer spaces";
    /// A channel's id of one listing (offer, variant, product or variation).
    OfferId, "offer", |t| visible(t, 128), "1 to 128 characters without control characters or outer spaces";
    /// The id by which a channel's API names an order.
    OrderNumber, "order number", |t| visible(t, 64), "1 to 64 characters without control characters or outer spaces";
    /// A carrier of shipments in the merchant's word: `postnl`, `dhl`, `bpost`. Each connector knows its channel's code for it.
    // `PostNL` is the same word.
    CarrierId, "carrier", |t| slug(&t.to_ascii_lowercase(), 40), "1 to 40 letters, digits and dashes, not starting with a dash, such as postnl or dhl",
        as str::to_ascii_lowercase;
    /// A channel's id of a return.
    ReturnId, "return", |t| visible(t, 128), "1 to 128 characters without control characters or outer spaces";
    /// The id by which a channel names one line of an order.
    OrderLineId, "order line", |t| visible(t, 64), "1 to 64 characters without control characters or outer spaces";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_a_slug() {
        assert!(ConnectionId::new("webshop-nl").is_ok());
        for wrong in ["", "-a", "Webshop", "a b", "a#b", &"x".repeat(41)] {
            assert_eq!(ConnectionId::new(wrong).unwrap_err().field, "connection", "{wrong}");
        }
    }

    #[test]
    fn a_carrier_is_one_word_however_it_is_written() {
        for written in ["PostNL", "POSTNL", "postnl"] {
            assert_eq!(CarrierId::new(written).unwrap().as_str(), "postnl");
            assert_eq!(serde_json::from_str::<CarrierId>(&format!("\"{written}\"")).unwrap().as_str(), "postnl");
        }
        assert!(CarrierId::new("DHL Express").unwrap_err().to_string().contains("such as postnl"));
        assert!(ConnectionId::new("Webshop").is_err(), "a name of the merchant's is as they wrote it");
    }

    #[test]
    fn a_wrong_id_is_refused_when_decoded_too() {
        assert!(serde_json::from_str::<Sku>("\" W-1\"").is_err());
        assert_eq!(serde_json::from_str::<Sku>("\"W-1\"").unwrap().as_str(), "W-1");
    }
}
