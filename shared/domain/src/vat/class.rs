//! Classes of products that states tax at different rates.

use crate::Invalid;

/// The merchant's word for products that are taxed alike within a state: `standard`, `book`, `food`. Not `reduced`: what is reduced in one
/// state is not in the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProductClass(String);

impl ProductClass {
    /// What is taxed at the standard rate everywhere.
    pub fn standard() -> Self {
        Self("standard".to_owned())
    }

    /// 1 to 40 small letters, digits and dashes.
    pub fn new(word: &str) -> Result<Self, Invalid> {
        let is_sound = !word.is_empty()
            && word.len() <= 40
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_sound {
            Ok(Self(word.to_owned()))
        } else {
            Err(Invalid::new("product class", word, "1 to 40 small letters, digits and dashes, such as book"))
        }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is taxed at the standard rate.
    pub fn is_standard(&self) -> bool {
        self.0 == "standard"
    }
}

impl TryFrom<String> for ProductClass {
    type Error = Invalid;
    fn try_from(word: String) -> Result<Self, Invalid> {
        Self::new(&word)
    }
}

impl From<ProductClass> for String {
    fn from(class: ProductClass) -> Self {
        class.0
    }
}

impl std::fmt::Display for ProductClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
