//! MRG32k3a, the combined multiple recursive generator of L'Ecuyer ("Good parameters and
//! implementations for combined multiple recursive random number generators", Operations Research
//! 47(1), 1999), with the streams of L'Ecuyer, Simard, Chen and Kelton ("An object-oriented
//! random-number package with many long streams and substreams", Operations Research 50(6), 2002).
//!
//! All arithmetic is on integers, so that the numbers are the same on every machine.
#![allow(clippy::many_single_char_names)] // the letters of the formulas

/// Modulus of the first recurrence.
const M1: u64 = 4_294_967_087;
/// Modulus of the second recurrence.
const M2: u64 = 4_294_944_443;
/// `x_n = A12 * x_(n-2) - A13 * x_(n-3)`.
const A12: u64 = 1_403_580;
const A13: u64 = 810_728;
/// `y_n = A21 * y_(n-1) - A23 * y_(n-3)`.
const A21: u64 = 527_612;
const A23: u64 = 1_370_589;
/// 1 / (M1 + 1), which keeps the output away from 0 and 1.
const NORM: f64 = 2.328_306_549_295_728e-10;
/// Streams lie 2^127 steps apart, substreams 2^76.
const STREAM_BITS: u32 = 127;
const SUBSTREAM_BITS: u32 = 76;

/// Three numbers of one recurrence, oldest first.
type Half = [u64; 3];
type Matrix = [Half; 3];

const STEP_X: Matrix = [[0, 1, 0], [0, 0, 1], [M1 - A13, A12, 0]];
const STEP_Y: Matrix = [[0, 1, 0], [0, 0, 1], [M2 - A23, 0, A21]];

/// The seed of stream 1 where none is named: six times 12345.
pub const DEFAULT_SEED: [u32; 6] = [12_345; 6];

/// The state of the generator at one place: `(x_(n-3), x_(n-2), x_(n-1), y_(n-3), y_(n-2), y_(n-1))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    x: Half,
    y: Half,
}

impl Place {
    fn ahead(&self, bits: u32) -> Self {
        Self {
            x: times(&power_of_two(&STEP_X, bits, M1), &self.x, M1),
            y: times(&power_of_two(&STEP_Y, bits, M2), &self.y, M2),
        }
    }
}

/// One stream of uniform random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    start: Place,
    substream: Place,
    now: Place,
}

impl Stream {
    fn at(start: Place) -> Self {
        Self { start, substream: start, now: start }
    }

    /// The next number, strictly between 0 and 1.
    #[allow(clippy::cast_precision_loss)] // below 2^32
    pub fn uniform(&mut self) -> f64 {
        let [x0, x1, x2] = self.now.x;
        let [y0, y1, y2] = self.now.y;
        // Products stay below 2^53, and M * A is a multiple of M that keeps differences positive.
        let x = (A12 * x1 + A13 * (M1 - x0)) % M1;
        let y = (A21 * y2 + A23 * (M2 - y0)) % M2;
        self.now = Place { x: [x1, x2, x], y: [y1, y2, y] };
        let z = if x > y { x - y } else { x + M1 - y };
        z as f64 * NORM
    }

    /// Back to the start of the stream.
    pub fn restart(&mut self) {
        self.substream = self.start;
        self.now = self.start;
    }

    /// Back to the start of the current substream.
    pub fn restart_substream(&mut self) {
        self.now = self.substream;
    }

    /// On to the start of the next substream, 2^76 steps after the start of this one.
    pub fn next_substream(&mut self) {
        self.substream = self.substream.ahead(SUBSTREAM_BITS);
        self.now = self.substream;
    }

    /// The six integers of the current state, the first recurrence first, oldest first.
    pub fn state(&self) -> [u64; 6] {
        let ([a, b, c], [d, e, f]) = (self.now.x, self.now.y);
        [a, b, c, d, e, f]
    }
}

/// A family of streams, each 2^127 steps after the one before.
#[derive(Clone, Debug)]
pub struct Streams {
    next: Place,
}

impl Streams {
    /// A family whose first stream starts at `seed`; `None` unless the first three numbers are below
    /// 4294967087 and not all 0, the last three below 4294944443 and not all 0.
    pub fn new(seed: [u32; 6]) -> Option<Self> {
        let [a, b, c, d, e, f] = seed.map(u64::from);
        let place = Place { x: [a, b, c], y: [d, e, f] };
        let fits = |half: &Half, modulus| {
            half.iter().all(|n| *n < modulus) && half.iter().any(|n| *n != 0)
        };
        (fits(&place.x, M1) && fits(&place.y, M2)).then_some(Self { next: place })
    }
}

