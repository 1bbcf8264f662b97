//! "Did you mean": the key that a mistyped one was meant to be.

/// The candidate nearest to `wanted`, if it is near enough to be a slip of the finger.
pub(in crate::model) fn suggest<'a>(
    wanted: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let near = (wanted.chars().count() / 3).max(1);
    candidates
        .filter(|candidate| candidate.len().abs_diff(wanted.len()) <= near * 4)
        .map(|candidate| (distance(wanted, candidate), candidate))
        .filter(|(distance, _)| *distance <= near)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's edit distance in characters.
fn distance(a: &str, b: &str) -> usize {
    // The row above, without its first cell, which is the number of the row.
    let mut row: Vec<usize> = (1..=b.chars().count()).collect();
    let mut last = row.len();
    for (i, x) in a.chars().enumerate() {
        let (mut diagonal, mut left) = (i, i + 1);
        for (cell, y) in row.iter_mut().zip(b.chars()) {
            let above = *cell;
            left = (diagonal + usize::from(x != y)).min(above + 1).min(left + 1);
            *cell = left;
            diagonal = above;
        }
        last = left;
    }
    last
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slips_are_recognized_and_other_words_are_not() {
        let skills = ["billing", "spanish", "sales"];
        assert_eq!(suggest("spansh", skills.into_iter()), Some("spanish"));
        assert_eq!(suggest("bilinng", skills.into_iter()), Some("billing"));
        assert_eq!(suggest("klingon", skills.into_iter()), None);
        assert_eq!(suggest("x", [].into_iter()), None);
        assert_eq!(suggest("billing", ["billmg", "billinx"].into_iter()), Some("billinx"));
    }

    proptest! {
        #[test]
        fn distance_is_a_metric(a in "[abc]{0,6}", b in "[abc]{0,6}", c in "[abc]{0,6}") {
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
            prop_assert!(distance(&a, &b) <= a.len().max(b.len()));
        }
    }
}
