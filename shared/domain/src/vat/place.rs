//! Where goods are, as VAT sees it: the country code of an address does not tell, only together with its postcode.

use super::territory::{Part, digits_that_matter, part_of, shares_postcode};
use super::{Region, Stop, Territory, VatCountry};
use crate::Country;

/// Where goods leave or arrive. Of a shipment to a pick-up point, the point; never the address of the invoice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The country of the address.
    pub country: Country,
    /// Its postcode, as written.
    pub postcode: Option<String>,
    /// Its town, as written. Only looked at where two places share a postcode.
    pub town: Option<String>,
}

/// A place on the map of VAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// In the EU's VAT.
    Inside {
        /// Whose.
        country: VatCountry,
        /// The part of it with rates of its own.
        region: Option<Region>,
    },
    /// Outside.
    Outside {
        /// The country of the address.
        country: Country,
        /// The territory, where the country is a member state.
        territory: Option<Territory>,
    },
}

/// The longest postcode that is repeated to people.
const SHOWN: usize = 16;

impl Zone {
    /// Where goods are delivered. Stops where only a postcode could tell and there is none that can be read.
    pub fn of(place: &Place) -> Result<Self, Stop> {
        Self::find(place)
    }

    /// Where goods are kept, in the merchant's own or a marketplace's warehouse. Without a postcode it is the mainland: whoever keeps stock on an
    /// island says so.
    pub fn of_stock(place: &Place) -> Result<Self, Stop> {
        match Self::find(place) {
            Err(Stop::PostcodeMissing { country } | Stop::TownMissing { country, .. }) => Ok(match member(&country) {
                Some(state) => Self::Inside { country: state, region: None },
                None => Self::Outside { country, territory: None },
            }),
            found => found,
        }
    }

    fn find(place: &Place) -> Result<Self, Stop> {
        let country = &place.country;
        let written = place.postcode.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if matches!(country.as_str(), "GB" | "UK") {
            return united_kingdom(country, written);
        }
        let Some(state) = member(country) else {
            return Ok(Self::Outside { country: country.clone(), territory: None });
        };
        // Monaco has no postcodes but its own, all 980: nothing to tell apart.
        let Some(length) = digits_that_matter(state).filter(|_| country.as_str() != "MC") else {
            return Ok(Self::Inside { country: state, region: None });
        };
        let Some(written) = written else {
            return Err(Stop::PostcodeMissing { country: country.clone() });
        };
        let Some(digits) = digits(written, country, state, length) else {
            return Err(unreadable(country, written));
        };
        if let Some((name, territory)) = shares_postcode(state, &digits) {
            let Some(town) = place.town.as_deref().filter(|town| !town.trim().is_empty()) else {
                return Err(Stop::TownMissing { country: country.clone(), postcode: digits });
            };
            if town.to_lowercase().contains(name) {
                return Ok(Self::Outside { country: country.clone(), territory: Some(territory) });
            }
        }
        Ok(match part_of(state, &digits) {
            Part::Usual => Self::Inside { country: state, region: None },
            Part::Region(region) => Self::Inside { country: state, region: Some(region) },
            Part::Outside(territory) => Self::Outside { country: country.clone(), territory: Some(territory) },
        })
    }
}

/// The member state of an address, before its postcode is looked at. Monaco is part of the French VAT (Directive art. 7(1)); `EL` and `XI` are
/// prefixes of VAT numbers that shops also write into addresses.
fn member(country: &Country) -> Option<VatCountry> {
    match country.as_str() {
        "MC" => Some(VatCountry::Fr),
        code => VatCountry::from_code(code),
    }
}

/// Northern Ireland has the postcode area BT; everything else is outside, the Isle of Man (`IM`, postcode area IM) as well.
fn united_kingdom(country: &Country, written: Option<&str>) -> Result<Zone, Stop> {
    let Some(written) = written else {
        return Err(Stop::PostcodeMissing { country: country.clone() });
    };
    let code: String = written.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_ascii_uppercase();
    let area: String = code.chars().take_while(char::is_ascii_alphabetic).collect();
    let has_district = code.get(area.len()..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if !matches!(area.len(), 1 | 2) || !has_district || !code.is_ascii() {
        return Err(unreadable(country, written));
    }
    Ok(if area == "BT" {
        Zone::Inside { country: VatCountry::Xi, region: None }
    } else {
        Zone::Outside { country: country.clone(), territory: None }
    })
}

/// The digits of a postcode, without the country's letters that some write before it (`FR-97400`, `F-97400`), or nothing if it is none.
fn digits(written: &str, country: &Country, state: VatCountry, length: usize) -> Option<String> {
    let code: String = written.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_ascii_uppercase();
    let letters: String = code.chars().take_while(char::is_ascii_alphabetic).collect();
    let of_road = match state {
        VatCountry::Es => "E",
        VatCountry::It => "I",
        VatCountry::De => "D",
        VatCountry::Fr => "F",
        VatCountry::Pt => "P",
        VatCountry::At => "A",
        VatCountry::Fi => "FIN",
        _ => "",
    };
    let known = ["", country.as_str(), state.prefix(), of_road, if state == VatCountry::Fi { "AX" } else { "" }];
    let digits = code.get(letters.len()..)?;
    let is_whole = digits.len() == length || (state == VatCountry::Pt && digits.len() == 4);
    (known.contains(&letters.as_str()) && is_whole && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

fn unreadable(country: &Country, written: &str) -> Stop {
    Stop::PostcodeUnreadable { country: country.clone(), postcode: written.chars().take(SHOWN).collect() }
}