impl Default for Streams {
    /// The family that starts at [`DEFAULT_SEED`].
    fn default() -> Self {
        let [a, b, c, d, e, f] = DEFAULT_SEED.map(u64::from);
        Self { next: Place { x: [a, b, c], y: [d, e, f] } }
    }
}

impl Iterator for Streams {
    type Item = Stream;

    fn next(&mut self) -> Option<Stream> {
        let stream = Stream::at(self.next);
        self.next = self.next.ahead(STREAM_BITS);
        Some(stream)
    }
}

/// `matrix * vector` modulo `modulus`; all entries are below 2^32.
fn times(matrix: &Matrix, vector: &Half, modulus: u64) -> Half {
    matrix.map(|row| {
        row.iter().zip(vector).fold(0, |sum, (a, b)| (sum + (a * b) % modulus) % modulus)
    })
}

/// `left * right` modulo `modulus`.
fn product(left: &Matrix, right: &Matrix, modulus: u64) -> Matrix {
    let [[a, b, c], [d, e, f], [g, h, i]] = *right;
    let columns = [[a, d, g], [b, e, h], [c, f, i]];
    let [first, second, third] = columns.map(|column| times(left, &column, modulus));
    let ([a, d, g], [b, e, h], [c, f, i]) = (first, second, third);
    [[a, b, c], [d, e, f], [g, h, i]]
}

/// `matrix` to the power of 2^`bits` modulo `modulus`.
fn power_of_two(matrix: &Matrix, bits: u32, modulus: u64) -> Matrix {
    (0..bits).fold(*matrix, |power, _| product(&power, &power, modulus))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start states and first numbers of the published streams.
    const PUBLISHED: [([u64; 6], [f64; 3]); 4] = [
        ([12_345; 6], [0.127_011_122_046_577_14, 0.318_527_565_396_794_5, 0.309_186_015_583_270_1]),
        (
            [3_692_455_944, 1_366_884_236, 2_968_912_127, 335_948_734, 4_161_675_175, 475_798_818],
            [0.759_581_862_248_719_6, 0.978_310_573_261_370_8, 0.685_135_808_193_182_6],
        ),
        (
            [
                1_015_873_554,
                1_310_354_410,
                2_249_465_273,
                994_084_013,
                2_912_484_720,
                3_876_682_925,
            ],
            [0.728_509_786_196_527_1, 0.965_587_282_283_733_4, 0.996_184_130_480_117_1],
        ),
        (
            [2_338_701_263, 1_119_171_942, 2_570_676_563, 317_077_452, 3_194_180_850, 618_832_124],
            [0.095_702_620_899_804_22, 0.662_870_618_020_437_9, 0.236_428_390_065_465_4],
        ),
    ];

    #[test]
    fn streams_start_where_published_and_give_the_published_numbers() {
        for (mut stream, (start, uniforms)) in Streams::default().zip(PUBLISHED) {
            assert_eq!(stream.state(), start);
            for uniform in uniforms {
                assert_eq!(stream.uniform().to_bits(), uniform.to_bits());
            }
        }
    }

    #[test]
    fn restarts_go_back_and_substreams_forward() {
        let mut stream = Streams::default().next().unwrap();
        let first = stream.uniform();
        stream.restart_substream();
        assert_eq!(stream.uniform().to_bits(), first.to_bits());
        stream.next_substream();
        let second = stream.state();
        assert_ne!(second, DEFAULT_SEED.map(u64::from));
        let _ = stream.uniform();
        stream.restart_substream();
        assert_eq!(stream.state(), second);
        stream.restart();
        assert_eq!(stream.uniform().to_bits(), first.to_bits());
    }

    #[test]
    fn a_seed_must_be_within_the_moduli() {
        assert!(Streams::new(DEFAULT_SEED).is_some());
        assert!(Streams::new([0, 0, 0, 1, 1, 1]).is_none());
        assert!(Streams::new([1, 1, 1, 0, 0, 0]).is_none());
        assert!(Streams::new([u32::MAX, 1, 1, 1, 1, 1]).is_none());
    }
}
