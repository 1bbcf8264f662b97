//! Who comes when, and the calls of the day: a pure function of (seed, call number), so that a restarted host can say of any
//! call who it is and how long it will stay.
//!
//! Calls come in blocks of 32. A block covers 32 expected calls of the rate profile; within it the calls
//! fall where 32 uniform numbers, sorted, say. Which call comes when is thus known without the ones
//! before, and locally it looks like a Poisson stream.

use switchboard::time::Duration;

const BLOCK: u64 = 32;

/// Expected calls per hour, from the start of the day at 07:30 local time, by half hours: the first
/// before the lines open, a rush at 10:00, a smaller one before 14:00, the evening thin, and a last
/// half hour in which more call than the late shift can serve.
const PROFILE: [f64; 27] = [
    40.0, 260.0, 380.0, 520.0, 600.0, 980.0, 1040.0, 760.0, 680.0, 640.0, 600.0, 560.0, 1060.0,
    900.0, 540.0, 560.0, 540.0, 520.0, 460.0, 400.0, 340.0, 220.0, 190.0, 170.0, 440.0, 60.0, 20.0,
];

const HALF_HOUR: f64 = 1800.0;

/// Addresses that are dialed, with their shares.
const DIALED: [(&str, f64); 4] = [
    ("+34910000101", 0.24),
    ("+34910000100", 0.24),
    ("+34910000201", 0.26),
    ("+34910000200", 0.26),
];

/// A number in (0, 1) for a purpose of a call (SplitMix64 over seed, call and purpose).
pub(crate) fn uniform(seed: u64, call: u64, purpose: u64) -> f64 {
    let mut z = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(call.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(purpose.wrapping_mul(0x8cb9_2ba7_2f3d_8dd7));
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xbf58_476d_1ce4_e5b9_u64] {
        z = (z ^ (z >> 30)).wrapping_mul(factor);
    }
    // 52 bits and a half step: never 0, never 1.
    let bits = u32::try_from((z >> 12) & 0xffff_ffff).unwrap_or(0);
    (f64::from(bits) + 0.5) / 4_294_967_296.0
}

/// A span of an exponential distribution with this mean.
pub(crate) fn exponential(mean_s: f64, u: f64) -> f64 {
    -mean_s * libm::log1p(-u)
}

#[allow(clippy::cast_possible_truncation)] // spans of a day in microseconds
pub(crate) fn seconds(value: f64) -> Duration {
    Duration::from_micros((value * 1e6) as i64)
}

/// How one call will go, as far as that lies with the caller and the telephones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// After the start of the day.
    pub(crate) arrival: Duration,
    pub(crate) dialed: &'static str,
    /// How long the caller waits before hanging up.
    pub(crate) patience: Duration,
    pub(crate) talk: Duration,
    /// When in the talk the caller is put on hold, and for how long.
    pub(crate) hold: Option<(Duration, Duration)>,
    pub(crate) agent_hangs_up: bool,
    /// Whether the carrier's failure cuts the call off.
    pub(crate) cut: bool,
}

/// When number so-and-so comes, after the start of the day, of those who come at a share of the
/// profile's rate; none after its end.
pub(crate) fn arrival(seed: u64, number: u64, share: f64) -> Option<Duration> {
    let block = number / BLOCK;
    let mut places: Vec<f64> = (0..BLOCK).map(|k| uniform(seed, block * BLOCK + k, 0)).collect();
    places.sort_unstable_by(f64::total_cmp);
    let place = *places.get(usize::try_from(number % BLOCK).unwrap_or(0))?;
    let block = f64::from(u32::try_from(block).ok()?);
    invert((block + place) * 32.0 / share).map(seconds)
}

/// The call of that number; none after the end of the profile.
pub(crate) fn call(seed: u64, number: u64) -> Option<Call> {
    let arrival = arrival(seed, number, 1.0)?;
    let u = |purpose| uniform(seed, number, purpose);
    let talk = 45.0 + exponential(150.0, u(3));
    let held = u(4) < 0.15;
    Some(Call {
        arrival,
        dialed: dialed(u(1)),
        patience: seconds(4.0 + exponential(210.0, u(2))),
        talk: seconds(talk),
        hold: held.then(|| (seconds(talk * 0.4), seconds(talk * 0.2))),
        agent_hangs_up: u(5) < 0.2,
        cut: u(7) < 0.5,
    })
}

fn dialed(mut u: f64) -> &'static str {
    for (address, share) in DIALED {
        if u < share {
            return address;
        }
        u -= share;
    }
    DIALED[0].0
}

/// Seconds after the start at which that many calls are expected.
fn invert(mut expected: f64) -> Option<f64> {
    let mut start = 0.0;
    for rate in PROFILE {
        let calls = rate * HALF_HOUR / 3600.0;
        if expected < calls {
            return Some(start + expected / rate * 3600.0);
        }
        expected -= calls;
        start += HALF_HOUR;
    }
    None
}
