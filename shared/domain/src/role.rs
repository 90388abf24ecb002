//! Who may do what: four roles, and what each of them may.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a person, or a program with a machine token, is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything.
    Owner,
    /// Ships orders, takes back returns, counts, receives and moves stock.
    Warehouse,
    /// Looks after invoices and credit notes, and sees whom they name.
    Bookkeeper,
    /// Sees everything but who bought an order, and changes nothing.
    ReadOnly,
}

/// What a request needs. Each route of the API, and each form of a page, names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To see orders, stock, invoices and connections, without personal data.
    Look,
    /// To see who bought an order.
    ReadBuyers,
    /// To read invoices and credit notes, which name the buyer.
    ReadDocuments,
    /// To ship orders: shipments, their tracking, and units that were short.
    ShipOrders,
    /// To announce, receive and inspect returns, and put goods back on sale.
    HandleReturns,
    /// To cancel units, and to decide about what a channel deleted or nobody can read.
    CancelOrders,
    /// To count, adjust and move stock.
    AdjustStock,
    /// To have documents issued and sent again.
    HandleInvoices,
    /// To change prices, rules, bundles, and which product a listing is.
    ManageCatalogue,
    /// To say what connections are told, and to have their credentials checked.
    ManageConnections,
    /// To try parked things again, and to dismiss them.
    DecideParked,
    /// To erase what is kept of buyers.
    ErasePersonalData,
    /// To add and remove users and machine tokens.
    ManageUsers,
}

impl Role {
    /// All of them, the one that may most first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Warehouse, Self::Bookkeeper, Self::ReadOnly];

    /// Its name, as the API, the command line and groups of users have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Warehouse => "warehouse",
            Self::Bookkeeper => "bookkeeper",
            Self::ReadOnly => "read_only",
        }
    }

    /// Whether it has a right.
    pub fn may(self, right: Right) -> bool {
        use Right::{
            AdjustStock, CancelOrders, DecideParked, ErasePersonalData, HandleInvoices, HandleReturns, Look, ManageCatalogue,
            ManageConnections, ManageUsers, ReadBuyers, ReadDocuments, ShipOrders,
        };
        // Exhaustive: who adds a right decides for every role.
        match right {
            Look => true,
            // A label needs the address, an invoice the one that it is sent to.
            ReadBuyers => matches!(self, Self::Owner | Self::Warehouse | Self::Bookkeeper),
            ShipOrders | HandleReturns | AdjustStock => matches!(self, Self::Owner | Self::Warehouse),
            ReadDocuments | HandleInvoices => matches!(self, Self::Owner | Self::Bookkeeper),
            CancelOrders | ManageCatalogue | ManageConnections | DecideParked | ErasePersonalData | ManageUsers => {
                self == Self::Owner
            }
        }
    }
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Look,
        Self::ReadBuyers,
        Self::ReadDocuments,
        Self::ShipOrders,
        Self::HandleReturns,
        Self::CancelOrders,
        Self::AdjustStock,
        Self::HandleInvoices,
        Self::ManageCatalogue,
        Self::ManageConnections,
        Self::DecideParked,
        Self::ErasePersonalData,
        Self::ManageUsers,
    ];

    /// Its name, as the API has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::ReadBuyers => "read_buyers",
            Self::ReadDocuments => "read_documents",
            Self::ShipOrders => "ship_orders",
            Self::HandleReturns => "handle_returns",
            Self::CancelOrders => "cancel_orders",
            Self::AdjustStock => "adjust_stock",
            Self::HandleInvoices => "handle_invoices",
            Self::ManageCatalogue => "manage_catalogue",
            Self::ManageConnections => "manage_connections",
            Self::DecideParked => "decide_parked",
            Self::ErasePersonalData => "erase_personal_data",
            Self::ManageUsers => "manage_users",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

impl fmt::Display for Right {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

/// That a text names no role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRole;

impl fmt::Display for NoRole {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "expected one of {}", Role::ALL.map(Role::as_str).join(", "))
    }
}

impl std::error::Error for NoRole {}

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Self, NoRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(NoRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_everything_and_who_only_reads_may_look() {
        for right in Right::ALL {
            assert!(Role::Owner.may(right), "{right}");
            assert_eq!(Role::ReadOnly.may(right), right == Right::Look, "{right}");
        }
    }

    #[test]
    fn names_are_those_that_are_written() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for right in Right::ALL {
            assert_eq!(serde_json::to_value(right).unwrap(), right.as_str());
        }
        assert_eq!("admin".parse::<Role>(), Err(NoRole));
    }
}
