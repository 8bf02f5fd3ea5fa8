//! Carriers: what to ask them, how to sign it, what their answers mean. Pure but for `http`.

pub mod http;
