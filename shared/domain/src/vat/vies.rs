//! What VIES answers, and when it is asked again where it does not.
//!
//! VIES asks the register of the state that gave the number, and these are down for hours. An answer is one of three, and the third is no sort of "invalid".

use jiff::SignedDuration;

/// What came of asking for a number.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "said")]
pub enum ViesAnswer {
    /// The number is valid.
    Valid {
        /// The consultation number. VIES gives one to whoever asks under a VAT number of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consultation: Option<String>,
    },
    /// There is no such number.
    Invalid {
        /// The consultation number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consultation: Option<String>,
    },
    /// Nobody knows.
    Unknown {
        /// Why not.
        why: WhyUnknown,
    },
}

/// Why nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnknown {
    /// VIES itself did not answer, or with what cannot be understood.
    NoAnswer,
    /// VIES has too many questions at once, from anybody.
    Busy,
    /// It answers no more questions from our address, or under the seller's number.
    Blocked,
    /// The register of the state that gave the number did not answer.
    StateDown,
    /// That register has too many questions at once.
    StateBusy,
    /// VIES does not take the seller's own number, under which it was asked.
    SellerRefused,
    /// VIES does not take the number as one to ask for.
    NumberRefused,
}

/// What else a silence is about: nothing more is asked there for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// All numbers.
    OfVies,
    /// All numbers of the state.
    OfState,
    /// All that the seller asks for under this number.
    OfSeller,
    /// The number alone.
    OfNumber,
}

/// How long it is left alone after the first silence, and after each that follows on it; the last, from then on.
const STEPS: [SignedDuration; 4] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(5), SignedDuration::from_mins(30), SignedDuration::from_hours(2)];

impl WhyUnknown {
    /// What else it is about.
    pub fn silence(self) -> Silence {
        match self {
            Self::NoAnswer | Self::Busy | Self::Blocked => Silence::OfVies,
            Self::StateDown | Self::StateBusy => Silence::OfState,
            Self::SellerRefused => Silence::OfSeller,
            Self::NumberRefused => Silence::OfNumber,
        }
    }

    /// How long after so many silences in a row, this one with them, it is asked again. What does not pass by itself is asked seldom at once.
    pub fn ask_again_after(self, in_vain: u32) -> SignedDuration {
        let [.., last] = STEPS;
        match self {
            Self::Blocked | Self::SellerRefused | Self::NumberRefused => last,
            Self::NoAnswer | Self::Busy | Self::StateDown | Self::StateBusy => {
                let step = usize::try_from(in_vain.saturating_sub(1)).unwrap_or(usize::MAX);
                STEPS.get(step).copied().unwrap_or(last)
            }
        }
    }

    /// Whether a merchant who does not want to wait has waited long enough after so many silences in a row: two hours and a half. What is wrong
    /// with the seller's own number is for the seller to mend, and for no buyer to pay.
    pub fn is_waited_for(self, in_vain: u32) -> bool {
        self != Self::SellerRefused && usize::try_from(in_vain).unwrap_or(usize::MAX) > STEPS.len()
    }
}

impl std::fmt::Display for WhyUnknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoAnswer => "VIES gave no answer",
            Self::Busy => "VIES has too many questions at once",
            Self::Blocked => "VIES answers no more questions from here for now",
            Self::StateDown => "the register of the state that gave the number does not answer",
            Self::StateBusy => "the register of the state that gave the number has too many questions at once",
            Self::SellerRefused => "VIES does not take the seller's own VAT number: look at `vat_numbers` of the legal entity",
            Self::NumberRefused => "VIES takes it for no VAT number: have the buyer correct it",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_ever_more_seldom_and_what_does_not_pass_seldom_at_once() {
        let minutes = |why: WhyUnknown| [1, 2, 3, 4, 5, 40].map(|in_vain| why.ask_again_after(in_vain).as_mins());
        assert_eq!(minutes(WhyUnknown::StateDown), [1, 5, 30, 120, 120, 120]);
        assert_eq!(minutes(WhyUnknown::Blocked), [120; 6]);
        assert_eq!(WhyUnknown::Busy.ask_again_after(0).as_mins(), 1);
    }

    #[test]
    fn whoever_does_not_want_to_wait_waits_for_every_step_and_for_ever_where_the_seller_is_refused() {
        let first = (0..20).find(|in_vain| WhyUnknown::NoAnswer.is_waited_for(*in_vain));
        assert_eq!(first, Some(5), "after 1, 5, 30 and 120 minutes");
        assert!((0..20).all(|in_vain| !WhyUnknown::SellerRefused.is_waited_for(in_vain)));
    }
}
