//! Tokens that nobody can guess, and what is kept of them.

use crate::web::sha256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ports::{Error, ErrorKind, Result};
use ring::rand::{SecureRandom as _, SystemRandom};

/// 256 bits of the machine's randomness, as 43 characters. Without randomness there is none: a token that can be guessed is worse.
pub fn fresh() -> Result<String> {
    let mut bytes = [0_u8; 32];
    let drawn = SystemRandom::new().fill(&mut bytes);
    drawn.map_err(|_| Error::new(ErrorKind::Unavailable, "token", "this machine has no randomness at the moment; try again"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a token. It has 256 bits of its own, so there is nothing to guess by trying, and no salt to want.
pub(super) fn hash(token: &str) -> String {
    sha256(token.as_bytes())
}

/// Whether two secrets are the same, without telling by how long it takes how much of them is: hashes are compared, of which nobody can
/// choose one by its beginning.
pub fn is_same(one: &str, other: &str) -> bool {
    hash(one) == hash(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (fresh().unwrap(), fresh().unwrap());
        assert_ne!(one, other);
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).unwrap().len(), 32);
        assert!(is_same(&one, &one) && !is_same(&one, &other) && !is_same(&one, ""));
        assert!(!hash(&one).contains(&one));
    }
}
