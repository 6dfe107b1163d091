//! Icons: 16-unit outlines drawn with the text's colour.

use leptos::prelude::*;

/// Declares the set, one line an icon: its name and its shapes.
macro_rules! icons {
    ($($name:ident $shapes:literal)*) => {
        /// The set. Icons are decoration: the words beside them carry the meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon {
            $($name,)*
        }

        impl Icon {
            fn drawing(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(r#"<svg viewBox="0 0 16 16">"#, $shapes, "</svg>"),)*
                }
            }
        }
    };
}

icons! {
    Activity r#"<path d="M1.5 8.5h3l2-5.5 3 10.5 2-5h3"/>"#
    Alert r#"<path d="M8 2.2 14.6 13.5H1.4zM8 6.5v3.2M8 11.6v.1"/>"#
    ArrowDown r#"<path d="M8 3v10M4 9l4 4 4-4"/>"#
    ArrowUp r#"<path d="M8 13V3M4 7l4-4 4 4"/>"#
    Book r#"<path d="M8 4C6.5 2.8 4.5 2.5 2 2.5v10c2.5 0 4.5.3 6 1.5 1.5-1.2 3.5-1.5 6-1.5v-10C11.5 2.5 9.5 2.8 8 4zm0 0v10"/>"#
    Box r#"<path d="m8 1.8 5.5 3v6.4L8 14.2l-5.5-3V4.8zM2.5 4.8 8 7.9l5.5-3.1M8 7.9v6.3"/>"#
    Building r#"<path d="M3 14V2.5h6.5V14M9.5 6H13v8M1.5 14h13M5.2 5.2h2M5.2 8h2M5.2 10.8h2"/>"#
    Calendar r#"<rect x="2" y="3" width="12" height="11" rx="2"/><path d="M2 6.5h12M5.5 1.5v3M10.5 1.5v3"/>"#
    Check r#"<path d="m3 8.5 3.3 3.3L13 4.8"/>"#
    ChevronDown r#"<path d="m4 6 4 4 4-4"/>"#
    ChevronRight r#"<path d="m6 4 4 4-4 4"/>"#
    Chip r#"<rect x="3.5" y="3.5" width="9" height="9" rx="1.5"/><path d="M6.3 6.3h3.4v3.4H6.3zM6 1.5v2M10 1.5v2M6 12.5v2M10 12.5v2M1.5 6h2M1.5 10h2M12.5 6h2M12.5 10h2"/>"#
    Clock r#"<circle cx="8" cy="8" r="6.2"/><path d="M8 4.5V8l2.4 1.6"/>"#
    Close r#"<path d="m3.8 3.8 8.4 8.4M12.2 3.8l-8.4 8.4"/>"#
    Code r#"<path d="m5 4.5-3.5 3.5L5 11.5M11 4.5l3.5 3.5-3.5 3.5M9.3 2.8 6.7 13.2"/>"#
    Copy r#"<rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1.8"/><path d="M10.5 5.5V3.8A1.8 1.8 0 0 0 8.7 2H3.8A1.8 1.8 0 0 0 2 3.8v4.9a1.8 1.8 0 0 0 1.8 1.8h1.7"/>"#
    Database r#"<ellipse cx="8" cy="3.8" rx="5.5" ry="2.1"/><path d="M2.5 3.8v8.4c0 1.2 2.5 2.1 5.5 2.1s5.5-.9 5.5-2.1V3.8M2.5 8c0 1.2 2.5 2.1 5.5 2.1s5.5-.9 5.5-2.1"/>"#
    Document r#"<path d="M9.5 1.8H4.3A1.3 1.3 0 0 0 3 3.1v9.8a1.3 1.3 0 0 0 1.3 1.3h7.4a1.3 1.3 0 0 0 1.3-1.3V5.3zM9.5 1.8v3.5H13M5.5 8.5h5M5.5 11.2h5"/>"#
    Download r#"<path d="M8 2v8M4.7 6.9 8 10.2l3.3-3.3M2.5 13.5h11"/>"#
    Error r#"<circle cx="8" cy="8" r="6.2"/><path d="M8 4.7v3.8M8 11.1v.1"/>"#
    External r#"<path d="M6.5 3H3.8A1.3 1.3 0 0 0 2.5 4.3v7.9a1.3 1.3 0 0 0 1.3 1.3h7.9a1.3 1.3 0 0 0 1.3-1.3V9.5M9.5 2.5h4v4M13.3 2.7 7.5 8.5"/>"#
    Filter r#"<path d="M2 4h12M4.5 8h7M6.8 12h2.4"/>"#
    Folder r#"<path d="M1.8 12.2V3.8A1.3 1.3 0 0 1 3.1 2.5h2.7l1.7 2h5.4a1.3 1.3 0 0 1 1.3 1.3v6.4a1.3 1.3 0 0 1-1.3 1.3H3.1a1.3 1.3 0 0 1-1.3-1.3z"/>"#
    Gauge r#"<path d="M3 12.8a6.5 6.5 0 1 1 10 0M8 9.5l2.8-3.6"/><circle cx="8" cy="9.5" r="1"/>"#
    Globe r#"<circle cx="8" cy="8" r="6.2"/><path d="M1.8 8h12.4M8 1.8c3.6 3.5 3.6 8.9 0 12.4M8 1.8c-3.6 3.5-3.6 8.9 0 12.4"/>"#
    Home r#"<path d="M2.2 7 8 2.2 13.8 7v6.5H10v-4H6v4H2.2z"/>"#
    Info r#"<circle cx="8" cy="8" r="6.2"/><path d="M8 7.3v4M8 4.8v.1"/>"#
    Key r#"<circle cx="5.2" cy="10.8" r="3.2"/><path d="m7.5 8.5 6-6M11 5l2 2M9 7l1.3 1.3"/>"#
    Layers r#"<path d="m8 2 6 3.2-6 3.2-6-3.2zM2 8.2l6 3.2 6-3.2M2 11l6 3.2 6-3.2"/>"#
    Lock r#"<rect x="3" y="7" width="10" height="7" rx="1.6"/><path d="M5.2 7V4.8a2.8 2.8 0 0 1 5.6 0V7"/>"#
    Mail r#"<rect x="1.8" y="3" width="12.4" height="10" rx="1.6"/><path d="m2.2 4.3 5.8 4.5 5.8-4.5"/>"#
    Menu r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#
    Monitor r#"<rect x="1.8" y="2.5" width="12.4" height="8.5" rx="1.4"/><path d="M5.5 13.8h5M8 11v2.8"/>"#
    Moon r#"<path d="M13.6 9.7A6 6 0 0 1 6.3 2.4a6 6 0 1 0 7.3 7.3z"/>"#
    More r#"<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.2"/>"#
    Pause r#"<path d="M5.5 3v10M10.5 3v10"/>"#
    Play r#"<path d="M4.5 2.8v10.4L13 8z"/>"#
    Plus r#"<path d="M8 3v10M3 8h10"/>"#
    Receipt r#"<path d="M3 1.8v12.4l1.7-1.1 1.6 1.1L8 13.1l1.7 1.1 1.6-1.1 1.7 1.1V1.8l-1.7 1.1-1.6-1.1L8 2.9 6.3 1.8 4.7 2.9zM5.5 6h5M5.5 9h5"/>"#
    Refresh r#"<path d="M13.5 2.5v3.7H9.8M13.2 6.2A5.7 5.7 0 1 0 13.7 8.6"/>"#
    Route r#"<path d="M1.8 11.5h12.4M4.5 11.5c4 0 3.5-7 7.5-7h2.2"/><path d="m12.3 2.6 1.9 1.9-1.9 1.9"/>"#
    Search r#"<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>"#
    Settings r#"<path d="M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7"/><circle cx="10.7" cy="4.5" r="1.8"/><circle cx="5.3" cy="11.5" r="1.8"/>"#
    Shield r#"<path d="M8 1.8 13.2 3.7v4.1c0 3-2.1 5.3-5.2 6.4-3.1-1.1-5.2-3.4-5.2-6.4V3.7zM5.7 8l1.6 1.6 3-3.2"/>"#
    SignOut r#"<path d="M6.5 2.5H3.8a1.3 1.3 0 0 0-1.3 1.3v8.4a1.3 1.3 0 0 0 1.3 1.3h2.7M10 11l3-3-3-3M13 8H6.5"/>"#
    Sparkle r#"<path d="M7 2.5 8.4 6.6 12.5 8 8.4 9.4 7 13.5 5.6 9.4 1.5 8l4.1-1.4zM12.5 1.8v3M11 3.3h3"/>"#
    Stop r#"<rect x="3.8" y="3.8" width="8.4" height="8.4" rx="1.4"/>"#
    Sun r#"<circle cx="8" cy="8" r="2.8"/><path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"/>"#
    Trash r#"<path d="M2.5 4h11M6 4V2.3h4V4M3.8 4l.7 9.7h7L12.2 4M6.6 6.8v4.2M9.4 6.8v4.2"/>"#
    User r#"<circle cx="8" cy="5.3" r="2.8"/><path d="M2.5 14c.6-3 2.7-4.4 5.5-4.4s4.9 1.4 5.5 4.4"/>"#
    Users r#"<circle cx="6" cy="5.5" r="2.5"/><path d="M1.5 13.5c.4-2.7 2.1-4 4.5-4s4.1 1.3 4.5 4M10.5 3.2a2.4 2.4 0 0 1 0 4.6M12 9.8c1.5.5 2.3 1.8 2.6 3.7"/>"#
    Wallet r#"<path d="M12.5 4.8V3.2a1 1 0 0 0-1.2-1L3 3.5a1.2 1.2 0 0 0-1 1.3v7.5a1.3 1.3 0 0 0 1.3 1.3h9.4a1.3 1.3 0 0 0 1.3-1.3V6.1a1.3 1.3 0 0 0-1.3-1.3H3.2M11 9.2h.1"/>"#
}

/// One icon, hidden from assistive technology; its size and stroke are the style sheet's.
#[component]
pub fn IconView(icon: Icon) -> impl IntoView {
    view! { <span class="icon" aria-hidden="true" inner_html=icon.drawing()></span> }
}
