//! From a stream of bytes to lines of bounded length.

/// Bytes of one line without its newline; a longer one is counted once and skipped.
pub(super) const LINE_BYTES_MAX: usize = 4_096;

/// A line found in the stream, without its newline.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// The beginning of one that is too long.
    TooLong(&'a [u8]),
}

/// Keeps what the last packet left unfinished.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    rest: Vec<u8>,
    /// Whether the rest of a line that was too long is still to come.
    skipping: bool,
}

impl Splitter {
    /// Takes the next bytes and hands out every line that ends, or gets too long, in them.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        while let Some(at) = bytes.iter().position(|byte| *byte == b'\n') {
            let (head, tail) = bytes.split_at(at);
            bytes = tail.get(1..).unwrap_or_default();
            if self.skipping {
                self.skipping = false;
            } else if self.rest.is_empty() && head.len() <= LINE_BYTES_MAX {
                // The common case: nothing is copied.
                each(Line::Whole(head));
            } else {
                self.keep(head, &mut each);
                if !self.skipping {
                    each(Line::Whole(&self.rest));
                }
                self.skipping = false;
                self.rest.clear();
            }
        }
        if !self.skipping {
            self.keep(bytes, &mut each);
        }
    }

    /// What is left without a newline at the end of the stream; none when nothing is.
    pub(super) fn finish(&self) -> Option<&[u8]> {
        (!self.rest.is_empty()).then_some(&*self.rest)
    }

    fn keep(&mut self, bytes: &[u8], each: &mut impl FnMut(Line<'_>)) {
        let room = LINE_BYTES_MAX - self.rest.len();
        self.rest
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        if bytes.len() > room {
            each(Line::TooLong(&self.rest));
            self.rest.clear();
            self.skipping = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Found = (Vec<Result<Vec<u8>, usize>>, Option<Vec<u8>>);

    /// Lines, with too long ones shown by their length only, and what was left.
    fn split<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Found {
        let mut splitter = Splitter::default();
        let mut found = Vec::new();
        for piece in pieces {
            splitter.feed(piece, |line| {
                found.push(match line {
                    Line::Whole(line) => Ok(line.to_vec()),
                    Line::TooLong(line) => Err(line.len()),
                });
            });
        }
        (found, splitter.finish().map(<[u8]>::to_vec))
    }

    #[test]
    fn the_longest_line_passes_and_a_longer_one_is_told_once() {
        let longest = [b'a'; LINE_BYTES_MAX];
        let mut text = longest.to_vec();
        text.push(b'\n');
        assert_eq!(split([&*text]), (vec![Ok(longest.to_vec())], None));

        let mut text = vec![b'a'; LINE_BYTES_MAX * 3 + 1];
        text.extend_from_slice(b"\nb\nc");
        let expected = (
            vec![Err(LINE_BYTES_MAX), Ok(b"b".to_vec())],
            Some(b"c".to_vec()),
        );
        assert_eq!(split([&*text]), expected);
        assert_eq!(split(text.chunks(100)), expected);
        assert_eq!(split(text.chunks(1)), expected);
    }

    proptest! {
        #[test]
        fn packets_make_no_difference(
            text in proptest::collection::vec(
                prop_oneof![4 => Just(b'a'), 1 => Just(b'\n'), 1 => any::<u8>()], 0..300),
            size in 1_usize..40,
        ) {
            let whole = split([&*text]);
            prop_assert_eq!(split(text.chunks(size)), whole.clone());
            let lines: Vec<_> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            prop_assert_eq!(whole.0.len() + 1, lines.len());
        }
    }
}
