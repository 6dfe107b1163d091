//! The form that makes a key.

use leptos::prelude::*;
use ui::*;

pub fn models() -> Vec<CheckItem> {
    vec![
        CheckItem::new("llama-3.3-70b", "llama-3.3-70b", true).hint("Chat, tools · 128K context"),
        CheckItem::new("qwen2.5-coder-32b", "qwen2.5-coder-32b", true).hint("Chat, code · 32K context"),
        CheckItem::new("acme/support-assistant", "acme/support-assistant", false)
            .hint("Fine-tuned · llama-3.1-8b"),
        CheckItem::new("bge-m3", "bge-m3", false).hint("Embeddings · 1,024 dimensions"),
    ]
}

pub fn create_key() -> AnyView {
    view! {
        <form class="form" method="post" action="/keys">
            <TextInput name="name" label="Name" required=true placeholder="support-bot production" autocomplete="off"/>
            <Select
                name="project"
                id="create-project"
                label="Project"
                options=vec![
                    SelectOption::new("support-bot", "support-bot"),
                    SelectOption::new("code-review", "code-review"),
                ]
                hint="Usage and cost are booked to it."
            />
            <DateTimeInput name="expires" label="Expires" date_only=true hint="Empty: until it is revoked."/>
            <CheckboxGroup name="models" legend="Models" items=models() framed=true/>
            <DialogActions>
                <DialogClose dialog="create-key">"Cancel"</DialogClose>
                <Button submit=true kind=ButtonKind::Primary>
                    "Create key"
                </Button>
            </DialogActions>
        </form>
    }
    .into_any()
}
