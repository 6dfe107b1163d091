//! A model's answer as Markdown (CommonMark, with tables, strikethrough and task lists), rendered on the server: the
//! parser would weigh more in a browser's module than the playground's budget leaves.
//!
//! What comes out can be put into a page as it is. A model's words are nobody's to trust: HTML in them stays text, no
//! image is loaded, and a link leads only to the web or to a mail address, in a page of its own that is not told whence.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Answer, ApiProblem};

/// HTML for a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    pub html: String,
}

/// For anybody who is signed in.
#[server(prefix = "/_fn", endpoint = "markdown")]
pub async fn render_markdown(text: String) -> Result<Answer<Rendered>, ApiProblem> {
    use super::call;
    let rendered =
        call::get::<shared_api::identity::Me>("/api/v1/me").await.and_then(|_| rendering::html(&text));
    call::reply(rendered.map(|html| Rendered { html }))
}

#[cfg(feature = "ssr")]
mod rendering {
    use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

    use crate::api::{Answer, ApiProblem};

    /// The longest text that is rendered, in bytes: some 100,000 tokens.
    const LONGEST: usize = 512 << 10;
    const DIALECT: Options =
        Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

    pub fn html(text: &str) -> Answer<String> {
        if text.len() > LONGEST {
            let longest = LONGEST >> 10;
            return Err(ApiProblem::field("text", format!("expected at most {longest} KiB to render")));
        }
        let mut out = String::with_capacity(text.len() * 3 / 2);
        let mut writer = Writer::default();
        html::push_html(&mut out, Parser::new_ext(text, DIALECT).flat_map(|event| writer.event(event)));
        Ok(out)
    }

    /// Whether the links that are open have a tag to close.
    #[derive(Default)]
    struct Writer {
        links: Vec<bool>,
    }

    impl Writer {
        fn event<'a>(&mut self, event: Event<'a>) -> Vec<Event<'a>> {
            let plain = |text: &'static str| Event::Html(CowStr::Borrowed(text));
            match event {
                Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
                Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
                Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    self.link(&dest_url)
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    let open = self.links.pop().unwrap_or_default();
                    open.then(|| Event::InlineHtml("</a>".into())).into_iter().collect()
                }
                Event::Start(Tag::CodeBlock(kind)) => vec![code(&kind)],
                Event::End(TagEnd::CodeBlock) => vec![plain("</code></pre></div>\n")],
                Event::Start(Tag::Heading { level, .. }) => vec![Event::Start(heading(below(level)))],
                Event::End(TagEnd::Heading(level)) => vec![Event::End(TagEnd::Heading(below(level)))],
                Event::Start(Tag::Table(_)) => {
                    let frame = r#"<div class="prose-table" tabindex="0" role="group" aria-label="Table">"#;
                    // How columns are aligned would be inline styles, which the pages' policy refuses.
                    vec![plain(frame), Event::Start(Tag::Table(Vec::new()))]
                }
                Event::End(TagEnd::Table) => vec![Event::End(TagEnd::Table), plain("</div>\n")],
                Event::TaskListMarker(done) => {
                    let sign = if done { "☑" } else { "☐" };
                    vec![Event::InlineHtml(format!(r#"<span class="prose-task">{sign}</span> "#).into())]
                }
                // A model that begins a new line means one.
                Event::SoftBreak => vec![Event::HardBreak],
                other => vec![other],
            }
        }

        fn link<'a>(&mut self, to: &str) -> Vec<Event<'a>> {
            let to =
                url::Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
            self.links.push(to.is_some());
            let tag = to.map(|url| {
                let to = ui::escaped(url.as_str());
                format!(r#"<a href="{to}" target="_blank" rel="noopener noreferrer nofollow">"#)
            });
            tag.map(|tag| Event::InlineHtml(tag.into())).into_iter().collect()
        }
    }

    /// The page's own headings are above those of an answer.
    fn below(level: HeadingLevel) -> HeadingLevel {
        match level {
            HeadingLevel::H1 => HeadingLevel::H3,
            HeadingLevel::H2 => HeadingLevel::H4,
            HeadingLevel::H3 => HeadingLevel::H5,
            _ => HeadingLevel::H6,
        }
    }

    fn heading<'a>(level: HeadingLevel) -> Tag<'a> {
        Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() }
    }

