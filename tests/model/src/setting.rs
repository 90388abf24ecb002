//! How a channel's counter can be set.

/// What "set it to 7" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Whatever it shows.
    Absolute,
    /// If it still shows what it showed when it was looked at.
    Compared,
}

/// Whether a call is carried out that was made when the channel showed `looked`.
pub(crate) fn compared(setting: Setting, looked: i8, counter: i8) -> bool {
    setting == Setting::Absolute || looked == counter
}
