//! Where one writes to the models: text, images, send and stop.

use leptos::{ev::KeyboardEvent, prelude::*};
use ui::*;

use super::play::Play;

/// Something to begin with.
const STARTS: [&str; 3] = [
    "Explain how a refund works, to a customer, in three sentences.",
    "Write a SQL query for the ten best customers of last month.",
    "Translate “Your order is on its way” into French and German.",
];

pub(super) fn composer(play: Play) -> AnyView {
    let prompt = play.fields.prompt;
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            play.send();
        }
    };
    // Drawn anew when these change, not with every word that arrives.
    let running = Memo::new(move |_| play.running());
    let fresh = Memo::new(move |_| !play.begun() && prompt.with(String::is_empty));
    view! {
        <div class="composer">
            {move || fresh.get().then(|| starts(play))}
            {move || thumbnails(play)}
            <div class="composer-frame">
                <TextArea
                    name="prompt"
                    label="Message to the models"
                    label_hidden=true
                    rows=2
                    placeholder="Write to the models"
                    bind=prompt
                    on:keydown=key
                />
                <div class="composer-foot">
                    {attach(play)}
                    <p class="composer-hint">
                        <kbd>"Enter"</kbd>
                        " sends, "
                        <kbd>"Shift"</kbd>
                        " "
                        <kbd>"Enter"</kbd>
                        " begins a line"
                    </p>
                    {move || buttons(play, running.get())}
                </div>
            </div>
            <noscript>
                <p class="composer-note">"Answers are streamed by a script, which this browser does not run. “View as code” shows the same request for your terminal."</p>
            </noscript>
        </div>
    }
    .into_any()
}

fn buttons(play: Play, running: bool) -> AnyView {
    // One handler for both: where one button takes the other's place, the element and its handler stay.
    let press = move |_| {
        if untrack(|| play.running()) {
            play.stop();
        } else {
            play.send();
        }
    };
    if running {
        return view! {
            <Button kind=ButtonKind::Danger size=ButtonSize::Small icon=Icon::Stop on:click=press>
                "Stop"
            </Button>
        }
        .into_any();
    }
    let nothing = Signal::derive(move || {
        play.fields.prompt.with(|text| text.trim().is_empty()) && play.images.with(Vec::is_empty)
    });
    view! {
        <Button
            kind=ButtonKind::Primary
            size=ButtonSize::Small
            icon=Icon::ArrowUp
            disabled=nothing
            on:click=press
        >
            "Send"
        </Button>
    }
    .into_any()
}

fn starts(play: Play) -> AnyView {
    let each = STARTS
        .map(|text| {
            let fill = move |_| play.fields.prompt.set(text.to_owned());
            view! {
                <button type="button" class="composer-start" on:click=fill>
                    {text}
                </button>
            }
        })
        .into_iter()
        .collect_view();
    view! { <div class="composer-starts" role="group" aria-label="Examples">{each}</div> }.into_any()
}

/// The button that adds images, where a chosen model takes them.
fn attach(play: Play) -> AnyView {
    let sees = Memo::new(move |_| {
        let choices: Vec<_> = play.shown().filter_map(|column| play.choice(&column.model.get())).collect();
        choices.iter().any(|choice| choice.takes_images)
    });
    let chosen = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        super::asking::images_of(&event_target(&event), move |url| {
            play.images.update(|images| images.push(url));
        });
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    let input = move || {
        sees.get().then(|| {
            view! {
                <label class="composer-attach">
                    <input
                        type="file"
                        class="visually-hidden"
                        accept="image/png,image/jpeg,image/webp,image/gif"
                        multiple=true
                        aria-label="Add images"
                        on:change=chosen
                    />
                    <IconView icon=Icon::Plus/>
                    "Image"
                </label>
            }
        })
    };
    view! { {input} }.into_any()
}

fn thumbnails(play: Play) -> AnyView {
    let images = play.images.get();
    if images.is_empty() {
        return ().into_any();
    }
    let blind: Vec<_> = play
        .shown()
        .filter_map(|column| play.choice(&column.model.get()))
        .filter(|choice| !choice.takes_images)
        .map(|choice| choice.title)
        .collect();
    let note = (!blind.is_empty())
        .then(|| view! { <p class="play-unable">{format!("Takes no images and gets the text alone: {}", blind.join(", "))}</p> });
    let each = images
        .into_iter()
        .enumerate()
        .map(|(at, url)| {
            let remove = move |_| play.images.update(|images| drop(images.remove(at)));
            view! {
                <li>
                    <img class="talk-image" src=url alt=format!("Image {}", at + 1)/>
                    <IconButton
                        icon=Icon::Close
                        label=format!("Remove image {}", at + 1)
                        size=ButtonSize::Small
                        on:click=remove
                    />
                </li>
            }
        })
        .collect_view();
    view! {
        <ul role="list" class="composer-images">{each}</ul>
        {note}
    }
    .into_any()
}
