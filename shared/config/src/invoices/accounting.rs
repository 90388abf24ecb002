//! `[invoices.accounting]`: where documents are booked, and by which codes.

use super::super::address;
use super::super::connection::{Told, sources, texts};
use super::super::credentials::CredentialSource;
use super::super::section::{Section, Source};
use super::{said, vat_country};
use domain::{ChannelId, ConnectionId, Country, plain_decimal};
use engine::rows::{AccountingSettings, CollectiveDebtor, Declared, MappedVatCode};
use ports::{Connector, Connectors as _, Reach};
use std::collections::BTreeMap;
use std::path::Path;

/// The accounting system, as configured.
#[derive(Debug, Clone)]
pub struct Books {
    /// What the table keeps. Of one that is simulated inside the process the address is empty until it is known.
    pub settings: AccountingSettings,
    /// Where its credentials are.
    pub credentials: BTreeMap<String, CredentialSource>,
    /// Whether it is played by a simulator.
    pub simulated: bool,
}

/// Reads it, if `[invoices]` has one.
pub(in super::super) fn read(invoices: &Section<'_, '_>, source: &Source<'_>, folder: &Path) -> Option<Books> {
    let section = invoices.inner("accounting")?;
    let systems = connectors::Registry.back_office();
    let systems: Vec<&dyn Connector> = systems.into_iter().filter(|one| one.accounting().is_some()).collect();
    let id: Option<ConnectionId> = section.must("id", "books");
    let name: Option<ChannelId> = section.must("system", systems.first().map_or("name", |one| one.descriptor().id));
    let system = name.as_ref().and_then(|name| systems.iter().find(|one| one.descriptor().id == name.as_str()));
    if let (Some(name), None) = (&name, system) {
        let names: Vec<_> = systems.iter().map(|one| one.descriptor().id).collect();
        section.wrong("system", format!("is wrong: this build knows no `{name}`; known are {}", names.join(", ")));
    }
    let simulated = section.flag("simulated");
    let base_url = if simulated { None } else { base_url(&section) };
    let settings = section.inner("settings").map(|inner| texts(&inner, source)).unwrap_or_default();
    let credentials = section.inner("credentials").map(|inner| sources(&inner, source, folder)).unwrap_or_default();
    let mut told = Told { id: id.as_ref(), simulated, settings, credentials };
    if let Some(system) = system {
        told.needs(&section, system.descriptor(), None);
        told.check(&section, *system, base_url.as_deref());
    }
    let Told { settings, credentials, .. } = told;
    let sales_journal = section.must_be("sales_journal", "70", said);
    let credit_journal = section.may_be("credit_journal", said).or_else(|| sales_journal.clone());
    let ledger = section.must_be("ledger", "8000", said);
    let charges_ledger = section.may_be("charges_ledger", said);
    let debtor = section.must_be("debtor", "1", said);
    let debtors = section.tables("collective_debtor").iter().filter_map(collective_debtor).collect();
    let vat_codes: Vec<MappedVatCode> = section.tables("vat_code").iter().filter_map(vat_code).collect();
    for (at, one) in vat_codes.iter().enumerate() {
        let same = |other: &&MappedVatCode| (other.country, other.rate, other.declared) == (one.country, one.rate, one.declared);
        if vat_codes.iter().skip(at + 1).any(|other| same(&other)) {
            let what =
                format!("has two codes for {} % of {}, declared as `{}`", one.rate, one.country.code(), one.declared.name());
            section.wrong("vat_code", what);
        }
    }
    if !section.is_given("vat_code") {
        section
            .wrong("vat_code", "is missing: each rate that is charged has its code in a block [[invoices.accounting.vat_code]]");
    }
    section.finish();
    let settings = AccountingSettings {
        connection: id?,
        system: name?,
        base_url: if simulated { String::new() } else { base_url? },
        settings,
        sales_journal: sales_journal?,
        credit_journal: credit_journal?,
        ledger: ledger?,
        charges_ledger,
        debtor: debtor?,
        debtors,
        vat_codes,
    };
    Some(Books { settings, credentials, simulated })
}

fn base_url(section: &Section<'_, '_>) -> Option<String> {
    let url: url::Url = section.must("base_url", "https://accounting.example.test")?;
    let advice = "give the address by which everybody reaches it; simulated = true plays one on this machine";
    address::check(section, "base_url", &url, Reach::PublicInternet, ("nobody here", advice));
    Some(url.as_str().trim_end_matches('/').to_owned())
}

fn collective_debtor(section: &Section<'_, '_>) -> Option<CollectiveDebtor> {
    let connection: Option<ConnectionId> = section.may("connection");
    let country: Option<Country> = section.may("country");
    let code = section.must_be("code", "1001", said);
    section.finish();
    Some(CollectiveDebtor { connection, country, code: code? })
}

fn vat_code(section: &Section<'_, '_>) -> Option<MappedVatCode> {
    let country = section.must_be("country", "NL", vat_country);
    let percent = |text: &str| plain_decimal(text).ok_or("expected percent in quotes, such as \"21\" or \"5.5\"");
    let rate = section.must_be("rate", "21", percent);
    let declared = section.one_of("declared", &Declared::ALL).unwrap_or(Declared::Local);
    let code = section.must_be("code", "2", said);
    let ledger = section.may_be("ledger", said);
    section.finish();
    Some(MappedVatCode { country: country?, rate: rate?.normalize(), declared, code: code?, ledger })
}
