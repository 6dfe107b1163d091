//! Form controls. Each brings its label, hint and error, joined by `aria-describedby`; the id is the
//! name unless given. `error` may be text, an option or a signal.

mod checkbox;
mod field;
mod file;
mod section;
mod select;
mod text;

pub use checkbox::{CheckItem, Checkbox, CheckboxGroup, CheckboxGroupProps, CheckboxProps};
pub use field::{Field, FieldProps};
pub use file::{FileInput, FileInputProps};
pub use section::{FormActions, FormActionsProps, FormSection, FormSectionProps};
pub use select::{Select, SelectOption, SelectProps};
pub use text::{DateTimeInput, DateTimeInputProps, TextArea, TextAreaProps, TextInput, TextInputProps};
