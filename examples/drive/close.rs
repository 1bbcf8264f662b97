//! What somebody may have meant: the names that are close to what was typed.

/// The candidates nearest to the beginning of `said`, if any is near: at most three.
pub(crate) fn nearest<'a>(said: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let said = said.to_lowercase();
    let mut found: Vec<(usize, &str)> =
        candidates.filter_map(|name| Some((far(&said, name)?, name))).collect();
    found.sort_by_key(|(distance, _)| *distance);
    let best = found.first().map(|(distance, _)| *distance);
    let near = found.into_iter().filter(|(distance, _)| Some(*distance) == best);
    near.map(|(_, name)| name).take(3).collect()
}

/// The names in quotes, with an `or` before the last.
pub(crate) fn either(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// How far the first words are from a name; none where it is another word altogether.
fn far(said: &str, name: &str) -> Option<usize> {
    let words = name.split(' ').count();
    let start: Vec<&str> = said.split(' ').take(words).collect();
    let start = start.join(" ");
    if start.len() > 1 && name.starts_with(&start) {
        return Some(0);
    }
    let distance = edits(&start, name);
    (distance <= (name.len() / 3).max(1)).then_some(distance)
}

/// Insertions, deletions, replacements and swaps of neighbors from one text to the other.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    let cell = |rows: &[Vec<usize>], row: usize, column: usize| {
        rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX - 1)
    };
    for (i, left) in a.iter().enumerate() {
        rows.push(vec![i + 1]);
        for (j, right) in b.iter().enumerate() {
            let replaced = cell(&rows, i, j) + usize::from(left != right);
            let longer = cell(&rows, i, j + 1).min(cell(&rows, i + 1, j)) + 1;
            let swapped =
                i > 0 && j > 0 && a.get(i - 1) == Some(right) && b.get(j - 1) == Some(left);
            let swapped = if swapped { cell(&rows, i - 1, j - 1) + 1 } else { usize::MAX };
            rows.get_mut(i + 1)
                .into_iter()
                .for_each(|row| row.push(replaced.min(longer).min(swapped)));
        }
    }
    cell(&rows, a.len(), b.len())
}
