//! How many calls an engine runs at once, where it does not tell.

use snapshot::EngineLoad;

use crate::SATURATED_KV_USE;

/// What an engine's words showed of its slots. While calls wait and its cache has room, those that run are all that
/// may; when more run one day, that was something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slots(Option<u32>);

impl Slots {
    /// The engine's word, with what is known of its slots where it says nothing of them.
    pub fn learn(&mut self, load: EngineLoad) -> EngineLoad {
        let has_room = load.kv_use.is_none_or(|share| share < SATURATED_KV_USE);
        if load.waiting > 0 && load.running > 0 && has_room {
            self.0 = Some(load.running);
        } else if self.0.is_some_and(|slots| load.running > slots) {
            self.0 = None;
        }
        EngineLoad { slots: load.slots.or(self.0), ..load }
    }
}
