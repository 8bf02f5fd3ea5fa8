//! Where a fact happened: its place's session is what changes with it.

use super::Fact;
use crate::domain::id::PlaceName;

impl Fact {
    /// The place the fact happened at.
    pub fn place(&self) -> Option<&PlaceName> {
        match self {
            Fact::OperatorBadgedIn { place, .. }
            | Fact::OperatorBadgedOut { place, .. }
            | Fact::ScanStopped { place, .. }
            | Fact::UnverifiedScanned { place, .. }
            | Fact::PlaceAsked { place, .. }
            | Fact::MultiplierSet { place, .. }
            | Fact::ParcelOpened { place, .. }
            | Fact::ItemChecked { place, .. }
            | Fact::ItemUnchecked { place, .. }
            | Fact::RevisionAccepted { place, .. }
            | Fact::CheckCompleted { place }
            | Fact::PiecesCounted { place, .. }
            | Fact::PieceWeighed { place, .. }
            | Fact::PieceLoaded { place, .. }
            | Fact::PiecesUnloaded { place, .. }
            | Fact::CheckForced { place, .. }
            | Fact::LeadAllowed { place, .. }
            | Fact::BarcodeTaught { place, .. }
            | Fact::PlaceLocked { place }
            | Fact::PlaceUnlocked { place }
            | Fact::ParcelSetAside { place, .. }
            | Fact::ParcelPacked { place }
            | Fact::ParcelReopened { place, .. }
            | Fact::ParcelShipped { place, .. }
            | Fact::ParcelWeighed { place, .. }
            | Fact::MaterialUsed { place, .. }
            | Fact::MaterialTakenBack { place, .. }
            | Fact::LabelQueued { place, .. }
            | Fact::LabelSettled { place, .. }
            | Fact::LabelSeen { place, .. }
            | Fact::ParcelRelabelled { place, .. }
            | Fact::WavePrintStarted { place, .. }
            | Fact::WavePrintStopped { place, .. }
            | Fact::WavePrintResumed { place, .. }
            | Fact::WavePositionsPassed { place, .. }
            | Fact::WavePrintCompleted { place, .. }
            | Fact::PositionNamed { place }
            | Fact::DividerQueued { place, .. }
            | Fact::DividerSettled { place, .. }
            | Fact::HandoverOpened { place, .. }
            | Fact::VehicleNoted { place, .. }
            | Fact::HandoverClosed { place, .. }
            | Fact::HandoverReopened { place, .. }
            | Fact::SheetQueued { place, .. }
            | Fact::BagOpened { place, .. }
            | Fact::ParcelBagged { place, .. }
            | Fact::ParcelUnbagged { place, .. }
            | Fact::BagClosed { place, .. }
            | Fact::SheetSettled { place, .. }
            | Fact::WallStarted { place, .. }
            | Fact::WallEnded { place, .. }
            | Fact::ToteLent { place, .. }
            | Fact::ToteFreed { place, .. }
            | Fact::ItemSorted { place, .. }
            | Fact::ItemUnsorted { place, .. }
            | Fact::BatchStarted { place, .. }
            | Fact::BatchEnded { place, .. }
            | Fact::PickStarted { place, .. }
            | Fact::BinReached { place, .. }
            | Fact::ItemPicked { place, .. }
            | Fact::ItemUnpicked { place, .. }
            | Fact::PickShort { place, .. }
            | Fact::PickStopLeft { place, .. }
            | Fact::ParcelPicked { place }
            | Fact::PickEnded { place, .. }
            | Fact::MissingGoodsCame { place }
            | Fact::GoodsPutBack { place, .. }
            | Fact::SlipQueued { place, .. }
            | Fact::ReturnArrived { place, .. }
            | Fact::ReturnClaimed { place, .. }
            | Fact::ReturnItemTaken { place, .. }
            | Fact::ReturnItemPutBack { place, .. }
            | Fact::ReturnExpiryNoted { place, .. }
            | Fact::ReturnInspected { place, .. }
            | Fact::ReturnUninspected { place, .. }
            | Fact::ReturnPhotographed { place, .. }
            | Fact::ReturnClosed { place, .. }
            | Fact::ReturnWithdrawn { place, .. }
            | Fact::ReturnReopened { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The return it is about.
    pub fn return_no(&self) -> Option<&str> {
        match self {
            Fact::ReturnArrived { return_no, .. }
            | Fact::ReturnClaimed { return_no, .. }
            | Fact::ReturnItemTaken { return_no, .. }
            | Fact::ReturnItemPutBack { return_no, .. }
            | Fact::ReturnExpiryNoted { return_no, .. }
            | Fact::ReturnInspected { return_no, .. }
            | Fact::ReturnUninspected { return_no, .. }
            | Fact::ReturnPhotographed { return_no, .. }
            | Fact::ReturnClosed { return_no, .. }
            | Fact::ReturnWithdrawn { return_no, .. }
            | Fact::ReturnReopened { return_no, .. } => Some(return_no),
            _ => None,
        }
    }
}
