//! What carriers tell of parcels after they left: pushes over real sockets, questions to the simulators, and what the
//! office reads of both.

mod desk;
mod logs;
mod polls;
mod pushes;
mod shown;