    /// The head of a block of code: its language, and the button that `ui::Prose` listens to.
    fn code<'a>(kind: &CodeBlockKind<'_>) -> Event<'a> {
        let language = match kind {
            CodeBlockKind::Fenced(words) => words.split([' ', ',', '{']).next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        let language: String = language.chars().take(24).collect();
        let language = ui::escaped(&language);
        let head = format!(
            "<div class=\"prose-code\"><div class=\"prose-code-head\"><span>{language}</span>\
             <button type=\"button\" class=\"prose-copy\">Copy</button></div><pre tabindex=\"0\"><code>"
        );
        Event::Html(head.into())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn of(text: &str) -> String {
            html(text).unwrap()
        }

        #[test]
        fn an_answer_is_rendered() {
            let rendered = of(
                "# Rivers\n\nThe *Ob* and the **Lena**:\n\n1. long\n2. cold\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
            );
            assert!(rendered.starts_with("<h3>Rivers</h3>"), "{rendered}");
            for part in ["<em>Ob</em>", "<strong>Lena</strong>", "<ol>\n<li>long</li>", "<td>2</td>"] {
                assert!(rendered.contains(part), "{part}: {rendered}");
            }
            assert_eq!(of("one\ntwo"), "<p>one<br />\ntwo</p>\n");
            assert_eq!(of("- [x] done"), "<ul>\n<li><span class=\"prose-task\">☑</span> done</li>\n</ul>\n");
        }

        #[test]
        fn code_has_its_language_and_a_button() {
            let rendered = of("```rust\nlet a = \"<b>\";\n```");
            assert!(
                rendered.contains("<span>rust</span><button type=\"button\" class=\"prose-copy\">"),
                "{rendered}"
            );
            assert!(rendered.contains("<code>let a = \"&lt;b&gt;\";\n</code></pre></div>"), "{rendered}");
            assert!(!of("```<script>\n```").contains("<script"));
        }

        #[test]
        fn html_stays_text() {
            for text in [
                "<script>alert(1)</script>",
                "a <img src=x onerror=alert(1)> b",
                "<div\nonclick=\"x\">\n\n<b>c</b>",
                "&lt;script&gt;",
                "| <i>x</i> |\n|---|\n| <svg onload=x> |",
                "<!-- a --> <?b?> <![CDATA[c]]>",
            ] {
                let rendered = of(text);
                for tag in ["<script", "<img", "<div\n", "<b>", "<i>", "<svg", "<!--", "<?"] {
                    assert!(!rendered.contains(tag), "{text}: {rendered}");
                }
            }
        }

        #[test]
        fn links_lead_to_the_web_and_nowhere_else() {
            let rendered = of("[a](https://a.example/?q=1&r=\"2\") <https://b.example>");
            assert!(
                rendered.contains(r#"<a href="https://a.example/?q=1&amp;r=%222%22" target="_blank" rel="noopener noreferrer nofollow">a</a>"#),
                "{rendered}"
            );
            assert!(rendered.contains("https://b.example/\" target"), "{rendered}");
            for text in [
                "[a](javascript:alert(1))",
                "[a](JaVaScRiPt:alert(1))",
                "[a](data:text/html,x)",
                "[a](/operator)",
                "[a](//evil.example)",
                "[a]( vbscript:x)",
                "<javascript:alert(1)>",
            ] {
                assert!(!of(text).contains("<a"), "{text}: {}", of(text));
            }
        }

        #[test]
        fn no_image_is_loaded() {
            let rendered = of(
                "![a chart](https://evil.example/x.png?secret) [![b](https://c.example)](https://d.example)",
            );
            assert!(!rendered.contains("<img"), "{rendered}");
            assert!(rendered.contains(">a chart</a>"), "{rendered}");
            assert_eq!(rendered.matches("<a ").count(), rendered.matches("</a>").count());
        }

        #[test]
        fn a_text_too_long_to_render_is_refused() {
            assert_eq!(html(&"a".repeat(LONGEST + 1)).unwrap_err().errors[0].field, "text");
        }
    }
}
