//! Milestones: the state changes of an order that anybody outside the bench cares about.

use serde::{Deserialize, Serialize};

use super::fact::Fact;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    Paid,
    Allocated,
    Released,
    Printed,
    Picked,
    /// Some of its goods weren't scanned; a lead let it pass.
    Forced,
    Checked,
    Packed,
    Shipped,
    Collected,
    InTransit,
    HeldAtPoint,
    Delivered,
    Returned,
    Inspected,
    Held,
    Cancelled,
    SetAside,
    Voided,
    Relabelled,
    /// An order left the parcel after it was packed.
    Reopened,
}

impl Milestone {
    pub fn zh(self) -> &'static str {
        self.words().0
    }

    pub fn en(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Milestone::Paid => ("已支付", "paid"),
            Milestone::Allocated => ("已分配仓", "allocated"),
            Milestone::Released => ("已下波次", "released"),
            Milestone::Printed => ("已打单", "printed"),
            Milestone::Picked => ("已拣货", "picked"),
            Milestone::Forced => ("组长放行", "passed by a lead"),
            Milestone::Checked => ("已验货", "checked"),
            Milestone::Packed => ("已打包", "packed"),
            Milestone::Shipped => ("已出库", "shipped"),
            Milestone::Collected => ("已揽收", "collected"),
            Milestone::InTransit => ("运输中", "in transit"),
            Milestone::HeldAtPoint => ("待取件", "held at point"),
            Milestone::Delivered => ("已签收", "delivered"),
            Milestone::Returned => ("已退回", "returned"),
            Milestone::Inspected => ("已验退", "inspected"),
            Milestone::Held => ("已挂起", "held"),
            Milestone::Cancelled => ("已取消", "cancelled"),
            Milestone::SetAside => ("转异常", "set aside"),
            Milestone::Voided => ("面单作废", "voided"),
            Milestone::Relabelled => ("已换单", "relabelled"),
            Milestone::Reopened => ("重新打开", "reopened"),
        }
    }

    /// One of the stages an order passes in this order; the others are steps inside or aside.
    pub fn is_stage(self) -> bool {
        matches!(
            self,
            Milestone::Paid
                | Milestone::Allocated
                | Milestone::Picked
                | Milestone::Packed
                | Milestone::Shipped
                | Milestone::Collected
                | Milestone::InTransit
                | Milestone::Delivered
        )
    }

    /// Its authority is the carrier, whom we only hear.
    pub fn is_carriers(self) -> bool {
        matches!(
            self,
            Milestone::Collected
                | Milestone::InTransit
                | Milestone::HeldAtPoint
                | Milestone::Delivered
                | Milestone::Returned
        )
    }

    /// What a bench's fact means to the order, if anything; the second value says whether it is only implied.
    pub fn of(fact: &Fact) -> Option<(Milestone, bool)> {
        let milestone = match fact {
            Fact::ParcelOpened { .. } => return Some((Milestone::Picked, true)),
            Fact::LabelSettled { outcome, .. } if outcome.came_out() => Milestone::Printed,
            Fact::ParcelPicked { .. } => Milestone::Picked,
            Fact::CheckForced { .. } => Milestone::Forced,
            Fact::CheckCompleted { .. } => Milestone::Checked,
            Fact::ParcelPacked { .. } => Milestone::Packed,
            Fact::ParcelShipped { .. } => Milestone::Shipped,
            Fact::ParcelSetAside { .. } => Milestone::SetAside,
            Fact::ParcelRelabelled { .. } => Milestone::Relabelled,
            Fact::ParcelReopened { .. } => Milestone::Reopened,
            Fact::ReturnArrived { .. } => Milestone::Returned,
            Fact::ReturnClosed { .. } => Milestone::Inspected,
            Fact::WaybillVoided { .. } => Milestone::Voided,
            _ => return None,
        };
        Some((milestone, false))
    }
}
