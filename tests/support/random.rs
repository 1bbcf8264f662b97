//! Random queues of a floor.

use proptest::prelude::*;

use crate::floor::QueueNumbers;

/// A queue whose agents are chosen by one of some orders.
pub(crate) fn queue_numbers(
    orders: impl Strategy<Value = u8>,
) -> impl Strategy<Value = QueueNumbers> {
    let small = prop::array::uniform3(0..5_u8);
    (0..6_u8, 0..4_u8, orders, 0..5_u8, small, 0..12_u8, 0..6_u8, 0..8_u8).prop_map(
        |(asks, order, agents, groups, weights, reserve, relaxes, rings)| QueueNumbers {
            asks,
            order,
            agents,
            groups,
            weights,
            reserve,
            relaxes,
            rings,
        },
    )
}
