//! Markup as text, for drawings whose node tree would be large as typed views.
//!
//! Charts are written as strings and handed to Leptos as inner HTML: one small writer instead of
//! thousands of typed nodes keeps the wasm small. Everything that comes from outside passes [`Text`].

use std::fmt::{self, Arguments, Display, Write};

/// Text escaped for element content and for double-quoted attribute values.
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.0.split_inclusive(['&', '<', '>', '"', '\'']) {
            let special = match piece.as_bytes().last() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                Some(b'"') => "&quot;",
                Some(b'\'') => "&#39;",
                _ => {
                    out.write_str(piece)?;
                    continue;
                }
            };
            out.write_str(&piece[..piece.len() - 1])?;
            out.write_str(special)?;
        }
        Ok(())
    }
}

/// Text escaped for element content and for double-quoted attribute values.
pub fn escaped(text: &str) -> String {
    Text(text).to_string()
}

/// A growing piece of HTML or SVG.
#[derive(Default)]
pub struct Markup(String);

impl Markup {
    /// Appends formatted markup; values from outside must be wrapped in [`Text`].
    pub fn put(&mut self, markup: Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.0.write_fmt(markup);
    }

    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_leave_its_place() {
        assert_eq!(
            Text(r#"<b a="1">R&D's</b>"#).to_string(),
            "&lt;b a=&quot;1&quot;&gt;R&amp;D&#39;s&lt;/b&gt;"
        );
        assert_eq!(Text("p95 · ms").to_string(), "p95 · ms");
    }
}
