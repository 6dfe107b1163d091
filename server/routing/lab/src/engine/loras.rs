//! LoRAs in an engine's memory.

use crate::{
    Micros,
    model::{LORA_LOAD, LORA_SLOTS},
};

#[derive(Debug)]
struct Loaded {
    lora: u32,
    users: u32,
    ready: Micros,
    used: Micros,
}

#[derive(Debug, Default)]
pub(super) struct Loras {
    loaded: Vec<Loaded>,
    pub(super) loads: u64,
}

impl Loras {
    /// Whether it is there, or one that nobody uses can give way to it.
    pub(super) fn has_place(&self, lora: u32) -> bool {
        self.loaded.len() < LORA_SLOTS
            || self.loaded.iter().any(|loaded| loaded.lora == lora || loaded.users == 0)
    }

    /// When the LoRA, for which there is a place, can be used.
    pub(super) fn acquire(&mut self, lora: u32, slowness: u64, now: Micros) -> Micros {
        if let Some(there) = self.loaded.iter_mut().find(|loaded| loaded.lora == lora) {
            (there.users, there.used) = (there.users + 1, now);
            return there.ready.max(now);
        }
        if self.loaded.len() == LORA_SLOTS {
            let idle = self.loaded.iter().enumerate().filter(|(_, loaded)| loaded.users == 0);
            if let Some((oldest, _)) = idle.min_by_key(|(_, loaded)| loaded.used) {
                self.loaded.swap_remove(oldest);
            }
        }
        self.loads += 1;
        let ready = now + LORA_LOAD * slowness;
        self.loaded.push(Loaded { lora, users: 1, ready, used: now });
        ready
    }

    pub(super) fn release(&mut self, lora: u32, now: Micros) {
        if let Some(there) = self.loaded.iter_mut().find(|loaded| loaded.lora == lora) {
            (there.users, there.used) = (there.users - 1, now);
        }
    }

    pub(super) fn resident(&self) -> impl Iterator<Item = u32> {
        self.loaded.iter().map(|loaded| loaded.lora)
    }
}
