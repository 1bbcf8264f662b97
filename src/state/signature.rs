//! Who may serve which queue: worked out once for all agents who are alike, never in a decision.

use std::sync::Arc;

use smallvec::SmallVec;

use super::bits::Bits;
use super::hash::Map;

/// Bits of a word.
const WORD: usize = u64::BITS as usize;

/// All that queues can tell of an agent: which of the statements that requirements refer to hold, one bit each.
/// What no queue asks for makes no difference here.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Signature {
    words: SmallVec<[u64; 2]>,
    /// Numbers that queues choose by.
    grades: Vec<u32>,
}

impl Signature {
    /// Room for the statement of this number, so that all signatures are equally long.
    pub(super) fn make_room(&mut self, number: usize) {
        if self.words.len() <= number / WORD {
            self.words.resize(number / WORD + 1, 0);
        }
    }

    pub(super) fn set(&mut self, number: usize, holds: bool) {
        if let Some(word) = self.words.get_mut(number / WORD) {
            let bit = 1 << (number % WORD);
            *word = if holds { *word | bit } else { *word & !bit };
        }
    }

    pub(super) fn set_grades(&mut self, grades: impl Iterator<Item = u32>) {
        self.grades.extend(grades);
    }

    pub(super) fn holds(&self, number: usize) -> bool {
        self.words.get(number / WORD).is_some_and(|word| word & 1 << (number % WORD) != 0)
    }
}

/// Signatures by number, with the classes of requests that each may serve. Numbers hold until the configuration is
/// compiled anew; they appear in no event and no hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signatures {
    all: Vec<(Arc<Signature>, Bits)>,
    numbers: Map<Arc<Signature>, u32>,
}

impl Signatures {
    /// The number of the signature, and whether it is new.
    pub(super) fn intern(&mut self, signature: Signature) -> (u32, bool) {
        if let Some(number) = self.numbers.get(&signature) {
            return (*number, false);
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let kept = Arc::new(signature);
        self.all.push((Arc::clone(&kept), Bits::default()));
        self.numbers.insert(kept, number);
        (number, true)
    }

    /// Signatures from number `first` on, each with the classes that it may serve.
    pub(super) fn from(
        &mut self,
        first: u32,
    ) -> impl Iterator<Item = (usize, (&Signature, &mut Bits))> {
        let all = self.all.iter_mut().map(|(signature, served)| (&**signature, served));
        all.enumerate().skip(first as usize)
    }

    pub(super) fn get(&self, number: u32) -> Option<&Signature> {
        self.all.get(number as usize).map(|(signature, _)| &**signature)
    }

    /// A number that queues choose by, of agents of the signature.
    pub(crate) fn grade(&self, number: u32, grade: usize) -> u32 {
        self.get(number).and_then(|signature| signature.grades.get(grade)).copied().unwrap_or(0)
    }

    /// The classes of requests that agents of the signature may serve.
    pub(crate) fn classes(&self, number: u32) -> Option<&Bits> {
        self.all.get(number as usize).map(|(_, served)| served)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
