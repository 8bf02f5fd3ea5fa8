//! Rules a site writes itself, in CEL over the domain's documents. Pure: a rule sees the document and nothing else, and
//! whatever could be wrong with one is found when it is loaded, not when the first order meets it.

mod expression;
mod intake;
mod freight;
mod routing;
mod routing_file;

pub use expression::{Expression, ExpressionError};
pub use freight::TariffError;
pub use intake::{IntakeRules, RulesError};
pub use routing::{RoutingRules, Shipment};
pub use routing_file::RoutingError;
