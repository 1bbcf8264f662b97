//! Values of every message type, made from the types themselves.
//!
//! serde's derived code tells a deserializer what it expects, down to the name of each field and of
//! each variant of an enum. [`sample`] is a deserializer that answers with made-up values, so a type
//! needs no hand-written example and none can be forgotten: [`examples`] has one value of every
//! variant, [`explore`] lists every enum that can be reached from a type, and [`draw`] makes random
//! values for property tests.

#![allow(dead_code, unused_imports)] // each test uses its part

pub(crate) mod sample;
pub(crate) mod shapes;

pub(crate) use sample::{Drawn, draw, draw_related, examples, explore};
