//! Initials in a tile, for tenants and people.

use leptos::prelude::*;

/// Up to two initials: of the first two words, or the first letters of one.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split([' ', '-', '_', '.', '@']).filter(|word| !word.is_empty()).collect();
    let letters: String = match words.as_slice() {
        [] => "?".to_owned(),
        [one] => one.chars().take(2).collect(),
        [first, second, ..] => first.chars().take(1).chain(second.chars().take(1)).collect(),
    };
    letters.to_uppercase()
}

/// A stable colour, 1 to 6, from the name.
fn colour(name: &str) -> u32 {
    name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 6 + 1
}

/// A decorative tile beside a name.
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    /// Round, for people; square with soft corners otherwise.
    #[prop(optional)]
    person: bool,
) -> impl IntoView {
    let shape = if person { "avatar avatar-person" } else { "avatar" };
    view! { <span class=format!("{shape} hue-{}", colour(&name)) aria-hidden="true">{initials(&name)}</span> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_words_or_letters() {
        assert_eq!(initials("Acme Robotics GmbH"), "AR");
        assert_eq!(initials("globex"), "GL");
        assert_eq!(initials("ada@acme.test"), "AA");
        assert_eq!(initials(""), "?");
    }

    #[test]
    fn the_same_name_keeps_its_colour() {
        assert_eq!(colour("acme"), colour("acme"));
        assert!((1..=6).contains(&colour("é")));
    }
}
