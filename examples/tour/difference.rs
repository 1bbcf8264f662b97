//! Where two texts differ, line by line, with a little of what stands around it.

/// Lines shown before and after a difference.
const AROUND: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Same,
    Expected,
    Came,
}

/// What differs, as lines with `-` (expected) and `+` (came); empty where nothing does.
pub(crate) fn of(expected: &str, came: &str) -> String {
    let lines = align(&expected.lines().collect::<Vec<_>>(), &came.lines().collect::<Vec<_>>());
    let differs: Vec<usize> = (0..)
        .zip(&lines)
        .filter(|(_, line)| line.0 != Mark::Same)
        .map(|(place, _)| place)
        .collect();
    let mut text = String::new();
    let mut last = None;
    for (place, (mark, line)) in lines.iter().enumerate() {
        if !differs.iter().any(|at| at.abs_diff(place) <= AROUND) {
            continue;
        }
        if last.is_some_and(|last| last + 1 != place) {
            text.push_str("  ...\n");
        }
        last = Some(place);
        text.push_str(match mark {
            Mark::Same => "  ",
            Mark::Expected => "- ",
            Mark::Came => "+ ",
        });
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// Both texts in one, by their longest common subsequence.
fn align<'a>(expected: &[&'a str], came: &[&'a str]) -> Vec<(Mark, &'a str)> {
    let width = came.len() + 1;
    let mut common = vec![0_usize; (expected.len() + 1) * width];
    let at = |row: usize, column: usize| row * width + column;
    let get = |common: &[usize], place: usize| common.get(place).copied().unwrap_or(0);
    for (row, left) in expected.iter().enumerate().rev() {
        for (column, right) in came.iter().enumerate().rev() {
            let longest = if left == right {
                get(&common, at(row + 1, column + 1)) + 1
            } else {
                get(&common, at(row + 1, column)).max(get(&common, at(row, column + 1)))
            };
            if let Some(cell) = common.get_mut(at(row, column)) {
                *cell = longest;
            }
        }
    }
    let (mut row, mut column, mut lines) = (0, 0, Vec::new());
    loop {
        let (left, right) = (expected.get(row), came.get(column));
        let down = get(&common, at(row + 1, column)) >= get(&common, at(row, column + 1));
        match (left, right) {
            (Some(left), Some(right)) if left == right => {
                lines.push((Mark::Same, *left));
                (row, column) = (row + 1, column + 1);
            }
            (Some(left), right) if right.is_none() || down => {
                lines.push((Mark::Expected, *left));
                row += 1;
            }
            (_, Some(right)) => {
                lines.push((Mark::Came, *right));
                column += 1;
            }
            _ => return lines,
        }
    }
}
