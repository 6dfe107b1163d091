//! The operator's wizard: a step of it, as a form in sections.

use leptos::prelude::*;
use ui::*;

use crate::{fields, frame};

pub fn page() -> AnyView {
    frame::tenant("/onboard", content())
}

fn content() -> AnyView {
    view! {
        <Breadcrumbs crumbs=vec![Crumb::new("Tenants", "/tenants")] current="Onboard"/>
        <PageHeader title="Onboard a tenant" description="Under two minutes: who they are, who runs it, what they may call."/>
        <Stepper label="Onboarding" steps=vec!["Organisation", "First admin", "Plan", "Models", "Review"] current=2/>
        <Card>
            <form method="post" action="/tenants">
                <FormSection
                    title="Organisation"
                    description="The short name becomes part of the endpoint and cannot be changed later."
                >
                    <TextInput name="name" label="Name" required=true value="Globex Pharmaceuticals"/>
                    <TextInput
                        name="slug"
                        label="Short name"
                        required=true
                        mono=true
                        value="acme"
                        suffix=".llm.example.com"
                        error="acme is taken. Use 3 to 40 lower-case letters, digits or dashes."
                    />
                </FormSection>
                <FormSection title="First admin" description="Gets an invitation that is valid for seven days.">
                    <TextInput name="email" label="E-mail" kind="email" required=true placeholder="name@company.com"/>
                    <Checkbox
                        name="sso"
                        label="Sign in only with the company's SSO"
                        hint="Passwords stay off. Set up OpenID Connect in the next step."
                    />
                </FormSection>
                <FormSection title="Limits" description="A budget stops calls before it is overspent.">
                    <Select
                        name="plan"
                        label="Plan"
                        value="enterprise"
                        options=vec![
                            SelectOption::new("team", "Team · 1B tokens included"),
                            SelectOption::new("enterprise", "Enterprise · 10B tokens included"),
                        ]
                    />
                    <TextInput
                        name="budget"
                        label="Monthly budget"
                        kind="number"
                        prefix="$"
                        suffix="USD"
                        value="10000"
                        min="0"
                        hint="Calls are refused with insufficient_quota once it is used up."
                    />
                    <DateTimeInput name="starts" label="Billing starts" value="2026-12-01T00:00" required=true/>
                </FormSection>
                <FormSection title="Models" description="What the tenant's keys may call.">
                    <CheckboxGroup name="models" legend="Granted models" items=fields::models() framed=true/>
                    <TextArea name="note" label="Internal note" placeholder="Contract, contact, anything the next operator should know."/>
                </FormSection>
                <FormActions>
                    <LinkButton href="/tenants">"Cancel"</LinkButton>
                    <Button submit=true kind=ButtonKind::Primary>
                        "Continue"
                    </Button>
                </FormActions>
            </form>
        </Card>
    }
    .into_any()
}
