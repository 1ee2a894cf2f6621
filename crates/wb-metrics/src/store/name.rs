//! The names of series, in the one form under which they are kept.

/// Brings a name as sent into the form under which it is kept: empty parts of a dotted name go (as
/// a file system does it for whisper), tags are sorted and the last value of a tag wins. `None` when
/// it is no name: empty, too long, or with tags that carbon would refuse.
pub(crate) fn normalized(name: &str, longest_bytes: usize) -> Option<String> {
    if name.len() > longest_bytes || name.contains(char::is_control) {
        return None;
    }
    let (path, tags) = name
        .split_once(';')
        .map_or((name, None), |(p, t)| (p, Some(t)));
    let parts: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return None;
    }
    let mut kept = parts.join(".");
    let mut sorted = std::collections::BTreeMap::new();
    for tag in tags.into_iter().flat_map(|tags| tags.split(';')) {
        let (key, value) = tag.split_once('=')?;
        let refused = key.is_empty() || key.contains(['!', '^']) || value.is_empty();
        if refused || value.starts_with('~') {
            return None;
        }
        sorted.insert(key, value);
    }
    for (key, value) in sorted {
        kept.push(';');
        kept.push_str(key);
        kept.push('=');
        kept.push_str(value);
    }
    Some(kept)
}

/// The parts of a name or a pattern: split at its dots, but not inside tags, which belong to the
/// last part.
pub(crate) fn parts(name: &str) -> Vec<&str> {
    let end = name.find(';').unwrap_or(name.len());
    let last = name.get(..end).and_then(|path| path.rfind('.'));
    match last {
        Some(at) => {
            let mut parts: Vec<&str> = name.get(..at).unwrap_or_default().split('.').collect();
            parts.extend(name.get(at + 1..));
            parts
        }
        None => vec![name],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("a.b", Some("a.b"))]
    #[case(".a..b.", Some("a.b"))]
    #[case("", None)]
    #[case("...", None)]
    #[case("a.b;z=1;c=d.e", Some("a.b;c=d.e;z=1"))]
    #[case("a;k=1;k=2", Some("a;k=2"))]
    #[case("a;k", None)]
    #[case("a;k=", None)]
    #[case("a;=v", None)]
    #[case("a;k=~v", None)]
    #[case("a;k!=v", None)]
    #[case("0123456789abcdefg", None)]
    fn names(#[case] name: &str, #[case] kept: Option<&str>) {
        assert_eq!(normalized(name, 16).as_deref(), kept);
    }

    #[test]
    fn tags_stay_with_the_last_part() {
        assert_eq!(parts("a.b.c"), ["a", "b", "c"]);
        assert_eq!(parts("a.b;host=x.y"), ["a", "b;host=x.y"]);
        assert_eq!(parts("a"), ["a"]);
    }
}
