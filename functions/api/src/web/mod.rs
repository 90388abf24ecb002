//! What all resources share: how a request is read and documented, how it is answered, and what a problem is.

mod answer;
mod body;
mod call;
mod caller;
pub(crate) mod document;
mod file;
mod key;
mod layers;
pub(crate) mod needs;
mod paths;
mod problem;
pub(crate) mod query;

pub(crate) use answer::{Accepted, Answer, CsvFile, Private};
pub(crate) use body::{Body, By, CsvBody, NoBody};
pub(crate) use call::{Call, Context, NoPath};
pub(crate) use caller::{Caller, sign_in};
pub(crate) use document::{Described, doc};
pub(crate) use file::{PdfFile, XmlFile};
pub(crate) use key::{IdempotencyKey, about as about_key};
pub(crate) use layers::{headers, layered, sha256, whole};
pub(crate) use paths::Paths;
pub use problem::{Code, Problem};
