//! Rules a site writes itself, in CEL over the domain's documents. Pure: a rule sees the document and nothing else, and
//! whatever could be wrong with one is found when it is loaded, not when the first order meets it.

mod expression;
mod intake;
mod freight;
mod routing;
mod routing_file;
mod rule_file;
mod report;

pub use expression::{Expression, ExpressionError};
pub use freight::TariffError;
pub use intake::{IntakeRules, RulesError};
pub use report::{Report, Routed, Share, WIDE_PERCENT, Warning};
pub use routing::{RoutingRules, RuleText, Shipment};
pub use routing_file::RoutingError;
pub use rule_file::RuleFile;
