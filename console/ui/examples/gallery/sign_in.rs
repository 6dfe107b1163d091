//! Signing in.

use leptos::prelude::*;
use ui::*;

pub fn page() -> AnyView {
    view! {
        <AuthLayout
            title="Sign in"
            description="to Acme Robotics on Switchyard"
            footer=|| view! { "Trouble signing in? " <a href="/reset">"Reset your password"</a> }
        >
            <form class="form" method="post" action="/sign-in">
                <Alert tone=Tone::Danger>"E-mail or password is wrong. You have 4 attempts left."</Alert>
                <TextInput
                    name="email"
                    label="E-mail"
                    kind="email"
                    autocomplete="username"
                    required=true
                    value="ada@acme.example"
                />
                <TextInput name="password" label="Password" kind="password" autocomplete="current-password" required=true/>
                <Button submit=true kind=ButtonKind::Primary wide=true>
                    "Sign in"
                </Button>
            </form>
            <p class="auth-divider">"or"</p>
            <LinkButton href="/sso" icon=Icon::Building wide=true>
                "Continue with company SSO"
            </LinkButton>
        </AuthLayout>
    }
    .into_any()
}
