//! What peers do: look at every agent, or at everybody who waits, for each decision.

/// An agent as a scan sees one: free or not, levels by skill, since when idle.
pub(crate) struct Row {
    pub(crate) free: bool,
    pub(crate) levels: [u8; crate::world::SKILLS],
    pub(crate) idle_since: i64,
}

/// The longest idle agent who has the levels, by looking at all.
pub(crate) fn scan(rows: &[Row], required: &[(usize, u8)]) -> Option<usize> {
    let mut best: Option<(i64, usize)> = None;
    for (place, row) in rows.iter().enumerate() {
        let fits = row.free && required.iter().all(|(skill, level)| row.levels[*skill] >= *level);
        if fits && best.is_none_or(|(since, _)| row.idle_since < since) {
            best = Some((row.idle_since, place));
        }
    }
    best.map(|(_, place)| place)
}

/// Somebody who waits, or has waited, as a scan sees one.
pub(crate) struct Waits {
    pub(crate) there: bool,
    pub(crate) queue: u16,
    pub(crate) since: i64,
}

/// Whoever of those that the agent can serve has waited longest, by looking at all.
pub(crate) fn scan_waiting(
    waiting: &[Waits],
    queues: &[Vec<(usize, u8)>],
    levels: &[u8; crate::world::SKILLS],
) -> Option<usize> {
    let mut best: Option<(i64, usize)> = None;
    for (place, row) in waiting.iter().enumerate() {
        let required = &queues[usize::from(row.queue)];
        let fits = row.there && required.iter().all(|(skill, level)| levels[*skill] >= *level);
        if fits && best.is_none_or(|(since, _)| row.since < since) {
            best = Some((row.since, place));
        }
    }
    best.map(|(_, place)| place)
}
