//! What was probably meant.

/// The candidate that is most like a name: a few slips of the fingers away, upper and lower case being the same. A slip
/// is a letter added, left out, replaced, or swapped with its neighbour; there may be one for every three letters, and at
/// most three. Of equally near ones the first is taken.
#[must_use]
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = fold(name);
    let most = (name.len().max(3) / 3).min(3);
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&name, &fold(candidate), most)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// The number of slips from `a` to `b` where it is not above `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, &left) in a.iter().enumerate() {
        let mut this = vec![row + 1];
        for (column, &right) in b.iter().enumerate() {
            let replaced = last[column] + usize::from(left != right);
            let mut slips = replaced.min(last[column + 1] + 1).min(this[column] + 1);
            let swapped = row > 0 && column > 0 && left == b[column - 1] && right == a[row - 1];
            if swapped {
                slips = slips.min(before[column - 1] + 1);
            }
            this.push(slips);
        }
        before = std::mem::replace(&mut last, this);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn finds_what_was_meant() {
        let names = ["orders", "partner-api", "web"];
        assert_eq!(similar("ordrs", names), Some("orders"));
        assert_eq!(similar("wbe", names), Some("web"));
        assert_eq!(similar("WEB", names), Some("web"));
        assert_eq!(similar("parner_api", names), Some("partner-api"));
    }

    #[test]
    fn does_not_guess_wildly() {
        let names = ["orders", "web"];
        assert_eq!(similar("db", names), None);
        assert_eq!(similar("wxy", names), None);
        assert_eq!(similar("", names), None);
        assert_eq!(similar("mailer", names), None);
    }

    #[test]
    fn takes_the_first_of_equals() {
        assert_eq!(similar("aac", ["aab", "aad"]), Some("aab"));
    }
}
