//! The same document for machines: EN 16931, inside the PDF as CII (Factur-X), and as UBL for Peppol and NLCIUS.

mod dutch_rules;
mod hybrid;
mod model;
mod parties;
mod peppol;
mod ubl;

pub use peppol::PeppolId;
pub use ubl::{Ubl, ubl};

pub(crate) use hybrid::{attach, proven};

use crate::DocumentError;
use en16931::ValidationReport;

/// What a report found that makes a document invalid, a line for each.
fn broken(report: &ValidationReport) -> Vec<String> {
    report.fatal().map(|finding| format!("{} at {}: {}", finding.rule, finding.path, finding.message)).collect()
}

fn refused(standard: &'static str, broken: Vec<String>) -> DocumentError {
    DocumentError::Rules { standard, broken }
}
